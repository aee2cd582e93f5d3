using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// One session, keyed by <c>s:</c> and the SHA-256 of its token: it knows its owner and its end. It leases itself to gateways, which then
/// send without asking it; every other command that needs a login goes through it.
/// </summary>
/// <remarks>
/// An exception of any kind means that the service cannot answer now, and that it is unknown what was done. Each SQL statement with an
/// effect checks in the database that the session is alive, so an activation or a lease that does not know yet that the session has
/// ended can do no harm. <c>connection</c> names the client's connection among those of all gateways.
/// </remarks>
[Alias("OrleansChat.ISessionGrain"), GrainInterfaceType("OrleansChat.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the session, under a token that nobody has seen yet. Hashing passwords is slow, and only a few are hashed at the same
    /// time: in a crowd a login waits for its turn. <see cref="IUserGrain.Recall"/> comes first; its answer is an argument.
    /// </summary>
    /// <param name="user">The user name, which must be valid.</param>
    /// <param name="password">The password.</param>
    /// <param name="connection">The connection on which the session is used first.</param>
    /// <param name="address">The client's address, as the gateway counts addresses; empty if unknown.</param>
    /// <param name="recall">What <see cref="IUserGrain.Recall"/> has answered.</param>
    /// <param name="hidesUsers">Whether nobody may learn who has an account: see <see cref="IUserGrain.CheckPassword"/>.</param>
    /// <param name="door">The protocol that the client speaks: <c>text</c> or <c>http</c>; for the owner.</param>
    /// <param name="device">What the client calls its device, for the owner; empty if it has not said.</param>
    [Alias("LogIn"), ResponseTimeout("00:00:30")]
    Task<LogInStatus> LogIn(
        string user, Secret password, string connection, string address, PasswordRecall recall, bool hidesUsers = false,
        string door = "", string device = "");

    /// <summary>
    /// Uses the session, and leases it for <see cref="SessionLease.Lifetime"/>: the caller may send to the recipients' grains itself.
    /// </summary>
    /// <param name="connection">The connection on which the session is used.</param>
    /// <param name="sends">How many permits to send to borrow from the account: see <see cref="IUserGrain.LendSends"/>.</param>
    [Alias("Lease"), AlwaysInterleave]
    ValueTask<SessionLease> Lease(string connection, int sends);

    /// <summary>Records the last use under a lease, by its number, unless a later use was counted.</summary>
    [Alias("RecordUse"), AlwaysInterleave]
    Task RecordUse(string connection, long number);

    /// <summary>Whether the session is alive, in the database. It is no use of the session.</summary>
    [Alias("IsAlive"), AlwaysInterleave]
    Task<bool> IsAlive();

    /// <summary>Sends one message under an ID that the client chose; every repetition gets the first receipt.</summary>
    /// <param name="message">The message.</param>
    /// <param name="connection">The connection on which the session is used.</param>
    /// <param name="isPermitted">Whether a permit was taken for it; without one, only the receipt of an earlier send is looked up.</param>
    [Alias("SendOnce"), AlwaysInterleave]
    Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection, bool isPermitted);

    /// <summary>
    /// Reads the owner's unread messages with numbers above those of <paramref name="after"/>, up to about 1 MiB of them. Of a room that is
    /// not named, everything unread.
    /// </summary>
    [Alias("ReadInbox"), AlwaysInterleave]
    Task<ReadInboxReply> ReadInbox(InboxPositions after, string connection);

    /// <summary>Returns the names of the users who are online, in the order in which they came online.</summary>
    [Alias("ListUsers"), AlwaysInterleave]
    Task<ListUsersReply> ListUsers(string connection);

    /// <summary>Ends the session: after the answer, its token is accepted nowhere.</summary>
    /// <returns>The user whose session it was, or null if there was none.</returns>
    [Alias("LogOut")]
    Task<string?> LogOut();

    /// <summary>
    /// Has the session follow a change of its account: forgets it where its row is gone or its security stamp is outdated, and else reads
    /// it again.
    /// </summary>
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

    /// <summary>Not stored: the client's ID is bound to a message already; its receipt tells whether to this one.</summary>
    AlreadyBound = 4,

    /// <summary>Not stored: the sender's account has sent as much as it may for now.</summary>
    TooManySends = 5,

    /// <summary>Not stored: the recipient's mailbox holds as many unread messages as it may, in all or from this sender.</summary>
    MailboxFull = 6,

    /// <summary>Not stored: the client's ID stands for another message.</summary>
    IdUsed = 7,

    /// <summary>Not stored: the room has taken as many messages as it may for now, from all its members.</summary>
    RoomBusy = 8,
}

