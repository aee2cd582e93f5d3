using System.Diagnostics.CodeAnalysis;
using OrleansChat.GrainInterfaces;

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

    /// <summary>No user has the recipient's name.</summary>
    NoRecipient,

    /// <summary>There is no such user or message.</summary>
    NotFound,

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

    /// <summary>Why a message was not stored; null if it was.</summary>
    public static Refusal? Of(SendStatus status) => status switch
    {
        SendStatus.Sent => null,
        SendStatus.NoSession => Refusal.NoSession,
        SendStatus.NoRecipient => Refusal.NoRecipient,
        SendStatus.TooManySends => Refusal.TooMany,
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
