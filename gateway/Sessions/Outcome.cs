using System.Diagnostics.CodeAnalysis;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Sessions;

/// <summary>Why an operation was not done, or may not be done.</summary>
internal enum Refusal
{
    /// <summary>The service cannot answer now; it is unknown whether the operation was done.</summary>
    Unavailable,

    /// <summary>The service is busy; the operation was not begun.</summary>
    Overloaded,

    /// <summary>The session does not exist, or has ended.</summary>
    NoSession,

    /// <summary>No user has that name, or that user may not log in.</summary>
    NoSuchUser,

    /// <summary>The password is wrong.</summary>
    WrongPassword,

    /// <summary>No user has the recipient's name, or no room that the sender may write to.</summary>
    NoRecipient,

    /// <summary>There is no such user, room or message, or none that the session's owner may know of.</summary>
    NotFound,

    /// <summary>The session's owner may not do this.</summary>
    Forbidden,

    /// <summary>A room has this name, or had it a moment ago.</summary>
    NameTaken,

    /// <summary>There is no user of the name that a change of a room was about.</summary>
    NoSuchMember,

    /// <summary>The user is not a member of the room.</summary>
    NotAMember,

    /// <summary>The room has as many members as it may.</summary>
    RoomFull,

    /// <summary>The user is in as many rooms as they may.</summary>
    TooManyRooms,

    /// <summary>The last owner of a room cannot step down while nobody could follow.</summary>
    LastOwner,

    /// <summary>The user has left the room, and comes back by themselves.</summary>
    HasLeft,

    /// <summary>It is not a valid name for a room.</summary>
    BadRoomName,

    /// <summary>It is not a valid title for a room.</summary>
    BadTitle,

    /// <summary>There is no such role, or nobody can be added with it.</summary>
    NoSuchRole,

    /// <summary>It is not a valid display name.</summary>
    BadDisplayName,

    /// <summary>It is not a valid new password.</summary>
    BadPassword,

    /// <summary>It is not a valid name for a new user.</summary>
    BadUserName,

    /// <summary>The user name is another's, or was one's until a moment ago.</summary>
    UserNameTaken,

    /// <summary>Nobody may register, or invite others.</summary>
    RegistrationClosed,

    /// <summary>The invitation does not exist, has expired, was used up, or opens nothing for another reason.</summary>
    NoInvitation,

    /// <summary>An invitation cannot be for that many users, or expire then.</summary>
    BadInvitation,

    /// <summary>Something that the operation needs is missing.</summary>
    Malformed,

    /// <summary>The numbers belong to another incarnation of the database.</summary>
    OtherEpoch,

    /// <summary>The client's ID of a repeatable send stands for another message.</summary>
    IdUsed,

    /// <summary>The recipient's mailbox holds as many unread messages as it may, in all or from this sender.</summary>
    MailboxFull,

    /// <summary>The address or the account has reached a rate limit.</summary>
    TooMany,

    /// <summary>The client has gone, so the operation was not done.</summary>
    ClientGone,
}

/// <summary>Translates the answers of grains to refusals.</summary>
internal static class Refusals
{
    /// <summary>Why a login failed; null if it succeeded.</summary>
    public static Refusal? Of(LogInStatus status) => status switch
    {
        LogInStatus.LoggedIn => null,
        LogInStatus.NoSuchUser => Refusal.NoSuchUser,
        LogInStatus.WrongPassword => Refusal.WrongPassword,
        LogInStatus.TooManyAttempts => Refusal.TooMany,
        LogInStatus.Busy => Refusal.Overloaded,
        _ => Refusal.Unavailable,
    };

    /// <summary>Why there is no answer about conversations; null if there is one.</summary>
    public static Refusal? Of(ConversationStatus status) => status switch
    {
        ConversationStatus.Answered => null,
        ConversationStatus.NoSession => Refusal.NoSession,
        ConversationStatus.NotFound => Refusal.NotFound,
        ConversationStatus.OtherEpoch => Refusal.OtherEpoch,
        _ => Refusal.Unavailable,
    };

