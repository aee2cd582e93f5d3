using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace OrleansChat.Client.Wire;

/// <summary>
/// One TCP connection: a request, its reply, the next request.
/// The server takes an orderly close as the receipt for the last inbox. So however the socket is closed, even because the process is
/// killed, it resets; only <see cref="FinishAsync"/>, called after everything was shown, closes it in order.
/// </summary>
internal sealed class LineConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;

    private LineConnection(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>Whether the other side has gone, or has sent something unasked: either way the connection is unusable.</summary>
    public bool IsStale => _socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Whether a reply has arrived.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>
    /// Connects, with TLS if there are options for it. Throws <see cref="SocketException"/> if connecting fails, and
    /// <see cref="AuthenticationException"/> or <see cref="IOException"/> if TLS fails.
    /// </summary>
    public static async Task<LineConnection> OpenAsync(
        string host, int port, SslClientAuthenticationOptions? tls, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = await Dialer.ConnectAsync(host, port, time, cancellationToken);
        try
        {
            socket.NoDelay = true;
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            var stream = new NetworkStream(socket);
            if (tls is null)
                return new LineConnection(socket, stream);
            var encrypted = new SslStream(stream);
            await encrypted.AuthenticateAsClientAsync(tls, cancellationToken);
            return new LineConnection(socket, encrypted);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one line and reads its reply.</summary>
    public async Task<Reply> AskAsync(string request, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(request), cancellationToken);
        var reply = await ReplyReader.ReadAsync(_stream, cancellationToken);
        HasAnswered = true;
        return reply;
    }

    /// <summary>Closes the connection in order: closes this direction, then waits for the other side to close.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_stream is SslStream encrypted)
            await encrypted.ShutdownAsync();
        _socket.Shutdown(SocketShutdown.Send);
        await _stream.CopyToAsync(Stream.Null, cancellationToken);
        _socket.LingerState = new LingerOption(enable: false, seconds: 0);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }
}
