using Microsoft.Extensions.Hosting;

namespace OrleansChat.Silo;

/// <summary>
/// Follows what others change in the database, such as operators: looks once per second for what has recently changed, and follows each
/// change once. What fails is followed again, and holds up nothing else.
/// </summary>
public abstract class ChangeWatcher(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A change becomes visible when its transaction commits, which may be this long after the time it carries.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _seen = [];
    private bool _isFailing;

    /// <summary>Returns what was changed within a window, each with a mark that differs after every change.</summary>
    protected abstract Task<IReadOnlyList<(string Name, long Mark)>> GetRecentAsync(TimeSpan window);

    /// <summary>Follows a change.</summary>
    protected abstract Task FollowAsync(string name);

    /// <summary>Logs that nothing, or not everything, could be followed.</summary>
    protected abstract void Failed(Exception exception);

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
                if (await FollowAllAsync(time.GetElapsedTime(followedAt, now) + Overlap)) followedAt = now;
                _isFailing = false;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Once per outage.
                if (!_isFailing) Failed(exception);
                _isFailing = true;
            }
        }
    }

    /// <summary>Follows the changes of the last <paramref name="window"/>; false if some need another attempt.</summary>
    private async Task<bool> FollowAllAsync(TimeSpan window)
    {
        var followedAll = true;
        var recent = await GetRecentAsync(window);
        foreach (var (name, mark) in recent)
        {
            if (_seen.TryGetValue(name, out var followed) && followed == mark) continue;
            try
            {
                await FollowAsync(name);
                _seen[name] = mark;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                followedAll = false;
                Failed(exception);
            }
        }
        foreach (var name in _seen.Keys.Except(recent.Select(change => change.Name)).ToList()) _seen.Remove(name);
        return followedAll;
    }
}
