using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

// What the owner of an account asks of it: see IAccountGrain.
internal sealed partial class ClientSession
{
    /// <summary>Lists the sessions of the session's owner.</summary>
    public Task<Outcome<SessionInfo[]>> ListSessionsAsync(string? sessionKey) =>
        AskAccountAsync(sessionKey, grain => grain.ListSessions(sessionKey!));

    /// <summary>Ends one of the owner's sessions: afterwards its token opens nothing, through any door.</summary>
    /// <param name="sessionKey">The key of the session that asks.</param>
    /// <param name="id">The id of the one to end.</param>
    public async Task<Outcome<string>> EndSessionAsync(string? sessionKey, string id)
    {
        var calls = 0;
        var outcome = await AskAccountAsync(sessionKey, grain =>
        {
            calls++;
            return grain.EndSession(sessionKey!, id);
        });
        // An earlier call, whose answer was lost, may have ended it.
        return calls > 1 && !outcome.TryGet(out _, out var refusal) && refusal == Refusal.NotFound ? Refusal.Unavailable : outcome;
    }

    /// <summary>As for conversations: the statement that answers checks the session.</summary>
    private Task<Outcome<T>> AskAccountAsync<T>(
        string? sessionKey, Func<IAccountGrain, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null)
        where T : class =>
        ReadAsync<T>(sessionKey, async _ => await AskUserAsync(sessionKey!, (user, _) => ask(services.Grains.Account(user)), sends));
}
