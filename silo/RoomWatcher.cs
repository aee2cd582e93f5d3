using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Silo;

/// <summary>
/// Has the grains of rooms follow what others have changed, such as operators and removals of accounts. Once per second, it looks for rooms
/// that have changed, and has their grains forget what they know. Until then, the statement that stores refuses what is no longer allowed.
/// </summary>
public sealed partial class RoomWatcher(IRoomChanges changes, IGrainFactory grains, TimeProvider time, ILogger<RoomWatcher> logger)
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
                await FollowAsync(time.GetElapsedTime(followedAt, now) + Overlap);
                followedAt = now;
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

    private async Task FollowAsync(TimeSpan window)
    {
        var recent = await changes.GetRecentAsync(window);
        foreach (var (room, mark) in recent)
        {
            if (_seen.TryGetValue(room, out var followed) && followed == mark) continue;
            await grains.GetGrain<IRoomGrain>(GrainKeys.ForRoom(room)).Refresh();
            _seen[room] = mark;
        }
        foreach (var room in _seen.Keys.Except(recent.Select(change => change.Room)).ToList()) _seen.Remove(room);
    }

    [LoggerMessage(1512, LogLevel.Warning, "Following changes of rooms failed; trying again every second.")]
    private partial void LogFailed(Exception exception);
}
