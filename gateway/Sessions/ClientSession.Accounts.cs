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

    /// <summary>Finds users by the beginning of their user name or display name.</summary>
    public Task<Outcome<FoundUser[]>> FindUsersAsync(string? sessionKey, string beginning, int limit) =>
        AskAccountAsync(sessionKey, grain => grain.FindUsers(sessionKey!, beginning, limit));

    /// <summary>Sets the display name of the session's owner.</summary>
    /// <returns>The user.</returns>
    public Task<Outcome<string>> RenameAsync(string? sessionKey, string name) =>
        ChangeAccountAsync(sessionKey, grain => grain.Rename(sessionKey!, name), hashes: false);

    /// <summary>Sets a new password, which ends all other sessions of the owner. It costs what a login costs.</summary>
    /// <returns>The user.</returns>
    public Task<Outcome<string>> ChangePasswordAsync(string? sessionKey, Secret old, Secret password) => ChangeAccountAsync(
        sessionKey, grain => grain.ChangePassword(sessionKey!, old, password, client.AddressName), hashes: true);

    /// <summary>Removes the account of the session's owner. It costs what a login costs.</summary>
    /// <returns>The user who was removed.</returns>
    public async Task<Outcome<string>> RemoveAccountAsync(string? sessionKey, Secret password)
    {
        var outcome = await ChangeAccountAsync(
            sessionKey, grain => grain.Remove(sessionKey!, password, client.AddressName), hashes: true);
        if (!outcome.TryGet(out _, out _)) return outcome;
        EndLease(sessionKey!);
        _guard.Refused(sessionKey!, hasEnded: true);
        return outcome;
    }

    private Task<Outcome<string>> ChangeAccountAsync(string? sessionKey, Func<IAccountGrain, Task<AccountStatus>> change, bool hashes) =>
        SettleAsync<string>(async () =>
        {
            if (isGone()) return Refusal.ClientGone;
            client.Address.Charge(LinesPerRead);
            if (await AdmitAsync(sessionKey) is { } refusal) return refusal;
            var session = SessionOf(sessionKey!);
            var (use, _) = await RepeatAsync(_ => session.UseAsync([]).AsTask());
            await UsedAsync(session, use);
            if (use.User is not { } user) return Refusal.NoSession;
            if (hashes && await AdmitHashAsync() is { } busy) return busy;
            var calls = 0;
            var status = await RepeatAsync(
                _ =>
                {
                    calls++;
                    return change(services.Grains.Account(user));
                },
                isUnknown: status => status == AccountStatus.Unavailable,
                counts: !hashes);
            if (status == AccountStatus.NoSession) await UsedAsync(session, default);
            // An earlier call, whose answer was lost, may have done it: the password is another by now, or the account is gone.
            if (calls > 1 && status is AccountStatus.NoSession or AccountStatus.WrongPassword) return Refusal.Unavailable;
            return Refusals.Of(status) is { } refused ? refused : user;
        });

    /// <summary>As for conversations: the statement that answers checks the session.</summary>
    private Task<Outcome<T>> AskAccountAsync<T>(
        string? sessionKey, Func<IAccountGrain, Task<ConversationReply<T>>> ask, OutgoingMessage[]? sends = null)
        where T : class =>
        ReadAsync<T>(sessionKey, async _ => await AskUserAsync(sessionKey!, (user, _) => ask(services.Grains.Account(user)), sends));
}
