using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Logs;

/// <summary>
/// Keeps a mailbox from filling up, and one sender from filling it. Used on the turns of one grain.
/// </summary>
/// <remarks>
/// What it knows of a sender is never less than what is there: messages on their way count as if they were stored, and
/// what the reader has received meanwhile is found out when it would matter. So nothing is counted while the mailbox holds
/// fewer messages than one sender may have in it.
/// </remarks>
internal sealed class MailboxQuota(IMailbox mailbox, long accountId, AccountLimits limits, TimeProvider time)
{
    /// <summary>A sender who is refused is counted anew after so long: what was on its way then may not have come.</summary>
    private static readonly TimeSpan CountAgain = TimeSpan.FromSeconds(10);

    /// <summary>Of more senders it is counted again when one of them writes.</summary>
    private const int MaxSenders = 10_000;

    private readonly Dictionary<string, Share> _shares = [];
    private long _taken;
    private int _onTheirWay;

    /// <summary>Takes room for messages, if there is.</summary>
    /// <param name="sender">Whose they are.</param>
    /// <param name="count">How many.</param>
    /// <param name="unread">How many messages the mailbox holds, those on their way included.</param>
    /// <param name="received">The read position as far as it is known.</param>
    public Room TryTake(string sender, int count, long unread, long received)
    {
        if (limits.MaxUnread > 0 && unread + count > limits.MaxUnread) return Room.MailboxFull;
        _shares.TryGetValue(sender, out var share);
        if (limits.MaxUnreadOfSender > 0 && unread + count > limits.MaxUnreadOfSender)
        {
            if (share is null) return Room.NotCounted;
            if (share.AtMost + count > limits.MaxUnreadOfSender)
                return received > share.Received || time.GetElapsedTime(share.CountedAt) >= CountAgain
                    ? Room.NotCounted
                    : Room.ShareFull;
        }
        share?.AtMost += count;
        _taken += count;
        _onTheirWay += count;
        return Room.Taken;
    }

    /// <summary>What was taken room for has been decided.</summary>
    /// <param name="sender">Whose it was.</param>
    /// <param name="count">How many.</param>
    /// <param name="isStored">Whether they are in the mailbox; otherwise it is counted anew what the sender has there.</param>
    public void Decided(string sender, int count, bool isStored)
    {
        _onTheirWay -= count;
        if (!isStored) _shares.Remove(sender);
    }

    /// <summary>Finds out how much the mailbox holds of a sender.</summary>
    /// <param name="sender">The sender.</param>
    /// <param name="received">The read position as far as it is known.</param>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public async Task CountAsync(string sender, long received)
    {
        var before = _taken - _onTheirWay;
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

/// <summary>Whether a mailbox takes more.</summary>
internal enum Room
{
    /// <summary>There was room, and it is taken.</summary>
    Taken = 0,

    /// <summary>It must be counted first what the mailbox holds of this sender.</summary>
    NotCounted = 1,

    /// <summary>The mailbox is full.</summary>
    MailboxFull = 2,

    /// <summary>The sender's share of it is.</summary>
    ShareFull = 3,
}
