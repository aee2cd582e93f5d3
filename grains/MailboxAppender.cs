using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Storage;

namespace OrleansChat.Grains;

/// <summary>
/// Numbers the messages of one mailbox and appends them. Used on the turns of one grain; calls interleave.
/// </summary>
/// <remarks>
/// The numbers are taken, and the group is queued with the writer, in one go before the first await: the order of the
/// calls is the order in the mailbox. The numbers are a guess until the database takes them: it refuses what is not the
/// next one. After a refusal, or when it is unknown what was stored, this asks where the mailbox ends and goes on there.
/// </remarks>
internal sealed class MailboxAppender(IMailbox mailbox, long accountId)
{
    /// <summary>A refusal needs another activation, or a group before this one that was not stored: both end soon.</summary>
    private const int MaxAttempts = 20;

    private long _nextNumber;
    private int _guess;
    private Task _asking = Task.CompletedTask;

    /// <summary>The account whose mailbox it is.</summary>
    public long AccountId => accountId;

    /// <summary>Appends the messages, all or none.</summary>
    /// <exception cref="StorageUnavailableException">It is unknown whether they were stored: repeat them under the same ids.</exception>
    public async Task<AppendResult> AppendAsync(MailboxDelivery delivery)
    {
        var messages = new NewMessage[delivery.Messages.Length];
        for (var i = 0; i < messages.Length; i++)
            messages[i] = new NewMessage(delivery.Messages[i].Id, delivery.Messages[i].Text, delivery.Messages[i].OnceId);
        if (messages.Length > 1 && FaultPoints.IsBroken(FaultPoint.SwapMessages)) (messages[0], messages[1]) = (messages[1], messages[0]);

        for (var attempt = 1; ; attempt++)
        {
            while (_nextNumber == 0)
            {
                if (_asking.IsCompleted) _asking = AskWhereItEnds();
                await _asking;
            }
            var mine = _guess;
            var first = _nextNumber;
            _nextNumber += messages.Length;
            try
            {
                var result = await mailbox.AppendAsync(new MailboxGroup(accountId, first, delivery.SessionKey, messages));
                if (result == AppendResult.Stored) return result;
                Doubt(mine);
                if (result != AppendResult.Conflict || attempt == MaxAttempts) return result;
            }
            catch
            {
                Doubt(mine);
                throw;
            }
        }
    }

    /// <summary>The numbers of this guess have a gap now, or are another's: the next append asks.</summary>
    private void Doubt(int mine)
    {
        if (mine != _guess) return;
        _guess++;
        _nextNumber = 0;
    }

    private async Task AskWhereItEnds() => _nextNumber = await mailbox.GetLastNumberAsync(accountId) + 1;
}
