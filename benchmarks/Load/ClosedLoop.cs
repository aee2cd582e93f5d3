using System.Diagnostics;
using System.Net;
using HdrHistogram;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Load;

/// <summary>
/// A load of many connections, each of which waits for its replies before it writes again. One wrong reply makes it fail.
/// </summary>
internal sealed class ClosedLoop : IDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30), EndTimeout = TimeSpan.FromMinutes(5);

    private readonly List<LoadConnection> _connections = [];
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _drained = new();
    private LongConcurrentHistogram? _latencies;
    private volatile bool _isRunning;
    private int _active;

    private ClosedLoop() { }

    /// <summary>Whether connections should write more.</summary>
    public bool IsRunning => _isRunning;

    /// <summary>Opens one connection for each ring, from the given addresses in turn.</summary>
    public static async Task<ClosedLoop> ConnectAsync(
        EndPoint server, IEnumerable<RequestRing> rings, int depth, CancellationToken cancellationToken, ReplyPattern? reply = null,
        IReadOnlyList<IPAddress>? from = null)
    {
        var loop = new ClosedLoop();
        foreach (var ring in rings)
        {
            var connection = new LoadConnection(loop, ring, reply ?? ReplyPattern.Sent, depth);
            loop._connections.Add(connection);
            await connection.ConnectAsync(server, from?[loop._connections.Count % from.Count], cancellationToken);
        }
        return loop;
    }

    /// <summary>Runs the load, measures the time after the warm-up, and waits for the last replies.</summary>
    /// <exception cref="BenchException">A reply was wrong or missing.</exception>
    public async Task<Round> RunAsync(TimeSpan warmUp, TimeSpan measured, CpuMeter meter, CancellationToken cancellationToken)
    {
        (_active, _drained, _isRunning) = (_connections.Count, new(TaskCreationOptions.RunContinuationsAsynchronously), true);
        foreach (var connection in _connections) connection.Start();
        await WaitAsync(Task.Delay(warmUp, cancellationToken));

        var latencies = new LongConcurrentHistogram(1, (long)DrainTimeout.TotalMicroseconds * 2, numberOfSignificantValueDigits: 3);
        var before = meter.Read();
        var start = Stopwatch.GetTimestamp();
        Volatile.Write(ref _latencies, latencies);
        await WaitAsync(Task.Delay(measured, cancellationToken));
        Volatile.Write(ref _latencies, null);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var used = meter.Read() - before;

        _isRunning = false;
        await WaitAsync(_drained.Task.WaitAsync(DrainTimeout, cancellationToken));
        return new Round(latencies, seconds, used);
    }

    /// <summary>Runs the load until every connection has sent all its requests, and measures all of it.</summary>
    /// <exception cref="BenchException">A reply was wrong or missing.</exception>
    public Task<Round> RunToEndAsync(CpuMeter meter, CancellationToken cancellationToken) =>
        RunAsync(isEndless: true, meter, cancellationToken);

    /// <summary>Lets every connection write once, and measures all of it.</summary>
    /// <exception cref="BenchException">A reply was wrong or missing.</exception>
    public Task<Round> RunOnceAsync(CpuMeter meter, CancellationToken cancellationToken) =>
        RunAsync(isEndless: false, meter, cancellationToken);

    private async Task<Round> RunAsync(bool isEndless, CpuMeter meter, CancellationToken cancellationToken)
    {
        (_active, _drained, _isRunning) = (_connections.Count, new(TaskCreationOptions.RunContinuationsAsynchronously), isEndless);
        var latencies = new LongConcurrentHistogram(1, (long)DrainTimeout.TotalMicroseconds * 2, numberOfSignificantValueDigits: 3);
        Volatile.Write(ref _latencies, latencies);
        var before = meter.Read();
        var start = Stopwatch.GetTimestamp();
        foreach (var connection in _connections) connection.Start();
        await WaitAsync(_drained.Task.WaitAsync(EndTimeout, cancellationToken));
        return new Round(latencies, Stopwatch.GetElapsedTime(start).TotalSeconds, meter.Read() - before);
    }

    /// <summary>Counts replies that arrived together.</summary>
    public void Count(int replies, TimeSpan latency)
    {
        if (replies > 0) Volatile.Read(ref _latencies)?.RecordValueWithCount(Math.Max(1, (long)latency.TotalMicroseconds), replies);
    }

    /// <summary>Records that a connection has no requests under way.</summary>
    public void Ended()
    {
        if (Interlocked.Decrement(ref _active) == 0) _drained.TrySetResult();
    }

    /// <summary>Ends the run with an exception.</summary>
    public void Fail(Exception exception) => _failed.TrySetException(exception);

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private async Task WaitAsync(Task task)
    {
        await await Task.WhenAny(task, _failed.Task);
    }
}