    /// <summary>Why a room was not changed; null if it was.</summary>
    public static Refusal? Of(RoomChangeStatus status) => status switch
    {
        RoomChangeStatus.Done => null,
        RoomChangeStatus.NoSession => Refusal.NoSession,
        RoomChangeStatus.NoSuchRoom => Refusal.NotFound,
        RoomChangeStatus.Forbidden => Refusal.Forbidden,
        RoomChangeStatus.NameTaken => Refusal.NameTaken,
        RoomChangeStatus.NoSuchUser => Refusal.NoSuchMember,
        RoomChangeStatus.NotAMember => Refusal.NotAMember,
        RoomChangeStatus.RoomFull => Refusal.RoomFull,
        RoomChangeStatus.TooManyRooms => Refusal.TooManyRooms,
        RoomChangeStatus.LastOwner => Refusal.LastOwner,
        RoomChangeStatus.HasLeft => Refusal.HasLeft,
        RoomChangeStatus.BadName => Refusal.BadRoomName,
        RoomChangeStatus.BadTitle => Refusal.BadTitle,
        RoomChangeStatus.NoSuchRole => Refusal.NoSuchRole,
        RoomChangeStatus.Malformed => Refusal.Malformed,
        RoomChangeStatus.Busy => Refusal.TooMany,
        _ => Refusal.Unavailable,
    };

    /// <summary>Why an account was not changed; null if it was.</summary>
    public static Refusal? Of(AccountStatus status) => status switch
    {
        AccountStatus.Done => null,
        AccountStatus.NoSession => Refusal.NoSession,
        AccountStatus.WrongPassword => Refusal.WrongPassword,
        AccountStatus.TooManyAttempts or AccountStatus.TooManyChanges or AccountStatus.TooManyRegistrations
            or AccountStatus.TooManyInvitations => Refusal.TooMany,
        AccountStatus.Busy => Refusal.Overloaded,
        AccountStatus.BadDisplayName => Refusal.BadDisplayName,
        AccountStatus.BadPassword => Refusal.BadPassword,
        AccountStatus.BadUserName => Refusal.BadUserName,
        AccountStatus.NameTaken => Refusal.UserNameTaken,
        AccountStatus.Closed => Refusal.RegistrationClosed,
        AccountStatus.NoInvitation => Refusal.NoInvitation,
        AccountStatus.BadInvitation => Refusal.BadInvitation,
        AccountStatus.NoSuchRoom => Refusal.NotFound,
        AccountStatus.Forbidden => Refusal.Forbidden,
        AccountStatus.RoomFull => Refusal.RoomFull,
        AccountStatus.TooManyRooms => Refusal.TooManyRooms,
        _ => Refusal.Unavailable,
    };

    /// <summary>Why a message was not stored; null if it was.</summary>
    public static Refusal? Of(SendStatus status) => status switch
    {
        SendStatus.Sent => null,
        SendStatus.NoSession => Refusal.NoSession,
        SendStatus.NoRecipient => Refusal.NoRecipient,
        SendStatus.TooManySends or SendStatus.RoomBusy => Refusal.TooMany,
        SendStatus.MailboxFull => Refusal.MailboxFull,
        SendStatus.IdUsed => Refusal.IdUsed,
        _ => Refusal.Unavailable,
    };
}

/// <summary>The outcome of an operation: its answer, or a refusal.</summary>
internal readonly record struct Outcome<T>
    where T : class
{
    private readonly T? _value;
    private readonly Refusal _refusal;

    private Outcome(T? value, Refusal refusal) => (_value, _refusal) = (value, refusal);

    /// <summary>Gets the answer; false if there is a refusal instead.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, out Refusal refusal)
    {
        (value, refusal) = (_value, _refusal);
        return value is not null;
    }

    public static implicit operator Outcome<T>(T value) => new(value, default);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
