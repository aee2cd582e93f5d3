using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansChat.Bench.Load;

/// <summary>
/// One connection in a closed loop: writes requests, waits for all their replies, writes the next. Nothing is allocated
/// an operation.
/// </summary>
/// <remarks>
/// The command that runs the benchmarks has .NET run completions on the thread that polls the sockets, of which it sets
/// one: all connections then share a thread that never hands anything to another, which is the cheapest there is.
/// </remarks>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly ClosedLoop _loop;
    private readonly RequestRing _requests;
    private readonly byte[] _reply;
    private readonly int _depth;
    private readonly byte[] _buffer;
    private int _filled;
    private int _awaited;
    private long _sentAt;

    public LoadConnection(ClosedLoop loop, RequestRing requests, byte[] reply, int depth)
    {
        (_loop, _requests, _reply, _depth) = (loop, requests, reply, depth);
        _buffer = new byte[4096 + reply.Length * depth];
        _receive.Completed += (_, _) => Guard(() =>
        {
            if (Take()) Receive();
        });
    }

    /// <summary>Connects, once.</summary>
    public ValueTask ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken) => _socket.ConnectAsync(endPoint, cancellationToken);

    /// <summary>Writes the first requests; goes on until <see cref="ClosedLoop.IsRunning"/> is false and the last reply is here.</summary>
    public void Start() => Guard(() =>
    {
        SendNext();
        Receive();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _receive.Dispose();
    }

    private void SendNext()
    {
        var requests = _requests.Next();
        _awaited = _depth;
        _sentAt = Stopwatch.GetTimestamp();
        while (requests.Length > 0) requests = requests[_socket.Send(requests)..];
    }

    private void Receive()
    {
        do _receive.SetBuffer(_buffer, _filled, _buffer.Length - _filled);
        while (!_socket.ReceiveAsync(_receive) && Take());
    }

    /// <summary>Counts the replies that have arrived; false when the loop has ended here.</summary>
    private bool Take()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
            throw new BenchException($"The server ended a connection ({_receive.SocketError}).");
        _filled += _receive.BytesTransferred;
        var arrived = _buffer.AsSpan(0, _filled);
        var replies = 0;
        for (; arrived.StartsWith(_reply); replies++) arrived = arrived[_reply.Length..];
        if (replies > _awaited || !_reply.AsSpan().StartsWith(arrived))
            throw new BenchException($"Not the reply that was expected: {Encoding.ASCII.GetString(arrived).TrimEnd()}");
        arrived.CopyTo(_buffer);
        _filled = arrived.Length;

        _loop.Count(replies, Stopwatch.GetElapsedTime(_sentAt));
        _awaited -= replies;
        if (_awaited > 0) return true;
        if (!_loop.IsRunning)
        {
            _loop.Ended();
            return false;
        }
        SendNext();
        return true;
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
            _loop.Fail(e);
        }
    }
}
