using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Logs;

/// <summary>
/// Numbers the messages of one mailbox and appends them. Used on the turns of one grain; calls interleave.
/// </summary>
/// <remarks>
/// The numbers are taken, and the group is queued with the writer, in one go before the first await: the order of the
/// calls is the order in the mailbox. The numbers are a guess until the database takes them: it refuses what is not the
/// next one. After a refusal, or when it is unknown what was stored, this asks where the mailbox ends and goes on there.
/// </remarks>
internal sealed class MailboxAppender(IMailbox mailbox, long accountId, AccountLimits limits, TimeProvider time)
{
    /// <summary>A refusal needs another activation, or a group before this one that was not stored: both end soon.</summary>
    private const int MaxAttempts = 20;

    /// <summary>
    /// Before a message is refused for want of room, it is asked what was received through another activation; so often at most.
    /// </summary>
    private static readonly TimeSpan AskWhenFull = TimeSpan.FromSeconds(1);

    private readonly MailboxQuota _quota = new(mailbox, accountId, limits, time);
    private long _nextNumber;
    private long _received;
    private long _askedAt;
    private int _guess;
    private Task _asking = Task.CompletedTask;

    /// <summary>The account whose mailbox it is.</summary>
    public long AccountId => accountId;

    /// <summary>Appends the messages, all or none.</summary>
    /// <returns>What became of them; null where the mailbox has no room for them, and which.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown whether they were stored: repeat them under the same ids.</exception>
    public async Task<(AppendResult? Result, Room Room)> AppendAsync(MailboxDelivery delivery)
    {
        var messages = new NewMessage[delivery.Messages.Length];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = new NewMessage(delivery.Messages[i].Id, delivery.Messages[i].Text, delivery.Messages[i].OnceId);

        for (var attempt = 1; ; attempt++)
        {
            var room = await TakeRoomAsync(delivery.Sender, messages.Length);
            if (room != Room.Taken) return (null, room);
            var mine = _guess;
            var first = _nextNumber;
            _nextNumber += messages.Length;
            var result = default(AppendResult?);
            try
            {
                result = await mailbox.AppendAsync(new MailboxGroup(accountId, first, delivery.SessionKey, messages));
                if (result == AppendResult.Stored) return (result, room);
                Doubt(mine);
                if (result != AppendResult.Conflict || attempt == MaxAttempts) return (result, room);
            }
            catch
            {
                Doubt(mine);
                throw;
            }
            finally
            {
                _quota.Decided(delivery.Sender, messages.Length, result == AppendResult.Stored);
            }
        }
    }

    /// <summary>The reader has received everything up to a number.</summary>
    public void Received(long number) => _received = Math.Max(_received, number);

    /// <summary>Finds room, and knows the next number when it returns that it was taken.</summary>
    private async ValueTask<Room> TakeRoomAsync(string sender, int count)
    {
        while (true)
        {
            while (_nextNumber == 0)
            {
                if (_asking.IsCompleted) _asking = AskWhereItEnds();
                await _asking;
            }
            var room = _quota.TryTake(sender, count, _nextNumber - 1 - _received, _received);
            if (room == Room.NotCounted) await _quota.CountAsync(sender, _received);
            else if (room == Room.Taken || time.GetElapsedTime(_askedAt) < AskWhenFull) return room;
            else await AskWhatWasReceived();
        }
    }

    /// <summary>The numbers of this guess have a gap now, or are another's: the next append asks.</summary>
    private void Doubt(int mine)
    {
        if (mine != _guess) return;
        _guess++;
        _nextNumber = 0;
    }

    private async Task AskWhereItEnds() => _nextNumber = (await AskWhatWasReceived()).Last + 1;

    private async Task<MailboxEnds> AskWhatWasReceived()
    {
        _askedAt = time.GetTimestamp();
        var ends = await mailbox.GetEndsAsync(accountId);
        Received(ends.Received);
        return ends;
    }
}
