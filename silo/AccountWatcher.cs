using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Silo;

/// <summary>
/// Has the grains follow the admin commands, which write to the database: once a second it asks which accounts were
/// changed lately, has their grains read them anew, and ends the sessions that have died by it.
/// </summary>
public sealed partial class AccountWatcher(
    IAccountChanges changes, ISessionTable sessions, IGrainFactory grains, TimeProvider time, ILogger<AccountWatcher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A change is visible when its transaction commits, which may be this much behind its time.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _seen = [];
    private bool _isBehind;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var lookedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = time.GetTimestamp();
                if (await Follow(time.GetElapsedTime(lookedAt, now) + Overlap)) lookedAt = now;
                _isBehind = false;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Once an outage.
                if (!_isBehind) LogBehind(logger, e);
                _isBehind = true;
            }
        }
    }

    /// <summary>Follows the changes of the last <paramref name="window"/>, each once; false when some have to be tried again.</summary>
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
                // Each grain deletes its own session: one that fails is found again by the next look.
                foreach (var key in await sessions.GetDeadAsync(userName)) await grains.GetGrain<ISessionGrain>(key).Revoke();
                _seen[userName] = mark;
                LogFollowed(logger, userName);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                followedAll = false;
                LogBehind(logger, e);
            }
        }
        foreach (var userName in _seen.Keys.Except(recent.Select(r => r.UserName)).ToList()) _seen.Remove(userName);
        return followedAll;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {User} was changed, and is up to date here.")]
    private static partial void LogFollowed(ILogger logger, string user);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of accounts cannot be followed for now.")]
    private static partial void LogBehind(ILogger logger, Exception exception);
}
