using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// The mailboxes: one append-only log per recipient, with a durable read position.
/// </summary>
/// <remarks>
/// The messages of one mailbox have the numbers 1, 2, 3, ... without gaps. A number exists only after the number before it is
/// committed, so a reader who goes by numbers never skips a message that is still to come. The database enforces this, not the
/// grain that assigns the numbers, so two activations of one grain cannot break it.
/// </remarks>
public interface IMailbox
{
    /// <summary>
    /// Stores a group of messages, all or none. Queues it before returning, in the order of the calls; the task completes when
    /// the commit is durable, or when it is certain that nothing was stored.
    /// </summary>
    /// <exception cref="StorageUnavailableException">
    /// It is unknown whether the group was stored. Repeat it with the same message ids.
    /// </exception>
    Task<Appended> StoreAsync(MailboxGroup group);

    /// <summary>Reads the last number and the read position of a mailbox.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<MailboxEnds> GetEndsAsync(long accountId);

    /// <summary>Counts the messages that were not received.</summary>
    /// <param name="accountId">The account that owns the mailbox.</param>
    /// <param name="sender">Counts all messages of this account, deleted ones too; null: those of all senders that are not deleted.</param>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<long> CountUnreadAsync(long accountId, long? sender);

    /// <summary>
    /// Says whether a session's owner may write to an account, and prepares the conversation of the two: it is in the lists of both before
    /// its first message is stored.
    /// </summary>
    /// <returns>Null if the session is not alive.</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<Admission?> AdmitAsync(long accountId, string sessionKey);

    /// <summary>
    /// Says whether a session's owner may delete a message of a mailbox: 0 if so, or the number of its deletion if it is deleted.
    /// </summary>
    /// <returns>Null if the session is not alive, or there is no such message of its owner.</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<long?> FindDeletionAsync(long accountId, string sessionKey, long number);

    /// <summary>
    /// Reads the messages after the read position and after <paramref name="after"/>, oldest first: at most
    /// <paramref name="maxBytes"/> of text and names (each message counts 64 bytes more), but at least one message if there is one. Those
    /// of the rooms that the account is a member of are among them.
    /// </summary>
    /// <param name="accountId">The account that reads.</param>
    /// <param name="sessionKey">A session of it.</param>
    /// <param name="after">Only messages of the inbox with a higher number are read.</param>
    /// <param name="maxBytes">The most to read.</param>
    /// <param name="rooms">The same for rooms; of a room that is not named, all that was not received.</param>
    /// <returns>Null if the session is not alive, or belongs to another account (the same statement checks it).</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<MailboxPart?> ReadAsync(long accountId, string sessionKey, long after, int maxBytes, IReadOnlyList<LogNumber>? rooms = null);

    /// <summary>
    /// Moves the read position forward, durably, and those in rooms, with one statement. A position before the present one changes nothing,
    /// nor does one in a room that the account is not a member of.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It is unknown whether the position moved. Repeating the call is safe.</exception>
    Task AdvanceAsync(long accountId, long position, IReadOnlyList<LogNumber>? rooms = null);

    /// <summary>Finds the receipt that a sender's ID is bound to, and the key of the sender's fingerprints.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<ReceiptLookUp> FindReceiptAsync(long senderAccountId, string onceId);
}

/// <summary>A number of a log.</summary>
public readonly record struct LogNumber(long LogId, long Number);

/// <summary>The ends of a mailbox.</summary>
/// <param name="Last">The last number in use (the read position if the mailbox is empty); 0 if nothing was ever stored.</param>
/// <param name="Received">The read position: everything up to it has left the mailbox.</param>
public readonly record struct MailboxEnds(long Last, long Received);

/// <summary>The outcome of an append.</summary>
public enum AppendResult
{
    /// <summary>The group is stored and durable, now or by an earlier attempt.</summary>
    Stored = 0,

    /// <summary>Nothing was stored: the session was not alive, or its account is gone or disabled.</summary>
    SessionEnded = 1,

    /// <summary>
    /// Nothing was stored: the first number of the group was taken, or did not follow the last one, or the recipient's account
    /// is gone. Read the last number and try again; if that conflicts too, check whether the account still exists.
    /// </summary>
    Conflict = 2,

    /// <summary>Nothing was stored: the ID of a repeatable send in the group is already bound to another message.</summary>
    AlreadyBound = 3,

    /// <summary>
    /// Nothing was stored: the message ids are too old (see <see cref="MessageId"/>) to tell whether they were stored before, or too far
    /// ahead of the database's clock.
    /// </summary>
    OutOfTime = 4,

    /// <summary>Nothing was stored: the recipient has blocked the sender, or the sender may not write to the room.</summary>
    Blocked = 5,

