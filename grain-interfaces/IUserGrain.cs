using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces;

/// <summary>
/// One user: the profile, the password, the mailbox. Keyed by <c>u:</c> and the user name. All calls interleave, so that none waits for
/// the password hash or the commit of another.
/// </summary>
/// <remarks>An exception of any kind means that the service cannot answer now, and that it is unknown what was done.</remarks>
[Alias("OrleansChat.IUserGrain"), GrainInterfaceType("OrleansChat.IUserGrain")]
public interface IUserGrain : IGrainWithStringKey
{
    /// <summary>
    /// Says whether this activation remembers that a password is right, without hashing it. It answers 20 times at once and once per second
    /// for each account, so that it is no faster way to guess.
    /// </summary>
    [Alias("Recall"), AlwaysInterleave]
    ValueTask<PasswordRecall> Recall(Secret password, string address);

    /// <summary>
    /// Checks a password, and hashes it outside the grain's turn, unless it is remembered. After too many wrong passwords from one address,
    /// further ones from that address are refused for a while; the owner can still log in from any other.
    /// </summary>
    /// <param name="password">The password to check.</param>
    /// <param name="address">The client's address, as the gateway counts addresses; empty if unknown.</param>
    /// <param name="recall">What <see cref="Recall"/> has answered.</param>
    /// <param name="hidesUsers">Whether an unknown user is answered as a wrong password is, in the same time.</param>
    [Alias("CheckPassword"), AlwaysInterleave, ResponseTimeout("00:00:30")]
    Task<PasswordCheck> CheckPassword(Secret password, string address, PasswordRecall recall, bool hidesUsers = false);

    /// <summary>
    /// Lends a session of this user permits to send, out of the messages per second that the whole account may send. They are valid for
    /// <see cref="SessionLease.Lifetime"/>.
    /// </summary>
    /// <returns>At most as many permits as wanted, and 0 if the account has none left for now.</returns>
    [Alias("LendSends"), AlwaysInterleave]
    ValueTask<SendLoan> LendSends(int wanted);

    /// <summary>
    /// Stores the messages, all or none, after those that were accepted before, and answers when they are durable. If the call is
    /// repeated with the same message ids, they are still stored once.
    /// </summary>
    [Alias("Append"), AlwaysInterleave]
    ValueTask<AppendReply> Append(MailboxDelivery delivery);

    /// <summary>
    /// Reads unread messages, of the user's rooms too, with numbers above those of <paramref name="after"/>, oldest first, up to about
    /// 1 MiB of them. Null if the session has ended.
    /// </summary>
    [Alias("ReadInbox"), AlwaysInterleave]
    Task<InboxPage?> ReadInbox(string sessionKey, InboxPositions after);

    /// <summary>
    /// Removes the messages up to <paramref name="positions"/> from the inbox, those of rooms too, durably: the client has shown that it
    /// received them. They are removed even if the session that read them has ended meanwhile, because they were handed over.
    /// </summary>
    [Alias("MarkReceived"), AlwaysInterleave]
    Task MarkReceived(long accountId, InboxPositions positions);

    /// <summary>Reads the account again, because an admin command changed it.</summary>
    [Alias("Refresh"), AlwaysInterleave]
    Task Refresh();
}

/// <summary>Permits to send that an account has lent.</summary>
/// <param name="Lent">How many.</param>
/// <param name="Left">How many it still has.</param>
/// <param name="HasStreams">Whether a gateway serves a stream of the user.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.SendLoan")]
public readonly record struct SendLoan(
    [property: Id(0)] int Lent, [property: Id(1)] int Left, [property: Id(2)] bool HasStreams = false);

/// <summary>Messages of one session to one recipient.</summary>
/// <param name="SessionKey">The key of the sender's session, which must be alive when the messages are stored.</param>
/// <param name="Messages">The messages in order; at least one.</param>
/// <param name="SenderId">The sender's account, as the session's lease named it.</param>
/// <param name="Fingerprint">Of a repeatable send, which comes alone: tells it from another message under the same ID.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.MailboxDelivery")]
public sealed record MailboxDelivery(
    [property: Id(0)] string SessionKey, [property: Id(1)] OutgoingMessage[] Messages, [property: Id(3)] long SenderId,
    [property: Id(4)] byte[]? Fingerprint = null);

