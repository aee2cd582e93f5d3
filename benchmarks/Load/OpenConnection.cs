using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using HdrHistogram;

namespace OrleansChat.Bench.Load;

/// <summary>One connection of an <see cref="OpenLoop"/>: it may have many requests under way, which are answered in order.</summary>
internal sealed class OpenConnection : IDisposable
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

    public static async Task<OpenConnection> ConnectAsync(
        EndPoint server, RequestRing requests, Action<Exception> fail, CancellationToken cancellationToken)
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

    /// <summary>Writes the next request. The queue is locked, because another thread takes the replies.</summary>
    public void Send(long meantAt, LongConcurrentHistogram? latencies) => Guard(() =>
    {
        lock (_awaited) _awaited.Enqueue((meantAt, latencies));
        var request = _requests.Next();
        while (request.Length > 0) request = request[_socket.Send(request)..];
    });

    /// <summary>Completes when no request is under way.</summary>
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
                if (!_awaited.TryDequeue(out var request)) throw new BenchException("There were more replies than requests.");
                request.Latencies?.RecordValue(Math.Max(1, (long)Stopwatch.GetElapsedTime(request.MeantAt, now).TotalMicroseconds));
                if (_awaited.Count == 0) _drained?.TrySetResult();
            }
        }
        arrived.CopyTo(_buffer);
        _filled = arrived.Length;
    }

    // On the sockets' thread an unhandled exception would end the process.
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            _fail(exception);
        }
    }
}
