using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

// What a client sees of the messages that stay: see IConversationGrain.
internal sealed partial class ClientSession
{
    /// <summary>Reads a page of the conversation with another user.</summary>
    public Task<Outcome<ConversationPage>> ReadPageAsync(string? sessionKey, PageRequest request) =>
        AskAsync(sessionKey, request.Peer, grain => grain.ReadPage(sessionKey!, request));

    /// <summary>Lists the conversations that have messages, the one with the latest message first.</summary>
    public Task<Outcome<ConversationList>> ListConversationsAsync(string? sessionKey, int limit, ListPlace? before) =>
        AskAsync(sessionKey, null, grain => grain.List(sessionKey!, limit, before));

    /// <summary>Reads one conversation, with its unread messages counted.</summary>
    public Task<Outcome<Conversation>> FindConversationAsync(string? sessionKey, string peer) =>
        AskAsync(sessionKey, peer, grain => grain.Find(sessionKey!, peer));

    /// <summary>Mutes a conversation, or no longer.</summary>
    public Task<Outcome<Conversation>> SetMutedAsync(string? sessionKey, string peer, bool isMuted) =>
        AskAsync(sessionKey, peer, grain => grain.SetMuted(sessionKey!, peer, isMuted));

    /// <summary>Notes that everything of a conversation was read up to a number of the user's inbox; it only rises.</summary>
    public Task<Outcome<Conversation>> MarkReadAsync(string? sessionKey, string epoch, string peer, long upTo) =>
        AskAsync(sessionKey, peer, grain => grain.MarkRead(sessionKey!, epoch, peer, upTo));

    /// <summary>Reads the entries of the user's inbox with higher numbers, received or not.</summary>
    public Task<Outcome<LogPart>> ReadLogAsync(string? sessionKey, string epoch, long after, int limit) =>
        AskAsync(sessionKey, null, grain => grain.ReadLog(sessionKey!, epoch, after, limit));

    /// <summary>Notes that everything in the user's inbox up to a number has arrived, for good.</summary>
    public Task<Outcome<Position>> ReceiveAsync(string? sessionKey, string epoch, long number) =>
        AskAsync(sessionKey, null, grain => grain.Receive(sessionKey!, epoch, number));

    /// <summary>Blocks a user, or no longer: what they begin to send after the answer is refused.</summary>
    public Task<Outcome<Position>> SetBlockedAsync(string? sessionKey, string peer, bool isBlocked) =>
        AskAsync(sessionKey, peer, grain => grain.SetBlocked(sessionKey!, peer, isBlocked));

    /// <summary>Returns the names of the users whom this one has blocked.</summary>
    public Task<Outcome<string[]>> ListBlockedAsync(string? sessionKey) =>
        AskAsync(sessionKey, null, grain => grain.ListBlocked(sessionKey!));

    /// <summary>Deletes a message that the user wrote to another, from both sides. It costs what a send costs.</summary>
    /// <returns>The number of the entry that says so.</returns>
    public Task<Outcome<Position>> DeleteAsync(string? sessionKey, string epoch, string recipient, long number)
    {
        var id = MessageId.New(services.Time.GetUtcNow());
        return AskAsync(sessionKey, recipient, async _ =>
        {
            var reply = await services.Grains.Conversations(recipient).Delete(sessionKey!, epoch, number, id);
            // The recipient's grain has not asked whether the session is alive.
            return reply.Status is ConversationStatus.NotFound or ConversationStatus.OtherEpoch
                && !await SessionOf(sessionKey!).Grain.IsAlive()
                ? reply with { Status = ConversationStatus.NoSession }
                : reply;
        }, [new OutgoingMessage(id, recipient, [], null)]);
    }

    /// <summary>
    /// Asks the grain of the session's user, which may be asked again, in one of the address's read turns. The statement that answers
    /// checks the session. What appends to a log takes permits for <paramref name="sends"/>.
    /// </summary>
    private Task<Outcome<T>> AskAsync<T>(
        string? sessionKey, string? peer, Func<IConversationGrain, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null)
        where T : class =>
        ReadAsync<T>(sessionKey, async _ =>
        {
            if (peer is not null && !UserName.IsValid(peer)) return Refusal.NotFound;
            var session = SessionOf(sessionKey!);
            var use = default(SessionUse);
            var unpaid = sends ?? [];
            // Null where permits are missing.
            var reply = await RepeatAsync<ConversationReply<T>?>(
                async _ =>
                {
                    (use, var permitted) = await session.UseAsync(unpaid);
                    if (use.User is not { } user) return new ConversationReply<T>(ConversationStatus.NoSession, null);
                    if (permitted < unpaid.Length) return null;
                    unpaid = [];
                    return await ask(services.Grains.Conversations(user));
                },
                isUnknown: reply => reply?.Status == ConversationStatus.Unavailable);
            if (reply is null)
            {
                services.Metrics.Hit(LimitNames.Sends);
                return Refusal.TooMany;
            }
            if (reply.Status == ConversationStatus.NoSession) use = default;
            if (reply.Status != ConversationStatus.Unavailable) await UsedAsync(session, use);
            return Refusals.Of(reply.Status) is { } refused ? refused : reply.Value!;
        });
}
