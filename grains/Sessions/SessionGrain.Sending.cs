using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains.Users;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Grains.Sessions;

// What a session sends.
public sealed partial class SessionGrain
{
    private SendPermits? _permits;
    private RateLimit? _lookUps;

    /// <inheritdoc/>
    public async Task<SendReply> Send(OutgoingMessage[] messages, string connection)
    {
        var use = await Use(connection);
        var statuses = new SendStatus[messages.Length];
        if (use.User is null) Array.Fill(statuses, SendStatus.NoSession);
        else await Deliver(use.User, messages, statuses);

        // Who is not logged in learns nothing of who exists. What was stored, or may have been, stays said.
        if (statuses.Any(IsOfRecipient) && !await IsAlive())
        {
            for (var i = 0; i < statuses.Length; i++)
                if (IsOfRecipient(statuses[i])) statuses[i] = SendStatus.NoSession;
        }
        return new SendReply(statuses.Contains(SendStatus.NoSession) ? default : use, statuses);
    }

    /// <inheritdoc/>
    public async Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection)
    {
        var use = await Use(connection);
        if (use.User is null) return new SendOnceReply(default, SendStatus.NoSession, default, "");
        // A logout may clear the state while this waits.
        var sender = session.State.AccountId;
        var isPermitted = await Permitted(use.User, [message]) == 1;
        // A repetition gets its receipt all the same.
        if (!isPermitted && !MayLookUp()) return new SendOnceReply(use, SendStatus.TooManySends, default, "");
        var receipt = await mailbox.FindReceiptAsync(sender, message.OnceId!);
        var status = receipt is not null ? SendStatus.AlreadyBound
            : isPermitted ? await TryDeliver(use.User, message.Recipient, [message])
            : SendStatus.TooManySends;
        if (receipt is null && status is SendStatus.Sent or SendStatus.AlreadyBound)
            receipt = await mailbox.FindReceiptAsync(sender, message.OnceId!);
        // What was stored just now was checked when it was stored.
        if ((status == SendStatus.AlreadyBound || IsOfRecipient(status)) && !await IsAlive()) status = SendStatus.NoSession;
        if (status == SendStatus.NoSession) return new SendOnceReply(default, status, default, "");
        return receipt is null
            ? new SendOnceReply(
                use, status == SendStatus.TooManySends || IsOfRecipient(status) ? status : SendStatus.Unavailable, default, "")
            : new SendOnceReply(use, SendStatus.Sent, receipt.MessageId, receipt.Durability);
    }

    /// <summary>Whether it says something of the recipient, which is for those who are logged in.</summary>
    private static bool IsOfRecipient(SendStatus status) => status is SendStatus.NoRecipient or SendStatus.MailboxFull;

    /// <summary>How many of the messages, from the first, the account may send now.</summary>
    private async ValueTask<int> Permitted(string user, OutgoingMessage[] messages)
    {
        _permits ??= new SendPermits(User(user).LendSends, limits.Value.SendsPerSecond, time);
        var cost = 0;
        foreach (var message in messages) cost += _permits.CostOf(message);
        var taken = await _permits.TakeAsync(cost);
        if (taken == cost) return messages.Length;
        var permitted = 0;
        while ((taken -= _permits.CostOf(messages[permitted])) >= 0) permitted++;
        for (var i = permitted; i < messages.Length; i++) metrics.Hit(LimitNames.Sends);
        return permitted;
    }

    /// <summary>Whether a receipt may be looked up that the account has no permit for: as many a second as it may send.</summary>
    private bool MayLookUp()
    {
        _lookUps ??= new RateLimit(limits.Value.SendsPerSecond, limits.Value.SendsPerSecond, time);
        return _lookUps.Take(1) == 1;
    }

    private async Task Deliver(string sender, OutgoingMessage[] messages, SendStatus[] statuses)
    {
        var permitted = await Permitted(sender, messages);
        statuses.AsSpan(permitted).Fill(SendStatus.TooManySends);
        if (messages.Length == 1 && permitted == 1) statuses[0] = await TryDeliver(sender, messages[0].Recipient, messages);
        else if (permitted > 0) await DeliverByRecipient(sender, messages[..permitted], statuses);
    }

    /// <summary>Delivers messages to one recipient; a failure is that recipient's alone.</summary>
    private async Task<SendStatus> TryDeliver(string sender, string recipient, OutgoingMessage[] messages)
    {
        if (!UserName.IsValid(recipient)) return SendStatus.NoRecipient;
        try
        {
            return await User(recipient).Append(new MailboxDelivery(Key, messages, sender));
        }
        catch (Exception e)
        {
            LogNotDelivered(logger, messages.Length, e);
            return SendStatus.Unavailable;
        }
    }

    /// <summary>One delivery a recipient, side by side; the messages to one recipient keep their order.</summary>
    private async Task DeliverByRecipient(string sender, OutgoingMessage[] messages, SendStatus[] statuses)
    {
        var deliveries = messages.Select((message, index) => (message, index)).GroupBy(m => m.message.Recipient).Select(async group =>
        {
            var status = await TryDeliver(sender, group.Key, [.. group.Select(m => m.message)]);
            foreach (var (_, index) in group) statuses[index] = status;
            // Nothing of it was stored; the first ones may fit.
            if (status == SendStatus.MailboxFull && group.Count() > 1)
            {
                foreach (var (message, index) in group)
                    if ((statuses[index] = await TryDeliver(sender, group.Key, [message])) != SendStatus.Sent) break;
            }
        });
        await Task.WhenAll(deliveries);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages to one recipient: it is unknown whether they were stored.")]
    private static partial void LogNotDelivered(ILogger logger, int count, Exception exception);
}
