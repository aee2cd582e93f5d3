using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HdrHistogram;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Load;

/// <summary>
/// A load at a fixed rate, whether replies come or not: each request has a time at which it is meant to start, and its
/// latency counts from then, so that a stall counts for every request that it delays. One wrong reply fails it.
/// </summary>
/// <remarks>
/// One thread writes whatever is due and sleeps for a millisecond in between, which the latencies hold: up to one
/// millisecond of each is the generator's own.
/// </remarks>
internal sealed class OpenLoop : IDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(1);

    private readonly List<OpenConnection> _connections = [];
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenLoop() { }

    /// <summary>Connects one connection for each ring.</summary>
    public static async Task<OpenLoop> ConnectAsync(EndPoint server, IEnumerable<RequestRing> rings, CancellationToken cancellationToken)
    {
        var loop = new OpenLoop();
        foreach (var ring in rings) loop._connections.Add(await OpenConnection.ConnectAsync(server, ring, e => loop._failed.TrySetException(e), cancellationToken));
        return loop;
    }

    /// <summary>Runs it, measures the time behind the warm-up, and waits for the last replies.</summary>
    /// <param name="rate">Requests a second, over all connections in turn.</param>
    /// <param name="warmUp">How long it runs before it is measured.</param>
    /// <param name="measured">How long it is measured.</param>
    /// <param name="meter">Reads the CPU times.</param>
    /// <param name="cancellationToken">Ends the run.</param>
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

    /// <inheritdoc/>
    public void Dispose() => _connections.ForEach(connection => connection.Dispose());

    private async Task PaceAsync(double rate, TimeSpan length, LongConcurrentHistogram? latencies, CancellationToken cancellationToken)
    {
        var pacing = Task.Factory.StartNew(() => Pace(rate, length, latencies, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
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

    /// <summary>One connection: requests of which many may be under way, answered in order.</summary>
    private sealed class OpenConnection : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly SocketAsyncEventArgs _receive = new();
        private readonly Queue<(long MeantAt, LongConcurrentHistogram? Latencies)> _awaited = [];
        private readonly byte[] _buffer = new byte[1 << 16];
        private readonly RequestRing _requests;
        private readonly Action<Exception> _fail;
        private TaskCompletionSource? _drained;
        private int _filled, _searched;

        private OpenConnection(RequestRing requests, Action<Exception> fail) => (_requests, _fail) = (requests, fail);

        public static async Task<OpenConnection> ConnectAsync(EndPoint server, RequestRing requests, Action<Exception> fail, CancellationToken cancellationToken)
        {
            var connection = new OpenConnection(requests, fail);
            await connection._socket.ConnectAsync(server, cancellationToken);
            connection._receive.Completed += (_, _) => connection.Guard(() =>
            {
                connection.Take();
                connection.Receive();
            });
            connection.Guard(connection.Receive);
            return connection;
        }

        /// <summary>Writes the next request. The queue is locked, since replies are taken on another thread.</summary>
        public void Send(long meantAt, LongConcurrentHistogram? latencies) => Guard(() =>
        {
            lock (_awaited) _awaited.Enqueue((meantAt, latencies));
            var request = _requests.Next();
            while (request.Length > 0) request = request[_socket.Send(request)..];
        });

        /// <summary>Completes when nothing is under way.</summary>
        public Task DrainedAsync()
        {
            lock (_awaited)
            {
                _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (_awaited.Count == 0) _drained.SetResult();
                return _drained.Task;
            }
        }

        public void Dispose()
        {
            _socket.Dispose();
            _receive.Dispose();
        }

        private void Receive()
        {
            _receive.SetBuffer(_buffer, _filled, _buffer.Length - _filled);
            while (!_socket.ReceiveAsync(_receive))
            {
                Take();
                _receive.SetBuffer(_buffer, _filled, _buffer.Length - _filled);
            }
        }

        private void Take()
        {
            if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
                throw new BenchException($"The server ended a connection ({_receive.SocketError}).");
            _filled += _receive.BytesTransferred;
            var arrived = _buffer.AsSpan(0, _filled);
            var now = Stopwatch.GetTimestamp();
            for (int length; arrived.Length > 0 && (length = ReplyPattern.Sent.Take(arrived, ref _searched)) > 0; arrived = arrived[length..])
            {
                lock (_awaited)
                {
                    if (!_awaited.TryDequeue(out var request)) throw new BenchException("More replies came than were asked for.");
                    request.Latencies?.RecordValue(Math.Max(1, (long)Stopwatch.GetElapsedTime(request.MeantAt, now).TotalMicroseconds));
                    if (_awaited.Count == 0) _drained?.TrySetResult();
                }
            }
            arrived.CopyTo(_buffer);
            _filled = arrived.Length;
        }

        // On the thread of the sockets an exception would end the process.
        private void Guard(Action action)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                _fail(e);
            }
        }
    }
}
