using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

// What a client sees of the messages that stay: see IConversationGrain.
internal sealed partial class ClientSession
{
    /// <summary>Reads the account of the session.</summary>
    public Task<Outcome<OwnAccount>> ReadAccountAsync(string? sessionKey) =>
        AskAsync(sessionKey, null, grain => grain.ReadAccount(sessionKey!));

    /// <summary>Returns the incarnation of the database; no session is needed for it.</summary>
    public Task<Outcome<string>> ReadEpochAsync() => AskServerAsync(server => server.GetEpoch());

    private Task<Outcome<T>> AskServerAsync<T>(Func<IServerGrain, Task<T>> ask) where T : class => SettleAsync<T>(async () =>
    {
        if (isGone()) return Refusal.ClientGone;
        if (!services.Load.MayBegin()) return Refusal.Overloaded;
        using var turn = await client.Address.TakeReadTurnAsync(stopping);
        client.Address.Charge(LinesPerRead);
        return await RepeatAsync(_ => ask(services.Grains.Server()));
    });

    // What commits costs the account a permit, as the shortest message does.
    private static readonly OutgoingMessage[] Commit = [new(default, "", [], null)];

    /// <summary>Reads a page of the conversation with another user.</summary>
    public Task<Outcome<ConversationPage>> ReadPageAsync(string? sessionKey, PageRequest request) =>
        AskAsync(sessionKey, request.Peer, grain => grain.ReadPage(sessionKey!, request));

    /// <summary>Reads a page of the conversation with another user, around a message of one of the two inboxes.</summary>
    public Task<Outcome<ConversationPage>> ReadPageAroundAsync(
        string? sessionKey, string peer, string epoch, long log, long number, int limit) =>
        AskAsync(sessionKey, peer, async (grain, account) =>
        {
            var place = log == account ? new ConversationPlace(number, 0) : new ConversationPlace(0, number);
            var reply = await grain.ReadPage(sessionKey!, new PageRequest(peer, PageKind.Around, place, epoch, limit));
            // A log that is neither of the two may have a message of that number, too.
            return reply.Value is { } page && !Array.Exists(page.Entries, entry => entry.LogId == log && entry.Number == number)
                ? new(ConversationStatus.NotFound, null)
                : reply;
        });

    /// <summary>Lists the conversations with users that have messages, the one with the latest message first.</summary>
    public Task<Outcome<ConversationList>> ListConversationsAsync(string? sessionKey, int limit, ListPlace? before) =>
        AskAsync(sessionKey, null, grain => grain.List(sessionKey!, limit, before));

    /// <summary>Reads one conversation, with its unread messages counted.</summary>
    public Task<Outcome<Conversation>> FindConversationAsync(string? sessionKey, string peer) =>
        AskAsync(sessionKey, peer, grain => grain.Find(sessionKey!, peer));

    /// <summary>Mutes a conversation, or no longer. It costs what a send costs.</summary>
    public Task<Outcome<Conversation>> SetMutedAsync(string? sessionKey, string peer, bool isMuted) =>
        AskAsync(sessionKey, peer, grain => grain.SetMuted(sessionKey!, peer, isMuted), Commit);

    /// <summary>Notes that everything of a conversation was read up to a number of the user's inbox; it only rises.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="peer">The other's user name.</param>
    /// <param name="upTo">The number.</param>
    /// <param name="log">The log that the client takes for the user's inbox; null where it names none.</param>
    public Task<Outcome<Conversation>> MarkReadAsync(string? sessionKey, string epoch, string peer, long upTo, long? log = null) =>
        AskAsync(sessionKey, peer, async (grain, account) =>
            Own(log, account, await grain.MarkRead(sessionKey!, epoch, peer, IsOther(log, account) ? 0 : upTo)));

    /// <summary>Reads the entries of the user's inbox with higher numbers, received or not.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="after">The number.</param>
    /// <param name="limit">At most this many.</param>
    public Task<Outcome<LogPart>> ReadLogAsync(string? sessionKey, string epoch, long after, int limit) =>
        AskAsync(sessionKey, null, grain => grain.ReadLog(sessionKey!, epoch, after, limit));

    /// <summary>Notes that everything in the user's inbox up to a number has arrived, for good.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="epoch">The epoch in which the number was learned.</param>
    /// <param name="number">The number.</param>
    public Task<Outcome<Position>> ReceiveAsync(string? sessionKey, string epoch, long number) =>
        AskAsync(sessionKey, null, grain => grain.Receive(sessionKey!, epoch, number));

    /// <summary>Blocks a user, or no longer: what they begin to send after the answer is refused. It costs what a send costs.</summary>
    public Task<Outcome<Position>> SetBlockedAsync(string? sessionKey, string peer, bool isBlocked) =>
        AskAsync(sessionKey, peer, grain => grain.SetBlocked(sessionKey!, peer, isBlocked), Commit);

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

    // A client may name the log that it means. For another one than it is nothing is changed; but the session is checked, and the epoch, as
    // for the right one.
    private static ConversationReply<T> Own<T>(long? log, long account, ConversationReply<T> reply) where T : class =>
        IsOther(log, account) && reply.Status == ConversationStatus.Answered ? new(ConversationStatus.NotFound, null) : reply;

    private static bool IsOther(long? log, long account) => log is { } named && named != account;

    private Task<Outcome<T>> AskAsync<T>(
        string? sessionKey, string? peer, Func<IConversationGrain, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null)
        where T : class => AskAsync(sessionKey, peer, (grain, _) => ask(grain), sends);

    /// <summary>
    /// Asks the grain of the session's user, which may be asked again, in one of the address's read turns. The statement that answers
    /// checks the session. The question is told the account that the session's lease has named. What appends to a log takes permits for
    /// <paramref name="sends"/>.
    /// </summary>
    private Task<Outcome<T>> AskAsync<T>(
        string? sessionKey, string? peer, Func<IConversationGrain, long, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null)
        where T : class =>
        ReadAsync<T>(sessionKey, async _ =>
        {
            if (peer is not null && !UserName.IsValid(peer)) return Refusal.NotFound;
            return await AskUserAsync(sessionKey!, (user, account) => ask(services.Grains.Conversations(user), account), sends);
        });

    private async Task<Outcome<T>> AskUserAsync<T>(
        string sessionKey, Func<string, long, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null)
        where T : class
    {
        var session = SessionOf(sessionKey);
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
                return await ask(user, session.AccountId);
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
    }
}