/// <summary>The answer to <see cref="IUserGrain.Append"/>.</summary>
/// <param name="Status">What became of the messages.</param>
/// <param name="Places">Where each of them is, in order, if they are stored; null otherwise.</param>
/// <param name="Durability">
/// What the commit waited for: <c>flushed</c>, <c>replicated</c> or <c>written</c>; empty if nothing is stored.
/// </param>
[GenerateSerializer, Immutable, Alias("OrleansChat.AppendReply")]
public readonly record struct AppendReply(
    [property: Id(0)] SendStatus Status, [property: Id(1)] EntryPlace[]? Places = null, [property: Id(2)] string Durability = "");

/// <summary>Where and when an entry of a log was stored.</summary>
/// <param name="LogId">The log.</param>
/// <param name="Number">Its number there; 0 where that is not known any more.</param>
/// <param name="AcceptedAt">When it was accepted, by the database's clock.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.EntryPlace")]
public readonly record struct EntryPlace(
    [property: Id(0)] long LogId, [property: Id(1)] long Number, [property: Id(2)] DateTimeOffset AcceptedAt);

/// <summary>The answer to <see cref="IUserGrain.Recall"/>.</summary>
public enum PasswordRecall
{
    /// <summary>Nothing is remembered, or it is not said; the password must be hashed.</summary>
    Nothing = 0,

    /// <summary>The password is remembered as right.</summary>
    Right = 1,

    /// <summary>Another password is remembered; this one must be hashed, and counts as wrong already.</summary>
    Other = 2,

    /// <summary>Not looked at: too many wrong passwords for this user came from this address.</summary>
    TooManyAttempts = 3,
}

/// <summary>The answer to <see cref="IUserGrain.CheckPassword"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.PasswordCheck")]
public sealed record PasswordCheck
{
    /// <summary>Whether the password was right, and if not, why the login fails.</summary>
    [Id(0)] public LogInStatus Status { get; init; }

    /// <summary>The account's id; set only if the password was right.</summary>
    [Id(1)] public long AccountId { get; init; }

    /// <summary>The account's security stamp, set only if the password was right: a session that carries another stamp is dead.</summary>
    [Id(2)] public Guid SecurityStamp { get; init; }
}

/// <summary>Some of a mailbox's unread messages.</summary>
/// <param name="OwnerName">The reader's display name.</param>
/// <param name="AccountId">The reader's account, whose mailbox the numbers belong to.</param>
/// <param name="Messages">Oldest first; empty if no unread message has a number above the given one.</param>
/// <param name="Through">
/// Everything up to this number is among the messages, or is never handed over, such as a deleted message. 0 if there is nothing above the
/// given number.
/// </param>
/// <param name="Rooms">The same for rooms: for those that were asked for, and those of which there is anything.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.InboxPage")]
public sealed record InboxPage(
    [property: Id(0)] string OwnerName, [property: Id(1)] long AccountId, [property: Id(2)] InboxMessage[] Messages,
    [property: Id(3)] long Through, [property: Id(4)] Position[] Rooms);

/// <summary>An unread message.</summary>
/// <param name="Number">Its number in its log: 1, 2, 3, ... without a gap.</param>
/// <param name="Sender">The sender's user name.</param>
/// <param name="SenderName">The sender's display name.</param>
/// <param name="Text">Valid UTF-8; may contain NUL.</param>
/// <param name="Room">The name of the room that it was sent to; null if to the user alone.</param>
/// <param name="RoomLog">The log of that room, or 0.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.InboxMessage")]
public sealed record InboxMessage(
    [property: Id(0)] long Number, [property: Id(1)] string Sender, [property: Id(2)] string SenderName, [property: Id(3)] byte[] Text,
    [property: Id(4)] string? Room = null, [property: Id(5)] long RoomLog = 0);
