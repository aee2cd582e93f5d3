using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Wire;

/// <summary>
/// A client that is told every byte: it sends what it is given, and cuts what comes back into replies. Reading what never
/// comes fails after <see cref="Patience"/>.
/// </summary>
public sealed class WireClient : IDisposable
{
    /// <summary>Turns a hang into a failure; no verdict depends on its length.</summary>
    public static readonly TimeSpan Patience = Waiting.Patience;

    private static readonly byte[] EndOfReply = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Stream _stream = Stream.Null;
    private byte[] _received = new byte[4096];
    private int _count;

    private WireClient() { }

    /// <summary>The token of the last login through <see cref="LogInAsync"/>.</summary>
    public string Token { get; private set; } = "";

    /// <summary>
    /// Opens a connection; its TCP takes no more bytes than the buffer holds before they are read. A preamble goes before TLS,
    /// in pieces.
    /// </summary>
    public static async Task<WireClient> ConnectAsync(
        EndPoint service, int? receiveBuffer = null, SslClientAuthenticationOptions? tls = null, ReadOnlyMemory<byte> preamble = default)
    {
        var client = new WireClient();
        if (receiveBuffer is { } size) client._socket.ReceiveBufferSize = size;
        await client._socket.ConnectAsync(service).WaitAsync(Patience);
        client._stream = new NetworkStream(client._socket);
        var beginning = Math.Min(preamble.Length, 100);
        for (var i = 0; i < beginning; i++) await client.SendAsync(preamble.Slice(i, 1));
        if (preamble.Length > beginning) await client.SendAsync(preamble[beginning..]);
        if (tls is null) return client;
        var encrypted = new SslStream(client._stream);
        client._stream = encrypted;
        await encrypted.AuthenticateAsClientAsync(tls).WaitAsync(Patience);
        return client;
    }

    /// <summary>Logs in, and keeps the token.</summary>
    public async Task<WireClient> LogInAsync(string user, string password)
    {
        var reply = await AskAsync($"auth {user} {password}");
        Token = Replies.TokenIn(reply);
        return this;
    }

    /// <summary>Sends bytes as they are, in one write.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);
        }
        catch (IOException e) when (e.InnerException is SocketException reason)
        {
            throw reason;
        }
    }

    /// <summary>Sends text as UTF-8, in one write; nothing is added.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a line, ended by CR LF, and reads one reply.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadReplyAsync();
    }

    /// <summary>Reads the next reply, without its end.</summary>
    /// <exception cref="EndOfStreamException">The service has closed the connection, in order.</exception>
    /// <exception cref="SocketException">It has reset it.</exception>
    public async Task<string> ReadReplyAsync()
    {
        for (var searched = 0; ;)
        {
            var end = _received.AsSpan(searched, _count - searched).IndexOf(EndOfReply);
            if (end >= 0) return Take(searched + end);
            searched = Math.Max(0, _count - EndOfReply.Length + 1);
            if (await ReceiveAsync() == 0) throw new EndOfStreamException($"The connection was closed after {_count} bytes of a reply.");
        }
    }

    /// <summary>Reads several replies.</summary>
    public async Task<string[]> ReadRepliesAsync(int count)
    {
        var replies = new string[count];
        for (var i = 0; i < count; i++) replies[i] = await ReadReplyAsync();
        return replies;
    }

    /// <summary>Waits until the service has closed the connection in order, without another byte.</summary>
    public async Task ReadEndAsync()
    {
        Assert.Equal(0, _count);
        Assert.Equal(0, await ReceiveAsync());
    }

    /// <summary>Ends the sending side, as <c>printf ... | nc</c> does: the service may still answer.</summary>
    public void EndSending()
    {
        if (_stream is SslStream) EndInTlsAsync().GetAwaiter().GetResult();
        _socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Says in TLS that nothing more comes, and leaves TCP open.</summary>
    public Task EndInTlsAsync() => ((SslStream)_stream).ShutdownAsync().WaitAsync(Patience);

    /// <summary>Breaks the connection off: the service gets a TCP reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Waits until bytes have arrived that were not read yet.</summary>
    public async Task WaitForBytesAsync() => await _socket.ReceiveAsync(Memory<byte>.Empty).AsTask().WaitAsync(Patience);

    /// <summary>Waits until the connection is broken, without reading what has arrived.</summary>
    /// <exception cref="SocketException">It is.</exception>
    public async Task BrokenAsync()
    {
        var deadline = DateTime.UtcNow + Patience;
        // Who does not read learns of a reset by its socket's state alone.
        while (DateTime.UtcNow < deadline)
        {
            var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != SocketError.Success) throw new SocketException((int)error);
            await Task.Delay(20);
        }
    }

    /// <summary>Closes the connection; in order, unless bytes that arrived were not read.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task<int> ReceiveAsync()
    {
        if (_count == _received.Length) Array.Resize(ref _received, _count * 2);
        try
        {
            var got = await _stream.ReadAsync(_received.AsMemory(_count)).AsTask().WaitAsync(Patience);
            _count += got;
            return got;
        }
        catch (IOException e) when (e.InnerException is SocketException reason)
        {
            throw reason;
        }
    }

    private string Take(int length)
    {
        var reply = Encoding.Latin1.GetString(_received, 0, length);
        var used = length + EndOfReply.Length;
        _received.AsSpan(used, _count - used).CopyTo(_received);
        _count -= used;
        return reply;
    }
}
