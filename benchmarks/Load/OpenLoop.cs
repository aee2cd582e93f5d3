using System.Diagnostics;
using System.Net;
using HdrHistogram;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Load;

/// <summary>
/// A load at a fixed rate, whether or not replies arrive: each request has an intended start, and its latency counts from then, so
/// that a stall counts for every request that it delays. One wrong reply makes it fail.
/// </summary>
/// <remarks>
/// One thread writes every request that is due, and sleeps for a millisecond in between. The latencies include that: up to one
/// millisecond of each is the load generator's own.
/// </remarks>
internal sealed class OpenLoop : IDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(1);

    private readonly List<OpenConnection> _connections = [];
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenLoop() { }

    /// <summary>Opens one connection for each ring.</summary>
    public static async Task<OpenLoop> ConnectAsync(EndPoint server, IEnumerable<RequestRing> rings, CancellationToken cancellationToken)
    {
        var loop = new OpenLoop();
        foreach (var ring in rings)
            loop._connections.Add(await OpenConnection.ConnectAsync(server, ring, e => loop._failed.TrySetException(e), cancellationToken));
        return loop;
    }

    /// <summary>Runs the load, measures the time after the warm-up, and waits for the last replies.</summary>
    /// <param name="rate">Requests per second, spread over all connections in turn.</param>
    /// <param name="warmUp">How long the load runs before it is measured.</param>
    /// <param name="measured">How long it is measured.</param>
    /// <param name="meter">Reads the CPU times.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <exception cref="BenchException">A reply was wrong or missing.</exception>
    public async Task<Round> RunAsync(double rate, TimeSpan warmUp, TimeSpan measured, CpuMeter meter, CancellationToken cancellationToken)
    {
        var latencies = new LongConcurrentHistogram(1, (long)DrainTimeout.TotalMicroseconds * 4, numberOfSignificantValueDigits: 3);
        await PaceAsync(rate, warmUp, null, cancellationToken);
        var before = meter.Read();
        await PaceAsync(rate, measured, latencies, cancellationToken);
        var used = meter.Read() - before;
        var drained = Task.WhenAll(_connections.Select(connection => connection.DrainedAsync()));
        await await Task.WhenAny(drained.WaitAsync(DrainTimeout, cancellationToken), _failed.Task);
        return new Round(latencies, measured.TotalSeconds, used);
    }

    public void Dispose() => _connections.ForEach(connection => connection.Dispose());

    private async Task PaceAsync(double rate, TimeSpan length, LongConcurrentHistogram? latencies, CancellationToken cancellationToken)
    {
        var pacing = Task.Factory.StartNew(() => Pace(rate, length, latencies, cancellationToken),
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await await Task.WhenAny(pacing, _failed.Task);
    }

    private void Pace(double rate, TimeSpan length, LongConcurrentHistogram? latencies, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var ticks = Stopwatch.Frequency / rate;
        var count = (long)(rate * length.TotalSeconds);
        for (var sent = 0L; sent < count && !_failed.Task.IsCompleted && !cancellationToken.IsCancellationRequested;)
        {
            var due = (long)((Stopwatch.GetTimestamp() - start) / ticks) + 1;
            for (; sent < Math.Min(due, count); sent++)
                _connections[(int)(sent % _connections.Count)].Send(start + (long)(sent * ticks), latencies);
            Thread.Sleep(Pause);
        }
    }
}
