using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

// Sends messages to the grains of their recipients.
internal sealed partial class LeasedSession
{
    /// <summary>Sends messages in order, each recipient's together; all are decided when it returns.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="isRepetition">Whether they were sent before, so that they need no permits.</param>
    /// <exception cref="Exception">The session did not answer, and nothing was sent.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SendReply> SendAsync(OutgoingMessage[] messages, bool isRepetition)
    {
        var (use, permitted) = isRepetition ? (await UseAgainAsync(), messages.Length) : await UseAsync(messages);
        var statuses = new SendStatus[messages.Length];
        if (use.User is null)
        {
            Array.Fill(statuses, SendStatus.NoSession);
            return new SendReply(default, statuses);
        }
        statuses.AsSpan(permitted).Fill(SendStatus.TooManySends);
        for (var i = permitted; i < messages.Length; i++) services.Metrics.Hit(LimitNames.Sends);
        var alone = default(AppendReply);
        if (permitted == 1 && messages.Length == 1)
        {
            alone = await DeliverAsync(messages[0].Recipient, messages);
            statuses[0] = alone.Status;
        }
        else if (permitted > 0) await DeliverByRecipientAsync(messages[..permitted], statuses);
        if (Array.Exists(statuses, SendStatusExtensions.RevealsRecipient)) await ConfirmAsync(statuses);
        return new SendReply(statuses.Contains(SendStatus.NoSession) ? default : use, statuses, alone);
    }

    /// <summary>Delivers messages to one recipient; a failure does not affect other recipients.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AppendReply> DeliverAsync(string recipient, OutgoingMessage[] messages)
    {
        var isUser = UserName.IsValid(recipient);
        var room = default(string);
        if (!isUser && !RoomName.TryParse(recipient, out room)) return new(SendStatus.NoRecipient);
        try
        {
            var delivery = new MailboxDelivery(key, messages, _accountId);
            return await (isUser ? services.Grains.User(recipient).Append(delivery) : services.Grains.Room(room!).Append(delivery));
        }
        catch (Exception exception)
        {
            LogNotDelivered(services.Logger, messages.Length, connection, exception);
            return new(SendStatus.Unavailable);
        }
    }

    /// <summary>Delivers to all recipients concurrently, once per recipient; messages to one recipient keep their order.</summary>
    private Task DeliverByRecipientAsync(OutgoingMessage[] messages, SendStatus[] statuses)
    {
        var deliveries = messages.Select((message, index) => (message, index)).GroupBy(m => m.message.Recipient).Select(async group =>
        {
            var (status, _, _) = await DeliverAsync(group.Key, [.. group.Select(m => m.message)]);
            foreach (var (_, index) in group) statuses[index] = status;
            // Nothing of the group was stored, but the first messages may fit.
            if (status is SendStatus.MailboxFull or SendStatus.RoomBusy && group.Count() > 1)
            {
                foreach (var (message, index) in group)
                    if ((statuses[index] = (await DeliverAsync(group.Key, [message])).Status) != SendStatus.Sent) break;
            }
        });
        return Task.WhenAll(deliveries);
    }

    /// <summary>
    /// Keeps what is said of recipients from a session that is dead. The outcomes of messages that were or may have been stored stay.
    /// </summary>
    private async Task ConfirmAsync(SendStatus[] statuses)
    {
        var instead = SendStatus.Unavailable;
        try
        {
            if (await Grain.IsAlive()) return;
            instead = SendStatus.NoSession;
        }
        catch (Exception exception)
        {
            LogNotConfirmed(services.Logger, connection, exception);
        }
        for (var i = 0; i < statuses.Length; i++)
            if (statuses[i].RevealsRecipient()) statuses[i] = instead;
    }

    [LoggerMessage(2302, LogLevel.Warning,
        "Sending {Count} messages of connection {Connection} failed; whether they were stored is unknown.")]
    private static partial void LogNotDelivered(ILogger logger, int count, string connection, Exception exception);

    [LoggerMessage(2305, LogLevel.Warning,
        "The session of connection {Connection} did not answer; what is known of recipients is not told to it.")]
    private static partial void LogNotConfirmed(ILogger logger, string connection, Exception exception);
}

/// <summary>The outcome of sending messages.</summary>
/// <param name="Use">The use of the session; its user is null if the session is not open.</param>
/// <param name="Statuses">One status per message, in order.</param>
/// <param name="Alone">The recipient's answer about a message that was sent alone.</param>
internal readonly record struct SendReply(SessionUse Use, SendStatus[] Statuses, AppendReply Alone = default);
