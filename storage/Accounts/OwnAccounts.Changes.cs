using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

// Changes by owners: the transactions of the admin commands, in which the session is locked and checked too.
public sealed partial class OwnAccounts
{
    // A statement; of the removal, one may delete a long list of conversations. Grain calls wait longer than both.
    private const int Seconds = 4, RemovalSeconds = 15;

    /// <inheritdoc/>
    public Task<OwnResult> RenameAsync(string sessionKey, string userName, string displayName) =>
        ChangeAsync("renaming a user", sessionKey, userName, Seconds, async (work, own) =>
        {
            Written(await work.WriteAsync(userName, own.User with { DisplayName = displayName }, own.UserVersion));
            return OwnResult.Done;
        });

    /// <inheritdoc/>
    public Task<OwnResult> SetPasswordAsync(string sessionKey, string userName, Guid stamp, string hash) =>
        ChangeAsync("changing a password", sessionKey, userName, Seconds, async (work, own) =>
        {
            if (own.User.SecurityStamp != stamp) return OwnResult.OtherPassword;
            var next = Guid.NewGuid();
            // The first ends all sessions, the second begins this one again; outside, both are one.
            Written(await work.WriteAsync(userName, own.User with { PasswordHash = hash, SecurityStamp = next }, own.UserVersion));
            Written(await work.WriteSessionAsync(sessionKey, own.Session with { SecurityStamp = next }, own.SessionVersion));
            await work.DropCodesAsync(own.User.AccountId);
            return OwnResult.Done;
        });

    /// <inheritdoc/>
    public Task<OwnResult> RemoveAsync(string sessionKey, string userName, Guid stamp) =>
        ChangeAsync("removing a user", sessionKey, userName, RemovalSeconds, async (work, own) =>
        {
            if (own.User.SecurityStamp != stamp) return OwnResult.OtherPassword;
            await work.RemoveAsync(userName, own.UserVersion, own.User.AccountId);
            return OwnResult.Done;
        });

    private async Task<OwnResult> ChangeAsync(
        string operation, string sessionKey, string userName, int seconds, Func<AccountTransaction, Own, Task<OwnResult>> change)
    {
        try
        {
            await using var work = await AccountTransaction.BeginAsync(source, CancellationToken.None, seconds);
            if (await ReadAsync(work, sessionKey, userName) is not { } own) return OwnResult.NoSession;
            var result = await change(work, own);
            if (result == OwnResult.Done) await work.CommitAsync(userName);
            return result;
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable(operation, exception);
        }
    }

    // Null where the session is not alive: what the table live_session says of it, under the locks of both rows.
    private static async Task<Own?> ReadAsync(AccountTransaction work, string sessionKey, string userName)
    {
        if (await work.ReadAsync(userName) is not { } user || await work.ReadSessionAsync(sessionKey) is not { } session) return null;
        var own = new Own(
            GrainStateFormat.Deserialize<UserState>(user.Payload), user.Version,
            GrainStateFormat.Deserialize<SessionState>(session.Payload), session.Version);
        var isAlive = !own.User.Disabled && own.Session.User == userName && own.Session.AccountId == own.User.AccountId
            && own.Session.SecurityStamp == own.User.SecurityStamp;
        return isAlive ? own : null;
    }

    private static void Written(bool isWritten)
    {
        if (!isWritten) throw new InvalidOperationException("Another writer changed a locked row.");
    }

    private sealed record Own(UserState User, int UserVersion, SessionState Session, int SessionVersion);
}
