using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Grains.Users;

// Changes that the owner makes. The database does them, in one transaction that checks the session, and notes them for all silos, as it
// does for operators; this grain and the session's only hear of it sooner.
public sealed partial class UserGrain
{
    private const int MostFound = 20;
    private const double ChangesPerSecond = 1.0 / 60;

    private RateLimit? _changes;

    private string Name => field ??= GrainKeys.UserName(this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public Task<ConversationReply<FoundUser[]>> FindUsers(string sessionKey, string beginning, int limit) => Ask(
        owners.FindUsersAsync(sessionKey, beginning, Math.Clamp(limit, 1, MostFound)),
        users => (FoundUser[])[.. users.Select(user => new FoundUser(user.UserName, user.DisplayName))]);

    /// <inheritdoc/>
    public Task<AccountStatus> Rename(string sessionKey, string name) => Change(async () =>
    {
        if (!AccountStore.IsDisplayName(name)) return AccountStatus.BadDisplayName;
        return MayChange() ? Of(await owners.RenameAsync(sessionKey, Name, name)) : AccountStatus.TooManyChanges;
    });

    /// <inheritdoc/>
    public Task<AccountStatus> ChangePassword(string sessionKey, Secret old, Secret password, string address) => Change(
        async () =>
        {
            if (IsBad(password)) return AccountStatus.BadPassword;
            var check = await CheckPassword(old, address, PasswordRecall.Nothing, hidesUsers: false);
            if (check.Status != LogInStatus.LoggedIn) return Of(check.Status);
            if (!MayChange()) return AccountStatus.TooManyChanges;
            if (await HashAsync(password, address) is not { } hash) return AccountStatus.Busy;
            return Of(await owners.SetPasswordAsync(sessionKey, Name, check.SecurityStamp, hash));
        },
        sessionKey,
        endsOthers: true);

    /// <inheritdoc/>
    public Task<AccountStatus> Remove(string sessionKey, Secret password, string address) => Change(async () =>
    {
        var check = await CheckPassword(password, address, PasswordRecall.Nothing, hidesUsers: false);
        return check.Status == LogInStatus.LoggedIn
            ? Of(await owners.RemoveAsync(sessionKey, Name, check.SecurityStamp))
            : Of(check.Status);
    }, endsOthers: true);

    private async Task<AccountStatus> Change(
        Func<Task<AccountStatus>> change, string? sessionKey = null, bool endsOthers = false)
    {
        try
        {
            var status = await change();
            if (status == AccountStatus.Done) await Follow(sessionKey, endsOthers);
            return status;
        }
        catch (StorageUnavailableException)
        {
            return AccountStatus.Unavailable;
        }
    }

    /// <summary>Has this grain, and that of the session that has asked, know of a change. If it fails, the silos tell them.</summary>
    private async Task Follow(string? sessionKey, bool endsOthers)
    {
        try
        {
            // Those of the other sessions, which have ended.
            if (endsOthers && _gateways is not null) await _gateways.EndAsync(Name, sessionKey: null, but: sessionKey);
            await Refresh();
            if (sessionKey is not null) await GrainFactory.GetGrain<ISessionGrain>(sessionKey).Revoke();
        }
        catch (Exception exception)
        {
            LogNotFollowed(exception);
        }
    }

    private bool MayChange()
    {
        if (_limits.ChangesAtOnce == 0) return true;
        _changes ??= new RateLimit(ChangesPerSecond, _limits.ChangesAtOnce, time);
        if (_changes.Take(1) == 1) return true;
        metrics.Hit(LimitNames.Changes);
        return false;
    }

    private bool IsBad(Secret password) => NewPassword.FaultOf(password.Value, rules.Value.MinPasswordLength) is not null;

    private async Task<string?> HashAsync(Secret password, string address)
    {
        var hash = await passwords.HashInTurnAsync(password.Value, address);
        if (hash is null) metrics.Hit(LimitNames.Hashes, address);
        return hash;
    }

    private static AccountStatus Of(OwnResult result) => result switch
    {
        OwnResult.Done => AccountStatus.Done,
        OwnResult.NoSession => AccountStatus.NoSession,
        OwnResult.OtherPassword => AccountStatus.WrongPassword,
        _ => AccountStatus.Unavailable,
    };

    private static AccountStatus Of(LogInStatus status) => status switch
    {
        LogInStatus.WrongPassword => AccountStatus.WrongPassword,
        LogInStatus.TooManyAttempts => AccountStatus.TooManyAttempts,
        LogInStatus.Busy => AccountStatus.Busy,
        // The account has gone, and its sessions with it.
        LogInStatus.NoSuchUser => AccountStatus.NoSession,
        _ => AccountStatus.Unavailable,
    };

    [LoggerMessage(4011, LogLevel.Warning, "Following a change of an account failed; its grains hear of it within seconds.")]
    private partial void LogNotFollowed(Exception exception);
}