/// <summary>What a <see cref="SendStatus"/> means to those who answer a client.</summary>
public static class SendStatusExtensions
{
    /// <summary>Whether a status reveals something about the recipient, which only a session that is alive may learn.</summary>
    public static bool RevealsRecipient(this SendStatus status) =>
        status is SendStatus.NoRecipient or SendStatus.MailboxFull or SendStatus.RoomBusy;
}

/// <summary>A message on its way to a mailbox.</summary>
/// <param name="Id">The gateway mints it; retries carry the same id, so that the message is stored once.</param>
/// <param name="Recipient">The recipient's user name, or <c>#</c> and the name of a room.</param>
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
/// An activation counts from its clock at its start by the time that has passed since, so that its own uses are in order whatever the clock
/// does. A gateway numbers uses under a lease in the same way. Uses of different activations are in order as far as the clocks of their
/// silos agree. If a later use got the lower number, presence ignores it. The gateway then reports the next use on that connection again,
/// with its own number, and presence accepts it once the clock has passed the higher number.
/// </remarks>
[GenerateSerializer, Immutable, Alias("OrleansChat.SessionUse")]
public readonly record struct SessionUse([property: Id(0)] string? User, [property: Id(1)] bool Moved, [property: Id(2)] long Number);

/// <summary>The answer to <see cref="ISessionGrain.Lease"/>.</summary>
/// <param name="Use">The use for which the caller asked; its user is null if the session is not open.</param>
/// <param name="Sends">How many permits were lent; the account lends fewer than were wanted when it has no more for now.</param>
/// <param name="SendsPerSecond">How many permits the account gains per second; 0 if it needs none.</param>
/// <param name="AccountId">The account of the session's owner; 0 if the session is not open.</param>
/// <param name="Left">How many permits the account had left after this loan; 0 where none were asked for.</param>
/// <param name="HasStreams">Whether the user has a stream, which hears of what is sent; false where no permits were asked for.</param>
/// <remarks>
/// Under a lease alone a gateway answers nothing but "unavailable" and "too many": everything else it must hear from a statement that
/// checked the session. It counts the lifetime of a lease, and of the permits, from before it asked.
/// </remarks>
[GenerateSerializer, Immutable, Alias("OrleansChat.SessionLease")]
public sealed record SessionLease(
    [property: Id(0)] SessionUse Use, [property: Id(1)] int Sends, [property: Id(2)] int SendsPerSecond, [property: Id(3)] long AccountId,
    [property: Id(4)] int Left = 0, [property: Id(5)] bool HasStreams = false)
{
    /// <summary>How long a lease lasts, and the permits that came with it.</summary>
    /// <remarks>
    /// It is short because presence hears of uses under a lease only when it ends, and because unused permits are lost to the account's
    /// other sessions.
    /// </remarks>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// An account lends at once what it gains in this many seconds. With what it lent in the <see cref="Lifetime"/> before, it may send at
    /// once what it gains in ten.
    /// </summary>
    public const int MostSeconds = 8;
}

/// <summary>
/// The answer to <see cref="ISessionGrain.SendOnce"/>: the receipt, if the status is <see cref="SendStatus.Sent"/>. Receipts from before
/// schema 10 have no place. In a race the ID was bound while the message was on its way: the statement that refused it had to be judged,
/// with all that shared it.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.SendOnceReply")]
public sealed record SendOnceReply(
    [property: Id(0)] SessionUse Session, [property: Id(1)] SendStatus Status,
    [property: Id(2)] Guid MessageId, [property: Id(3)] string Durability, [property: Id(4)] EntryPlace? Place = null,
    [property: Id(5)] bool IsRace = false);

/// <summary>The answer to <see cref="ISessionGrain.ReadInbox"/>: the page is null if the session is not open.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ReadInboxReply")]
public sealed record ReadInboxReply([property: Id(0)] SessionUse Session, [property: Id(1)] InboxPage? Page);

/// <summary>The answer to <see cref="ISessionGrain.ListUsers"/>: the users are null if the session is not open.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.ListUsersReply")]
public sealed record ListUsersReply([property: Id(0)] SessionUse Session, [property: Id(1)] string[]? Users);
