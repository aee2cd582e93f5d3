using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// One session, keyed by <c>s:</c> and the SHA-256 of its token: whose it is, and until when. Every command that needs a
/// login goes through it, so that one hop checks the token and does the work.
/// </summary>
/// <remarks>
/// An exception of any kind means that the service cannot answer now, and that it is unknown what was done. The effects of a
/// session are checked against the database by the statement that has the effect: an activation that does not know yet
/// that its session has ended can do no harm. <c>connection</c> names the client's connection, on whichever gateway.
/// </remarks>
[Alias("OrleansChat.ISessionGrain"), GrainInterfaceType("OrleansChat.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the session, under a token that nobody has seen yet. Passwords are hashed slowly, and few at once: in a crowd a
    /// login waits its turn. <paramref name="address"/>: see <see cref="IUserGrain.CheckPassword"/>.
    /// </summary>
    [Alias("LogIn"), ResponseTimeout("00:00:30")]
    Task<LogInStatus> LogIn(string user, Secret password, string connection, string address);

    /// <summary>Sends messages in order, and answers when all are decided. One status a message.</summary>
    [Alias("Send"), AlwaysInterleave]
    Task<SendReply> Send(OutgoingMessage[] messages, string connection);

    /// <summary>Sends one message under the client's own ID; every repetition gets the first receipt.</summary>
    [Alias("SendOnce"), AlwaysInterleave]
    Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection);

    /// <summary>Reads the owner's unread messages behind number <paramref name="after"/>, about 1 MiB of them.</summary>
    [Alias("ReadInbox"), AlwaysInterleave]
    Task<ReadInboxReply> ReadInbox(long after, string connection);

    /// <summary>Names the users who are online, in the order in which they came.</summary>
    [Alias("ListUsers"), AlwaysInterleave]
    Task<ListUsersReply> ListUsers(string connection);

    /// <summary>Ends the session: from the answer on, nothing accepts its token anywhere.</summary>
    /// <returns>The user whose session it was, or null when there was none.</returns>
    [Alias("LogOut")]
    Task<string?> LogOut();

    /// <summary>The session's row is gone, or its stamp outdated: forget it.</summary>
    [Alias("Revoke")]
    Task Revoke();
}

/// <summary>What became of a login.</summary>
public enum LogInStatus
{
    /// <summary>There is no such user.</summary>
    NoSuchUser = 0,

    /// <summary>The password is wrong.</summary>
    WrongPassword = 1,

    /// <summary>The session is open.</summary>
    LoggedIn = 2,

    /// <summary>Not looked at: too many wrong passwords for this user came from this address.</summary>
    TooManyAttempts = 3,

    /// <summary>Not looked at: too many passwords wait to be hashed.</summary>
    Busy = 4,
}

/// <summary>What became of a message.</summary>
public enum SendStatus
{
    /// <summary>Unknown: storage did not answer.</summary>
    Unavailable = 0,

    /// <summary>Stored, durably.</summary>
    Sent = 1,

    /// <summary>Not stored: the session is not open.</summary>
    NoSession = 2,

    /// <summary>Not stored: there is no such recipient.</summary>
    NoRecipient = 3,

    /// <summary>Not stored: the sender's ID is bound to another message already.</summary>
    AlreadyBound = 4,

    /// <summary>Not stored: the sender's account has sent as much as it may for now.</summary>
    TooManySends = 5,

    /// <summary>Not stored: the recipient's mailbox holds as much unread as it may, in all or of this sender.</summary>
    MailboxFull = 6,
}

/// <summary>A message on its way.</summary>
/// <param name="Id">Minted by the gateway; retries carry the same id, and are stored once.</param>
/// <param name="Recipient">A user name.</param>
/// <param name="Text">UTF-8; may hold NUL.</param>
/// <param name="OnceId">The client's own ID of a repeatable send, or null.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.OutgoingMessage")]
public sealed record OutgoingMessage(
    [property: Id(0)] Guid Id, [property: Id(1)] string Recipient, [property: Id(2)] byte[] Text, [property: Id(3)] string? OnceId);

/// <summary>
/// Who used the session. <paramref name="User"/> is null when it is not open. <paramref name="Moved"/>: it was used
/// from another connection before, or never: the gateway reports to presence where it is now.
/// <paramref name="Number"/> ascends with every use: the highest names the connection where the token was last accepted.
/// </summary>
/// <remarks>
/// An activation counts upwards from its clock, and never falls behind it: whatever the clock does, its own uses are in
/// order. Uses that were answered by different activations are in order as far as the clocks of their silos agree. Where
/// a later one got the lower number, presence does not take it; a further use on that connection is reported again, with
/// a number of its own, and is taken once the clock has passed the higher one.
/// </remarks>
[GenerateSerializer, Immutable, Alias("OrleansChat.SessionUse")]
public readonly record struct SessionUse([property: Id(0)] string? User, [property: Id(1)] bool Moved, [property: Id(2)] long Number);

/// <summary>The answer to <see cref="ISessionGrain.Send"/>: one status a message, in order.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.SendReply")]
public sealed record SendReply([property: Id(0)] SessionUse Session, [property: Id(1)] SendStatus[] Statuses);

/// <summary>The answer to <see cref="ISessionGrain.SendOnce"/>: the receipt, where the status is <see cref="SendStatus.Sent"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.SendOnceReply")]
public sealed record SendOnceReply(
    [property: Id(0)] SessionUse Session, [property: Id(1)] SendStatus Status,
    [property: Id(2)] Guid MessageId, [property: Id(3)] string Durability);

/// <summary>The answer to <see cref="ISessionGrain.ReadInbox"/>: null where the session is not open.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ReadInboxReply")]
public sealed record ReadInboxReply([property: Id(0)] SessionUse Session, [property: Id(1)] InboxPage? Page);

/// <summary>The answer to <see cref="ISessionGrain.ListUsers"/>: null where the session is not open.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ListUsersReply")]
public sealed record ListUsersReply([property: Id(0)] SessionUse Session, [property: Id(1)] string[]? Users);
