using Microsoft.Extensions.Hosting;

namespace OrleansChat.Hosting;

/// <summary>
/// Gives memory back that a crowd has left. A process with little to do allocates little, and so the runtime collects
/// nothing: connections and grains that have ended would stay resident until there is work again.
/// </summary>
/// <remarks>
/// A collection of everything stops the process for some 10 ms, or 100 ms when a crowd has just left. It waits for quiet,
/// comes once a minute at most, and ever more seldom while quiet lasts: what was kept for reuse is given up over minutes.
/// </remarks>
internal sealed class IdleMemory(TimeProvider time) : BackgroundService
{
    /// <summary>Allocated between two looks in a process that is quiet: by some hundred commands at most.</summary>
    private const long QuietBytes = 8 << 20;

    /// <summary>Between two collections there are so many looks at least, and so many at most while quiet lasts.</summary>
    private const int LeastLooks = 6, MostLooks = 128;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private long _allocated;
    private int _looks = LeastLooks;
    private int _quietLooks;
    private int _wait = 1;

    /// <summary>Whether to collect now.</summary>
    /// <param name="allocated">All that the process has allocated so far, in bytes.</param>
    internal bool Look(long allocated)
    {
        var isQuiet = allocated - _allocated <= QuietBytes;
        _allocated = allocated;
        _looks++;
        if (!isQuiet)
        {
            (_quietLooks, _wait) = (0, 1);
            return false;
        }
        if (++_quietLooks < _wait || _looks < LeastLooks) return false;
        (_looks, _quietLooks, _wait) = (0, 0, Math.Min(_wait * 2, MostLooks));
        return true;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            if (Look(GC.GetTotalAllocatedBytes())) GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
