using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Silo;

/// <summary>
/// Makes the grains follow the admin commands, which write to the database: the grains of changed accounts read them again, and the
/// sessions that the changes have killed end.
/// </summary>
public sealed partial class AccountWatcher(
    IAccountChanges changes, ISessionTable sessions, IGrainFactory grains, TimeProvider time, ILogger<AccountWatcher> logger)
    : ChangeWatcher(time)
{
    /// <inheritdoc/>
    protected override Task<IReadOnlyList<(string Name, long Mark)>> GetRecentAsync(TimeSpan window) => changes.GetRecentAsync(window);

    /// <inheritdoc/>
    protected override async Task FollowAsync(string name)
    {
        await grains.GetGrain<IUserGrain>(GrainKeys.ForUser(name)).Refresh();
        // Each grain deletes its own session; the next round finds a failed one again.
        foreach (var key in await sessions.GetDeadAsync(name)) await grains.GetGrain<ISessionGrain>(key).Revoke();
        LogFollowed(name);
    }

    /// <inheritdoc/>
    protected override void Failed(Exception exception) => LogFailed(exception);

    [LoggerMessage(1510, LogLevel.Information, "Account {User} changed; its grain is up to date.")]
    private partial void LogFollowed(string user);

    [LoggerMessage(1511, LogLevel.Warning, "Following account changes failed; trying again every second.")]
    private partial void LogFailed(Exception exception);
}
