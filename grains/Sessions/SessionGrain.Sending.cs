using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains.Users;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Grains.Sessions;

// The sending part of a session.
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

        // Never reveal to a dead session whether a recipient exists; keep the outcomes of messages that were or may have been stored.
        if (statuses.Any(RevealsRecipient) && !await IsAlive())
        {
            for (var i = 0; i < statuses.Length; i++)
                if (RevealsRecipient(statuses[i])) statuses[i] = SendStatus.NoSession;
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
        // A repetition gets its receipt without a permit.
        if (!isPermitted && !MayLookUp()) return new SendOnceReply(use, SendStatus.TooManySends, default, "");
        var receipt = await mailbox.FindReceiptAsync(sender, message.OnceId!);
        var status = receipt is not null ? SendStatus.AlreadyBound
            : isPermitted ? await TryDeliver(use.User, message.Recipient, [message])
            : SendStatus.TooManySends;
        if (receipt is null && status is SendStatus.Sent or SendStatus.AlreadyBound)
            receipt = await mailbox.FindReceiptAsync(sender, message.OnceId!);
        // A message stored just now needs no check: storing it checked the session.
        if ((status == SendStatus.AlreadyBound || RevealsRecipient(status)) && !await IsAlive()) status = SendStatus.NoSession;
        if (status == SendStatus.NoSession) return new SendOnceReply(default, status, default, "");
        return receipt is null
            ? new SendOnceReply(
                use, status == SendStatus.TooManySends || RevealsRecipient(status) ? status : SendStatus.Unavailable, default, "")
            : new SendOnceReply(use, SendStatus.Sent, receipt.MessageId, receipt.Durability);
    }

    /// <summary>Whether a status reveals something about the recipient, which only a live session may learn.</summary>
    private static bool RevealsRecipient(SendStatus status) => status is SendStatus.NoRecipient or SendStatus.MailboxFull;

    /// <summary>Returns how many of the messages, counted from the first, the account may send now.</summary>
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

    /// <summary>Whether to look up a receipt without a permit: as many per second as the account may send.</summary>
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

    /// <summary>Delivers messages to one recipient; a failure does not affect other recipients.</summary>
    private async Task<SendStatus> TryDeliver(string sender, string recipient, OutgoingMessage[] messages)
    {
        if (!UserName.IsValid(recipient)) return SendStatus.NoRecipient;
        try
        {
            return await User(recipient).Append(new MailboxDelivery(Key, messages, sender));
        }
        catch (Exception exception)
        {
            LogNotDelivered(exception, messages.Length);
            return SendStatus.Unavailable;
        }
    }

    /// <summary>Delivers to all recipients concurrently, once per recipient; messages to one recipient keep their order.</summary>
    private async Task DeliverByRecipient(string sender, OutgoingMessage[] messages, SendStatus[] statuses)
    {
        var deliveries = messages.Select((message, index) => (message, index)).GroupBy(m => m.message.Recipient).Select(async group =>
        {
            var status = await TryDeliver(sender, group.Key, [.. group.Select(m => m.message)]);
            foreach (var (_, index) in group) statuses[index] = status;
            // Nothing of the group was stored, but the first messages may fit.
            if (status == SendStatus.MailboxFull && group.Count() > 1)
            {
                foreach (var (message, index) in group)
                    if ((statuses[index] = await TryDeliver(sender, group.Key, [message])) != SendStatus.Sent) break;
            }
        });
        await Task.WhenAll(deliveries);
    }

    [LoggerMessage(4000, LogLevel.Warning, "Delivery to a recipient failed; it is unknown whether its {Count} messages were stored.")]
    private partial void LogNotDelivered(Exception exception, int count);
}
