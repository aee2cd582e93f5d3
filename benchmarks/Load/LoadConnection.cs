using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Bench.Load;

/// <summary>
/// One connection in a closed loop: writes requests, waits for all their replies, writes the next ones. An operation allocates
/// nothing.
/// </summary>
/// <remarks>
/// ./bench makes .NET run completions on the single thread that polls the sockets: so all connections share a thread that never
/// hands work to another thread, which is the cheapest way.
/// </remarks>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly ClosedLoop _loop;
    private readonly RequestRing _requests;
    private readonly ReplyPattern _reply;
    private readonly int _depth;
    private byte[] _buffer;
    private int _filled;
    private int _searched;
    private int _awaited;
    private long _sentAt;

    public LoadConnection(ClosedLoop loop, RequestRing requests, ReplyPattern reply, int depth)
    {
        (_loop, _requests, _reply, _depth) = (loop, requests, reply, depth);
        _buffer = new byte[4096 + 64 * depth];
        _receive.Completed += (_, _) => Guard(() =>
        {
            if (Take()) Receive();
        });
    }

    /// <summary>Connects, from a local address if one is given; call it once.</summary>
    public ValueTask ConnectAsync(EndPoint endPoint, IPAddress? from, CancellationToken cancellationToken)
    {
        if (from is not null) _socket.Bind(new IPEndPoint(from, 0));
        return _socket.ConnectAsync(endPoint, cancellationToken);
    }

    /// <summary>Writes the first requests; goes on until <see cref="ClosedLoop.IsRunning"/> is false and the last reply is here.</summary>
    public void Start() => Guard(() =>
    {
        if (SendNext()) Receive();
    });

    public void Dispose()
    {
        _socket.Dispose();
        _receive.Dispose();
    }

    /// <summary>Returns false when there is nothing left to send.</summary>
    private bool SendNext()
    {
        var requests = _requests.Next();
        if (requests.IsEmpty)
        {
            _loop.Ended();
            return false;
        }
        _awaited = _depth;
        _sentAt = Stopwatch.GetTimestamp();
        while (requests.Length > 0) requests = requests[_socket.Send(requests)..];
        return true;
    }

    private void Receive()
    {
        do _receive.SetBuffer(_buffer, _filled, _buffer.Length - _filled);
        while (!_socket.ReceiveAsync(_receive) && Take());
    }

    /// <summary>Counts the replies that have arrived; returns false when the loop has ended for this connection.</summary>
    private bool Take()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
            throw new BenchException($"The server ended a connection ({_receive.SocketError}).");
        _filled += _receive.BytesTransferred;
        var arrived = _buffer.AsSpan(0, _filled);
        var replies = 0;
        for (int length; arrived.Length > 0 && (length = _reply.Take(arrived, ref _searched)) > 0; replies++) arrived = arrived[length..];
        if (replies > _awaited) throw new BenchException("There were more replies than requests.");
        arrived.CopyTo(_buffer);
        _filled = arrived.Length;
        if (_filled == _buffer.Length) Array.Resize(ref _buffer, 2 * _filled);

        _loop.Count(replies, Stopwatch.GetElapsedTime(_sentAt));
        _awaited -= replies;
        if (_awaited > 0) return true;
        if (!_loop.IsRunning)
        {
            _loop.Ended();
            return false;
        }
        return SendNext();
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
            _loop.Fail(exception);
        }
    }
}
