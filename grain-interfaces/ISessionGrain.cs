using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// One session, keyed by <c>s:</c> and the SHA-256 of its token: it knows its owner and its end. Every command that needs a login goes
/// through it, so that one hop checks the token and does the work.
/// </summary>
/// <remarks>
/// An exception of any kind means that the service cannot answer now, and that it is unknown what was done. Each SQL statement with an
/// effect checks in the database that the session is alive, so an activation that does not know yet that its session has ended can do
/// no harm. <c>connection</c> names the client's connection among those of all gateways.
/// </remarks>
[Alias("OrleansChat.ISessionGrain"), GrainInterfaceType("OrleansChat.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the session, under a token that nobody has seen yet. Hashing passwords is slow, and only a few are hashed at the same
    /// time: in a crowd a login waits for its turn. For <paramref name="address"/> see <see cref="IUserGrain.CheckPassword"/>.
    /// </summary>
    [Alias("LogIn"), ResponseTimeout("00:00:30")]
    Task<LogInStatus> LogIn(string user, Secret password, string connection, string address);

    /// <summary>Sends messages in order, and answers when all are decided, with one status per message.</summary>
    [Alias("Send"), AlwaysInterleave]
    Task<SendReply> Send(OutgoingMessage[] messages, string connection);

    /// <summary>Sends one message under an ID that the client chose; every repetition gets the first receipt.</summary>
    [Alias("SendOnce"), AlwaysInterleave]
    Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection);

    /// <summary>Reads the owner's unread messages with numbers above <paramref name="after"/>, up to about 1 MiB of them.</summary>
    [Alias("ReadInbox"), AlwaysInterleave]
    Task<ReadInboxReply> ReadInbox(long after, string connection);

    /// <summary>Returns the names of the users who are online, in the order in which they came online.</summary>
    [Alias("ListUsers"), AlwaysInterleave]
    Task<ListUsersReply> ListUsers(string connection);

    /// <summary>Ends the session: after the answer, its token is accepted nowhere.</summary>
    /// <returns>The user whose session it was, or null if there was none.</returns>
    [Alias("LogOut")]
    Task<string?> LogOut();

    /// <summary>Forgets the session: its row is gone, or its security stamp is outdated.</summary>
    [Alias("Revoke")]
    Task Revoke();
}

/// <summary>The outcome of a login.</summary>
public enum LogInStatus
{
    /// <summary>There is no such user.</summary>
    NoSuchUser = 0,

    /// <summary>The password is wrong.</summary>
    WrongPassword = 1,

    /// <summary>The session is open.</summary>
    LoggedIn = 2,

    /// <summary>Not checked: too many wrong passwords for this user came from this address.</summary>
    TooManyAttempts = 3,

    /// <summary>Not checked: too many passwords wait to be hashed.</summary>
    Busy = 4,
}

/// <summary>The outcome of sending a message.</summary>
public enum SendStatus
{
    /// <summary>Unknown: the database did not answer.</summary>
    Unavailable = 0,

    /// <summary>Stored, durably.</summary>
    Sent = 1,

    /// <summary>Not stored: the session is not open.</summary>
    NoSession = 2,

    /// <summary>Not stored: there is no such recipient.</summary>
    NoRecipient = 3,

    /// <summary>Not stored: the client's ID already belongs to another message.</summary>
    AlreadyBound = 4,

    /// <summary>Not stored: the sender's account has sent as much as it may for now.</summary>
    TooManySends = 5,

    /// <summary>Not stored: the recipient's mailbox holds as many unread messages as it may, in all or from this sender.</summary>
    MailboxFull = 6,
}

/// <summary>A message on its way to a mailbox.</summary>
/// <param name="Id">The gateway mints it; retries carry the same id, so that the message is stored once.</param>
/// <param name="Recipient">The recipient's user name.</param>
/// <param name="Text">Valid UTF-8; may contain NUL.</param>
/// <param name="OnceId">The ID that the client chose for a repeatable send; null for other sends.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.OutgoingMessage")]
public sealed record OutgoingMessage(
    [property: Id(0)] Guid Id, [property: Id(1)] string Recipient, [property: Id(2)] byte[] Text, [property: Id(3)] string? OnceId);

/// <summary>
/// A use of a session. <paramref name="User"/> is its owner, or null if the session is not open. <paramref name="Moved"/> tells that it
/// was last used on another connection, or never, so that the gateway reports to presence where it is now. <paramref name="Number"/>
/// ascends with every use: the highest belongs to the connection where the token was last accepted.
/// </summary>
/// <remarks>
/// An activation counts upwards from its clock, and never falls behind it, so that its own uses are in order whatever the clock does.
/// Uses of different activations are in order as far as the clocks of their silos agree. If a later use got the lower number, presence
/// ignores it. The gateway then reports the next use on that connection again, with its own number, and presence accepts it once the
/// clock has passed the higher number.
/// </remarks>
[GenerateSerializer, Immutable, Alias("OrleansChat.SessionUse")]
public readonly record struct SessionUse([property: Id(0)] string? User, [property: Id(1)] bool Moved, [property: Id(2)] long Number);

/// <summary>The answer to <see cref="ISessionGrain.Send"/>: one status per message, in order.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.SendReply")]
public sealed record SendReply([property: Id(0)] SessionUse Session, [property: Id(1)] SendStatus[] Statuses);

/// <summary>The answer to <see cref="ISessionGrain.SendOnce"/>: the receipt, if the status is <see cref="SendStatus.Sent"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.SendOnceReply")]
public sealed record SendOnceReply(
    [property: Id(0)] SessionUse Session, [property: Id(1)] SendStatus Status,
    [property: Id(2)] Guid MessageId, [property: Id(3)] string Durability);

/// <summary>The answer to <see cref="ISessionGrain.ReadInbox"/>: the page is null if the session is not open.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ReadInboxReply")]
public sealed record ReadInboxReply([property: Id(0)] SessionUse Session, [property: Id(1)] InboxPage? Page);

/// <summary>The answer to <see cref="ISessionGrain.ListUsers"/>: the users are null if the session is not open.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ListUsersReply")]
public sealed record ListUsersReply([property: Id(0)] SessionUse Session, [property: Id(1)] string[]? Users);
