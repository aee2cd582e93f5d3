using Microsoft.Extensions.Hosting;

namespace OrleansChat.Hosting;

/// <summary>
/// Gives back the memory of a crowd that has left. A process with little to do allocates little, so the runtime does not collect:
/// connections and grains that have ended would stay in memory until there is work again.
/// </summary>
/// <remarks>
/// A full collection stops the process for about 10 ms, or 100 ms when a crowd has just left. So it waits for quiet, happens at most once
/// per minute, and less and less often while the process stays quiet: pools give up what they keep for reuse over minutes.
/// </remarks>
internal sealed class IdleMemory(TimeProvider time) : BackgroundService
{
    /// <summary>A process is quiet if it allocates at most this many bytes between two checks, which is about a hundred commands.</summary>
    private const long QuietBytes = 8 << 20;

    /// <summary>The fewest checks between two collections, and the most while the process stays quiet.</summary>
    private const int LeastChecks = 6, MostChecks = 128;
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(10);

    private long _allocated;
    private int _checks = LeastChecks;
    private int _quietChecks;
    private int _wait = 1;

    /// <summary>Checks once whether to collect now.</summary>
    /// <param name="allocated">All that the process has allocated so far, in bytes.</param>
    internal bool Check(long allocated)
    {
        var isQuiet = allocated - _allocated <= QuietBytes;
        _allocated = allocated;
        _checks++;
        if (!isQuiet)
        {
            (_quietChecks, _wait) = (0, 1);
            return false;
        }
        if (++_quietChecks < _wait || _checks < LeastChecks) return false;
        (_checks, _quietChecks, _wait) = (0, 0, Math.Min(_wait * 2, MostChecks));
        return true;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            if (Check(GC.GetTotalAllocatedBytes())) GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
