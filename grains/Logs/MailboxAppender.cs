using System.Runtime.CompilerServices;
using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Logs;

/// <summary>
/// Numbers the messages of one log, an inbox or a room, from those who may write to it, and appends them. Used on the turns of one grain;
/// calls interleave.
/// </summary>
/// <remarks>
/// It takes the numbers and queues the group with the writer before the first await, so the order of the calls is the order in
/// the mailbox. The numbers are a guess until the database accepts them: it refuses any number but the next one. After a
/// refusal, or when it is unknown what was stored, this class reads where the mailbox ends and continues there.
/// </remarks>
/// <param name="mailbox">Stores them.</param>
/// <param name="accountId">The log: an account, or a room.</param>
/// <param name="limits">The limits of an inbox; a room has none of these.</param>
/// <param name="time">The clock.</param>
/// <param name="room">Who may write, and how much, where the log is a room.</param>
internal sealed class MailboxAppender(
    IMailbox mailbox, long accountId, AccountLimits limits, TimeProvider time, RoomEntrance? room = null)
{
    /// <summary>
    /// A conflict has one of two causes, which both end soon: another activation, or an earlier group that was not stored.
    /// </summary>
    private const int MaxAttempts = 20;

    /// <summary>
    /// Before refusing a message for lack of room, the appender reads what the reader received through another activation, but
    /// not more often than this.
    /// </summary>
    private static readonly TimeSpan RereadWhenFull = TimeSpan.FromSeconds(1);

    private readonly MailboxQuota _quota = new(mailbox, accountId, limits, time);
    private readonly Admissions _admissions = new(room?.Ask ?? (sessionKey => mailbox.AdmitAsync(accountId, sessionKey)));
    private long _nextNumber;
    private long _received;
    private long _unshown;
    private long _readAt;
    private int _generation;
    private Task _reading = Task.CompletedTask;

    /// <summary>The account that owns the mailbox.</summary>
    public long AccountId => accountId;

    /// <summary>Appends the messages, all or none.</summary>
    /// <returns>The outcome, with the places of the messages; null, with the reason, if the mailbox has no room for them.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown whether they were stored: repeat them under the same ids.</exception>
    public async Task<(Appended? Result, QuotaResult Quota)> AppendAsync(MailboxDelivery delivery)
    {
        var messages = new NewMessage[delivery.Messages.Length];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = new NewMessage(
                delivery.Messages[i].Id, delivery.Messages[i].Text, delivery.Messages[i].OnceId, delivery.Fingerprint);

        if (!_admissions.Knows(delivery.SenderId))
        {
            if (await _admissions.AskAsync(delivery.SessionKey) is not { } admission)
                return (new Appended(AppendResult.SessionEnded), QuotaResult.Taken);
            if (admission.IsBlocked) return (new Appended(AppendResult.Blocked), QuotaResult.Taken);
        }
        // After that, so that nobody outside learns from it, or uses anything up.
        if (room?.TryTake(messages.Length) == false) return (null, QuotaResult.RoomBusy);
        for (var attempt = 1; ; attempt++)
        {
            var quota = await TakeQuotaAsync(delivery.SenderId, messages.Length);
            if (quota != QuotaResult.Taken) return (null, quota);
            var result = default(Appended?);
            try
            {
                result = await AppendOnceAsync(delivery.SessionKey, messages);
                if (result?.Result == AppendResult.Blocked) _admissions.Forget();
                if (result?.Result != AppendResult.Conflict || attempt == MaxAttempts) return (result, quota);
            }
            finally
            {
                _quota.Settle(delivery.SenderId, messages.Length, result?.Result == AppendResult.Stored);
            }
        }
    }

    /// <summary>Appends the deletion of a message, whatever the mailbox holds.</summary>
    /// <exception cref="StorageUnavailableException">It is unknown whether it was stored: repeat it under the same id.</exception>
    public async Task<AppendResult> DeleteAsync(string sessionKey, Guid id, long number)
    {
        for (var attempt = 1; ; attempt++)
        {
            while (_nextNumber == 0) await ReadNextAsync();
            var (result, _, _) = await AppendOnceAsync(sessionKey, [new NewMessage(id, [], Target: number)]);
            if (result != AppendResult.Conflict || attempt == MaxAttempts) return result;
        }
    }

    /// <summary>Takes the next numbers, which must be known, and queues the messages before it returns to its caller.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Appended> AppendOnceAsync(string sessionKey, NewMessage[] messages)
    {
        var generation = _generation;
        var first = _nextNumber;
        _nextNumber += messages.Length;
        try
        {
            var appended = await mailbox.StoreAsync(new MailboxGroup(accountId, first, sessionKey, messages, IsRoom: room is not null));
            if (appended.Result != AppendResult.Stored) InvalidateNext(generation);
            return appended;
        }
        catch
        {
            InvalidateNext(generation);
            throw;
        }
    }

    /// <summary>Records that the reader has received everything up to a number.</summary>
    public void Received(long number)
    {
        if (number <= _received) return;
        _received = number;
        _unshown = 0;
    }

    /// <summary>Forgets who may write: blocks or members may have changed.</summary>
    public void BlocksChanged() => _admissions.Forget();

    /// <summary>Reads where the log ends before it numbers the next message: something else was appended.</summary>
    public void EndMoved() => InvalidateNext(_generation);

    /// <summary>Takes room in the mailbox. When it returns that it was taken, the next number is known.</summary>
    private async ValueTask<QuotaResult> TakeQuotaAsync(long sender, int count)
    {
        while (true)
        {
            while (_nextNumber == 0) await ReadNextAsync();
            var quota = _quota.TryTake(sender, count, _nextNumber - 1 - _received - _unshown, _received);
            if (quota == QuotaResult.CountNeeded) await _quota.CountAsync(sender, _received);
            else if (quota == QuotaResult.Taken || time.GetElapsedTime(_readAt) < RereadWhenFull) return quota;
            else await ReadUnshown();
        }
    }

    // Deletions, and what they deleted, take numbers but are never handed over: they fill no mailbox. Counted only before a refusal.
    private async Task ReadUnshown()
    {
        var (last, received) = await ReadEnds();
        var unread = await mailbox.CountUnreadAsync(accountId, sender: null);
        _unshown = Math.Max(0, last - received - unread);
    }

    private Task ReadNextAsync()
    {
        if (_reading.IsCompleted) _reading = ReadNextNumber();
        return _reading;
    }

    /// <summary>
    /// Marks the cached next number as possibly wrong, so that the next append reads it again. Ignored if another append of the
    /// same generation has done so already.
    /// </summary>
    private void InvalidateNext(int generation)
    {
        if (generation != _generation) return;
        _generation++;
        _nextNumber = 0;
    }

    private async Task ReadNextNumber() => _nextNumber = (await ReadEnds()).Last + 1;

    private async Task<MailboxEnds> ReadEnds()
    {
        _readAt = time.GetTimestamp();
        var ends = await mailbox.GetEndsAsync(accountId);
        Received(ends.Received);
        return ends;
    }
}
