using System.Runtime.CompilerServices;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

internal sealed partial class ClientSession
{
    /// <summary>
    /// The extra cost, in lines, of a send whose statement refused, so that those who shared it were stored by another: its session has
    /// ended under its lease, or its ID was bound by another connection meanwhile.
    /// </summary>
    private const double LinesPerRefusedBatch = 1_000;

    /// <summary>What the account of the last session that sent here may still send; null where it is not limited, or not known.</summary>
    public SendBudget? Budget => _session?.Budget;

    /// <summary>Makes a message for <see cref="SendAsync"/> or <see cref="SendOnceAsync"/>, with a new id.</summary>
    /// <param name="recipient">The recipient's user name.</param>
    /// <param name="text">The text, as the client sent it.</param>
    /// <param name="onceId">The client's own id, under which the service stores it exactly once.</param>
    public OutgoingMessage NewMessage(string recipient, byte[] text, string? onceId = null) =>
        new(MessageId.New(services.Time.GetUtcNow()), recipient, text, onceId);

    /// <summary>Sends messages together, and repeats those of unknown outcome under the same ids.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SendOutcomes> SendAsync(string? sessionKey, OutgoingMessage[] messages)
    {
        var outcomes = new Refusal?[messages.Length];
        try
        {
            if (await AdmitAsync(sessionKey) is { } refusal)
            {
                Array.Fill(outcomes, refusal);
                return new SendOutcomes(outcomes);
            }
            var session = SessionOf(sessionKey!);
            var reply = await SendRepeatedlyAsync(session, messages);
            // A recipient who is none, or has blocked the sender, is looked up each time.
            if (reply.Statuses.Count(status => status == SendStatus.NoRecipient) is var reads and > 0)
                client.Address.Charge(reads * LinesPerRead);
            if (session.IsLeased && reply.Statuses.Contains(SendStatus.NoSession)) client.Address.Charge(LinesPerRefusedBatch);
            if (!Array.TrueForAll(reply.Statuses, status => status == SendStatus.Unavailable))
                await UsedAsync(session, reply.Use);
            for (var i = 0; i < outcomes.Length; i++) outcomes[i] = Refusals.Of(reply.Statuses[i]);
            if (reply.Alone is { Status: SendStatus.Sent, Places: [var place] }) TellSent(session, reply.Use.User, messages[0], place);
            return new SendOutcomes(outcomes, reply.Alone);
        }
        catch (Exception exception)
        {
            Array.Fill(outcomes, Failed(exception));
            return new SendOutcomes(outcomes);
        }
        finally
        {
            _guard.Unanswered();
        }
    }

    /// <summary>Sends one message.</summary>
    /// <returns>Where it was stored.</returns>
    public async Task<Outcome<SentMessage>> SendOneAsync(string? sessionKey, OutgoingMessage message)
    {
        var (outcomes, stored) = await SendAsync(sessionKey, [message]);
        return outcomes[0] is { } refusal ? refusal : new SentMessage(message.Id, stored.Places?[0], stored.Durability);
    }

    /// <summary>Sends a message that the client may repeat under its own id.</summary>
    /// <returns>The receipt of this message, or of the one that was stored under the same id before.</returns>
    public Task<Outcome<SendOnceReply>> SendOnceAsync(string? sessionKey, OutgoingMessage message) => SettleAsync<SendOnceReply>(async () =>
    {
        if (await AdmitAsync(sessionKey) is { } refusal) return refusal;
        var session = SessionOf(sessionKey!);
        var lease = default((SessionUse Use, int Permitted)?);
        var isSent = false;
        var reply = await RepeatAsync(
            async _ =>
            {
                lease ??= await session.UseAsync([message]);
                if (lease.Value.Use.User is null) return new SendOnceReply(default, SendStatus.NoSession, default, "");
                var isRepetition = isSent;
                isSent = true;
                var reply = await session.Grain.SendOnce(message, Id, isPermitted: lease.Value.Permitted == 1);
                // A message whose outcome was unknown once is never reported as not stored.
                return !isRepetition ? reply
                    : reply.Status is SendStatus.Sent or SendStatus.IdUsed ? reply with { IsRace = false }
                    : reply with { Status = SendStatus.Unavailable, IsRace = false };
            },
            isUnknown: reply => reply.Status == SendStatus.Unavailable);
        if (reply.Status == SendStatus.TooManySends) services.Metrics.Hit(LimitNames.Sends);
        if (reply.IsRace) client.Address.Charge(LinesPerRefusedBatch);
        // What had no permit has looked for a receipt.
        if (reply.Status == SendStatus.NoRecipient || lease!.Value.Permitted == 0) client.Address.Charge(LinesPerRead);
        await UsedAsync(sessionKey!, Merge(lease!.Value.Use, reply.Session));
        if (reply is { Status: SendStatus.Sent, Place: { } place } && reply.MessageId == message.Id)
            TellSent(session, lease.Value.Use.User, message, place);
        return Refusals.Of(reply.Status) is { } refused ? refused : reply;
    });
}

/// <summary>The outcomes of messages that were sent together.</summary>
/// <param name="Refusals">For each message, in order, why it was not stored; null when it is durable.</param>
/// <param name="Alone">Of a message that was sent alone: where it was stored.</param>
internal readonly record struct SendOutcomes(Refusal?[] Refusals, AppendReply Alone = default);

/// <summary>A message that is durable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Durability">What its commit waited for.</param>
internal sealed record SentMessage(Guid Id, EntryPlace? Place, string Durability);
