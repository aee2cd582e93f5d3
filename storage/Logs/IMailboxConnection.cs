namespace OrleansChat.Storage.Logs;

/// <summary>
/// What a writer asks of its connection. Not thread-safe. After any exception it is of no more use, and it is unknown
/// whether the statement took effect.
/// </summary>
internal interface IMailboxConnection : IAsyncDisposable
{
    /// <summary>Stores all groups, committed; or, false, none of them, as one or the other does not fit.</summary>
    Task<bool> TryInsertAsync(IReadOnlyList<PendingGroup> groups);

    /// <summary>What is known of each message of the groups, one after the other.</summary>
    Task<List<MessageFacts>> JudgeAsync(IReadOnlyList<PendingGroup> groups);
}

/// <summary>Why a message may not fit: see <see cref="MailboxStatements.Judge"/>.</summary>
/// <param name="IsStored">It is stored, or was: its receipt says so.</param>
/// <param name="IsSessionAlive">Its session is alive.</param>
/// <param name="IsTooOld">Its id was minted too long ago.</param>
/// <param name="IsBound">Its ID of a repeatable send is bound.</param>
/// <param name="LastNumber">The recipient's last number; null when there is no such account.</param>
/// <param name="SenderAccountId">The sender's account; null when the session is not alive.</param>
internal readonly record struct MessageFacts(
    bool IsStored, bool IsSessionAlive, bool IsTooOld, bool IsBound, long? LastNumber, long? SenderAccountId);
