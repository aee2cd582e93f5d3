using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// The connection of a mailbox writer. Not thread-safe. After any exception it must not be used again, and it is unknown
/// whether the statement took effect.
/// </summary>
internal interface IMailboxConnection : IAsyncDisposable
{
    /// <summary>Stores and commits all groups; false, and none stored, if one of them does not fit.</summary>
    Task<bool> TryInsertAsync(IReadOnlyList<PendingGroup> groups);

    /// <summary>When the last groups that were stored were accepted, and what their commit waited for.</summary>
    Commit LastCommit { get; }

    /// <summary>Looks up what is known of each message of the groups, in order.</summary>
    Task<List<MessageFacts>> JudgeAsync(IReadOnlyList<PendingGroup> groups);
}

/// <summary>A commit of messages.</summary>
/// <param name="AcceptedAt">When the messages were accepted, by the database's clock.</param>
/// <param name="Durability">What it waited for: see <see cref="Database.Durability"/>.</param>
internal readonly record struct Commit(DateTimeOffset AcceptedAt, string Durability);

/// <summary>What decides whether a message fits: see <see cref="MailboxStatements.Judge"/>.</summary>
/// <param name="IsStored">The message is stored, or its receipt says that it was.</param>
/// <param name="IsSessionAlive">The sender's session is alive.</param>
/// <param name="IsOutOfTime">The message id is too old, or too far ahead of the database's clock.</param>
/// <param name="IsBlocked">The recipient has blocked the sender, or the sender is not a member of the room who may do this.</param>
/// <param name="IsBound">The ID of the repeatable send is bound.</param>
/// <param name="IsTargetGone">It is a deletion of what its sender cannot delete: no message of theirs, or deleted already.</param>
/// <param name="LastNumber">The recipient's last number; null if there is no such account.</param>
/// <param name="SenderAccountId">The sender's account; null if the session is not alive.</param>
/// <param name="DatabaseTime">When that was so, by the database's clock.</param>
/// <param name="Place">Where the message is stored, or was by its receipt; null if it is not, or that is unknown.</param>
/// <param name="Durability">What a commit waits for.</param>
internal readonly record struct MessageFacts(
    bool IsStored, bool IsSessionAlive, bool IsOutOfTime, bool IsBlocked, bool IsBound, bool IsTargetGone,
    long? LastNumber, long? SenderAccountId, DateTimeOffset DatabaseTime = default, StoredPlace? Place = null, string Durability = "");
