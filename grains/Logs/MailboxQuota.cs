using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Logs;

/// <summary>
/// Limits the unread messages of a mailbox, in total and per sender. Used on the turns of one grain.
/// </summary>
/// <remarks>
/// The known number of a sender's messages is never too low: pending messages count as stored, and what the reader has received
/// meanwhile is looked up only when it matters. So nothing is counted while the mailbox holds fewer messages than one sender
/// may have in it.
/// </remarks>
internal sealed class MailboxQuota(IMailbox mailbox, long accountId, AccountLimits limits, TimeProvider time)
{
    /// <summary>A refused sender is counted again after this time: messages that were pending then may not have been stored.</summary>
    private static readonly TimeSpan CountAgain = TimeSpan.FromSeconds(10);

    /// <summary>The most senders to remember; beyond that, it forgets all and counts those who write again.</summary>
    private const int MaxSenders = 10_000;

    private readonly Dictionary<long, Share> _shares = [];
    private long _taken;
    private int _pending;

    /// <summary>Takes room for messages, if there is enough.</summary>
    /// <param name="sender">The account of their sender.</param>
    /// <param name="count">How many messages.</param>
    /// <param name="unread">How many unread messages the mailbox holds, including pending ones.</param>
    /// <param name="received">The last known read position.</param>
    public QuotaResult TryTake(long sender, int count, long unread, long received)
    {
        if (limits.MaxUnread > 0 && unread + count > limits.MaxUnread) return QuotaResult.MailboxFull;
        _shares.TryGetValue(sender, out var share);
        if (limits.MaxUnreadOfSender > 0 && unread + count > limits.MaxUnreadOfSender)
        {
            if (share is null) return QuotaResult.CountNeeded;
            if (share.AtMost + count > limits.MaxUnreadOfSender)
                return received > share.Received || time.GetElapsedTime(share.CountedAt) >= CountAgain
                    ? QuotaResult.CountNeeded
                    : QuotaResult.ShareFull;
        }
        share?.AtMost += count;
        _taken += count;
        _pending += count;
        return QuotaResult.Taken;
    }

    /// <summary>Ends the pending state of messages that <see cref="TryTake"/> took room for.</summary>
    /// <param name="sender">The account of their sender.</param>
    /// <param name="count">How many messages.</param>
    /// <param name="isStored">Whether they are in the mailbox; if not, the sender's messages are counted again.</param>
    public void Settle(long sender, int count, bool isStored)
    {
        _pending -= count;
        if (!isStored) _shares.Remove(sender);
    }

    /// <summary>Counts a sender's unread messages in the mailbox.</summary>
    /// <param name="sender">The sender's account.</param>
    /// <param name="received">The last known read position.</param>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public async Task CountAsync(long sender, long received)
    {
        var before = _taken - _pending;
        var stored = await mailbox.CountUnreadAsync(accountId, sender);
        if (_shares.Count >= MaxSenders) _shares.Clear();
        _shares[sender] = new Share { AtMost = stored + _taken - before, Received = received, CountedAt = time.GetTimestamp() };
    }

    private sealed class Share
    {
        public long AtMost { get; set; }
        public long Received { get; init; }
        public long CountedAt { get; init; }
    }
}

/// <summary>The answer of a <see cref="MailboxQuota"/>.</summary>
internal enum QuotaResult
{
    /// <summary>There was enough room, and it is taken.</summary>
    Taken = 0,

    /// <summary>The sender's unread messages must be counted first.</summary>
    CountNeeded = 1,

    /// <summary>The mailbox is full.</summary>
    MailboxFull = 2,

    /// <summary>The sender's share of the mailbox is full.</summary>
    ShareFull = 3,

    /// <summary>The room has taken as many messages as it may for now.</summary>
    RoomBusy = 4,
}
