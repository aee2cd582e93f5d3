using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// The mailboxes: an append-only log a recipient, with a durable read position.
/// </summary>
/// <remarks>
/// The messages of one mailbox are numbered 1, 2, 3, ... without a gap: a number exists only once the number before it
/// is committed, so a reader that goes by numbers never passes one that is still to come. The database enforces it, not
/// the grain that hands the numbers out: two activations of one grain cannot break it.
/// </remarks>
public interface IMailbox
{
    /// <summary>
    /// Stores a group of messages: all of it or nothing. Queued synchronously, in the order of the calls;
    /// the task completes when the commit is durable, or when it is certain that nothing was stored.
    /// </summary>
    /// <exception cref="StorageUnavailableException">
    /// It is unknown whether the group was stored. Repeat it with the same message ids.
    /// </exception>
    Task<AppendResult> AppendAsync(MailboxGroup group);

    /// <summary>Where a mailbox ends, and from where on it is unread.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<MailboxEnds> GetEndsAsync(long accountId);

    /// <summary>How many unread messages of one sender a mailbox holds.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<long> CountUnreadAsync(long accountId, string sender);

    /// <summary>
    /// Reads the unread messages behind the read position and behind <paramref name="after"/>, oldest first:
    /// at most <paramref name="maxBytes"/> of text and names (and 64 bytes more a message), at least one message where there is one.
    /// </summary>
    /// <returns>Null when the session is not alive, or not of that account (checked by the same statement).</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<IReadOnlyList<MailboxMessage>?> ReadAsync(long accountId, string sessionKey, long after, int maxBytes);

    /// <summary>
    /// Moves the read position forward, durably; a position that lies behind the present one changes nothing.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It is unknown whether the position was moved. Repeating it does no harm.</exception>
    Task AdvanceAsync(long accountId, long position);

    /// <summary>The receipt that a sender's ID is bound to, or null.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    Task<SendReceipt?> FindReceiptAsync(long senderAccountId, string onceId);
}

/// <summary>The ends of a mailbox.</summary>
/// <param name="Last">The greatest number in use (the read position where it holds no message); 0 when nothing was ever stored.</param>
/// <param name="Received">The read position: everything up to it has left the mailbox.</param>
public readonly record struct MailboxEnds(long Last, long Received);

/// <summary>What became of an append.</summary>
public enum AppendResult
{
    /// <summary>Stored and durable; also when this very group had been stored before.</summary>
    Stored = 0,

    /// <summary>Nothing was stored: the session was not alive, or its account is gone or disabled.</summary>
    SessionEnded = 1,

    /// <summary>
    /// Nothing was stored: the first number of the group was taken, or did not follow the last one, or the recipient's account
    /// is gone. Ask for the last number and try again; where that conflicts too, look whether the account still exists.
    /// </summary>
    Conflict = 2,

    /// <summary>Nothing was stored: an ID of a repeatable send in the group is bound to another message already.</summary>
    AlreadyBound = 3,

    /// <summary>
    /// Nothing was stored: the message ids were minted too long ago (see <see cref="MessageId"/>) to tell whether they were stored
    /// before.
    /// </summary>
    TooLate = 4,
}

/// <summary>One or more messages of one session to one recipient, stored together under consecutive numbers.</summary>
/// <param name="AccountId">The recipient's account.</param>
/// <param name="FirstNumber">The number of the first message.</param>
/// <param name="SessionKey">
/// The sender's session (see <see cref="GrainKeys"/>); it must be alive. The sender's user name and display name come from its account,
/// by the same statement.
/// </param>
/// <param name="Messages">The messages, in order; at least one.</param>
public sealed record MailboxGroup(long AccountId, long FirstNumber, string SessionKey, IReadOnlyList<NewMessage> Messages);

/// <summary>A message to store.</summary>
/// <param name="Id">
/// Minted by <see cref="MessageId.New"/> where the message entered the service: a repetition under the same id is stored once.
/// </param>
/// <param name="Text">UTF-8; may hold NUL.</param>
/// <param name="OnceId">The client's own ID of a repeatable send, or null.</param>
public readonly record struct NewMessage(Guid Id, byte[] Text, string? OnceId);

/// <summary>A stored message.</summary>
/// <param name="Number">Its number in its mailbox.</param>
/// <param name="Sender">The sender's user name.</param>
/// <param name="SenderName">The sender's display name when it was sent.</param>
/// <param name="Text">UTF-8; may hold NUL.</param>
public sealed record MailboxMessage(long Number, string Sender, string SenderName, byte[] Text);

/// <summary>The receipt of a repeatable send.</summary>
/// <param name="MessageId">The id of the message that was stored.</param>
/// <param name="Durability">What was waited for when it was stored: see <see cref="Durability"/>.</param>
public sealed record SendReceipt(Guid MessageId, string Durability);