    /// <summary>Nothing was stored: a deletion of what is no message of the session's owner, or is deleted already.</summary>
    TargetGone = 6,
}

/// <summary>The outcome of an append, and where the messages are.</summary>
/// <param name="Result">What became of the group.</param>
/// <param name="Places">Of each message, in order, if the group is stored; null otherwise.</param>
/// <param name="Durability">What the commit waited for: see <see cref="Database.Durability"/>.</param>
public readonly record struct Appended(AppendResult Result, StoredPlace[]? Places = null, string Durability = "");

/// <summary>Where and when a message was stored.</summary>
/// <param name="LogId">The log.</param>
/// <param name="Number">The number; 0 where all that is left of a message is a receipt from before schema 10.</param>
/// <param name="AcceptedAt">When it was accepted, by the database's clock.</param>
public readonly record struct StoredPlace(long LogId, long Number, DateTimeOffset AcceptedAt);

/// <summary>Whether an account may write to another.</summary>
/// <param name="SenderId">The account of the session that asked.</param>
/// <param name="IsBlocked">The recipient has blocked it.</param>
public readonly record struct Admission(long SenderId, bool IsBlocked);

/// <summary>One or more messages of one session to one recipient, stored together under consecutive numbers.</summary>
/// <param name="AccountId">The recipient's account.</param>
/// <param name="FirstNumber">The number of the first message.</param>
/// <param name="SessionKey">
/// The sender's session (see <see cref="GrainKeys"/>), which must be alive. The same statement reads whose it is.
/// </param>
/// <param name="Messages">The messages, in order; at least one.</param>
/// <param name="IsRoom">
/// Whether the log is a room, <paramref name="AccountId"/> being its number: then the sender must be a member who may write, or delete.
/// </param>
public sealed record MailboxGroup(
    long AccountId, long FirstNumber, string SessionKey, IReadOnlyList<NewMessage> Messages, bool IsRoom = false);

/// <summary>A message to store.</summary>
/// <param name="Id">
/// From <see cref="MessageId.New"/>, where the message entered the service. Repetitions under one id are stored once.
/// </param>
/// <param name="Text">UTF-8; may contain NUL.</param>
/// <param name="OnceId">The client's own ID of a repeatable send, or null.</param>
/// <param name="Fingerprint">Of a repeatable send: see <see cref="MessageFingerprint"/>.</param>
/// <param name="Target">The number of the message that this one deletes; it has no text then.</param>
public readonly record struct NewMessage(
    Guid Id, byte[] Text, string? OnceId = null, byte[]? Fingerprint = null, long? Target = null);

/// <summary>What a read of a mailbox has found.</summary>
/// <param name="Messages">Oldest first.</param>
/// <param name="Through">
/// Everything up to this number is among the messages, or is never handed over, such as a deleted message. 0 if there is nothing behind the
/// number that was asked for.
/// </param>
/// <param name="Rooms">The same for rooms: for those that were asked for, and those of which there is anything.</param>
public sealed record MailboxPart(IReadOnlyList<MailboxMessage> Messages, long Through, IReadOnlyList<LogNumber> Rooms)
{
    /// <summary>What an inbox holds of its owner alone.</summary>
    public MailboxPart(IReadOnlyList<MailboxMessage> messages, long through)
        : this(messages, through, [])
    {
    }
}

/// <summary>A stored message.</summary>
/// <param name="Number">Its number in its log.</param>
/// <param name="Sender">The sender's user name.</param>
/// <param name="SenderName">The sender's display name.</param>
/// <param name="Text">UTF-8; may contain NUL.</param>
/// <param name="Room">The name of the room that it was sent to, or null.</param>
/// <param name="RoomLog">The log of that room, or 0.</param>
public sealed record MailboxMessage(
    long Number, string Sender, string SenderName, byte[] Text, string? Room = null, long RoomLog = 0);

/// <summary>What is known of an ID of a repeatable send.</summary>
/// <param name="Key">The key of the sender's fingerprints; null if the sender's account is gone.</param>
/// <param name="Receipt">The receipt that the ID is bound to, or null.</param>
public readonly record struct ReceiptLookUp(byte[]? Key, SendReceipt? Receipt);

/// <summary>The receipt of a repeatable send.</summary>
/// <param name="MessageId">The id of the stored message.</param>
/// <param name="Durability">What its commit waited for: see <see cref="Database.Durability"/>.</param>
/// <param name="Fingerprint">Of the message; null in receipts from before schema 10, which fit any message.</param>
/// <param name="Place">Where the message was stored; null in receipts from before schema 10.</param>
public sealed record SendReceipt(Guid MessageId, string Durability, byte[]? Fingerprint = null, StoredPlace? Place = null);
