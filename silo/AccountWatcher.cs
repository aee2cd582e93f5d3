using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Silo;

/// <summary>
/// Makes the grains follow the admin commands, which write to the database. Once per second, it looks for recently changed
/// accounts, makes their grains read them again, and ends the sessions that the changes have killed.
/// </summary>
public sealed partial class AccountWatcher(
    IAccountChanges changes, ISessionTable sessions, IGrainFactory grains, TimeProvider time, ILogger<AccountWatcher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A change becomes visible when its transaction commits, which may be this long after the time it carries.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _seen = [];
    private bool _isFailing;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var followedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = time.GetTimestamp();
                if (await Follow(time.GetElapsedTime(followedAt, now) + Overlap)) followedAt = now;
                _isFailing = false;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Once per outage.
                if (!_isFailing) LogFailed(exception);
                _isFailing = true;
            }
        }
    }

    /// <summary>Follows the changes of the last <paramref name="window"/>, each once; false if some need another attempt.</summary>
    public async Task<bool> Follow(TimeSpan window)
    {
        var followedAll = true;
        var recent = await changes.GetRecentAsync(window);
        foreach (var (userName, mark) in recent)
        {
            if (_seen.TryGetValue(userName, out var followed) && followed == mark) continue;
            try
            {
                await grains.GetGrain<IUserGrain>(GrainKeys.ForUser(userName)).Refresh();
                // Each grain deletes its own session; the next round finds a failed one again.
                foreach (var key in await sessions.GetDeadAsync(userName)) await grains.GetGrain<ISessionGrain>(key).Revoke();
                _seen[userName] = mark;
                LogFollowed(userName);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                followedAll = false;
                LogFailed(exception);
            }
        }
        foreach (var userName in _seen.Keys.Except(recent.Select(r => r.UserName)).ToList()) _seen.Remove(userName);
        return followedAll;
    }

    [LoggerMessage(1510, LogLevel.Information, "Account {User} changed; its grain is up to date.")]
    private partial void LogFollowed(string user);

    [LoggerMessage(1511, LogLevel.Warning, "Following account changes failed; trying again every second.")]
    private partial void LogFailed(Exception exception);
}
