using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OrleansChat.Client.Tests;

/// <summary>What a scripted server does instead of sending a reply.</summary>
internal static class Act
{
    public const string Silence = "(silence)";
    public const string Reset = "(reset)";
    public const string CloseAfter = "(close)";
}

/// <summary>
/// A server on a port of its own that answers line after line from a script, on any number of connections, and records what it
/// was asked and how connections ended. A script's text is a reply without its line end, or an <see cref="Act"/>.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public static readonly TimeSpan Safety = TimeSpan.FromSeconds(60);

    private readonly TcpListener _listener;
    private readonly Queue<string> _script;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly ConcurrentQueue<string> _events = new();
    private readonly SemaphoreSlim _ended = new(0);
    private readonly SemaphoreSlim _asked = new(0);

    public ScriptedServer(params string[] script)
        : this(0, script)
    {
    }

    public ScriptedServer(int port, string[] script)
    {
        _script = new Queue<string>(script);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What it shows to clients, who then must speak TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every line, as it came, and <c>FIN</c> or <c>RST</c> where a connection ended.</summary>
    public string[] Events => [.. _events];

    public string[] Lines => [.. _events.Where(line => line is not "FIN" and not "RST")];

    /// <summary>A port where nobody listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task ConnectionEndedAsync() => Assert.True(await _ended.WaitAsync(Safety));

    public async Task AskedAsync() => Assert.True(await _asked.WaitAsync(Safety));

    public async ValueTask DisposeAsync()
    {
        // Stopped last: an accept that begins after the stop would not be cancelled but refused.
        await _stop.CancelAsync();
        await _accepting.WaitAsync(Safety);
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
        }
        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(Socket socket)
    {
        using var plain = new NetworkStream(socket, ownsSocket: true);
        using var encrypted = new SslStream(plain);
        Stream stream = Certificate is null ? plain : encrypted;
        try
        {
            if (Certificate is not null)
                await encrypted.AuthenticateAsServerAsync(Certificate);
            using var reader = new StreamReader(stream, new UTF8Encoding(false), leaveOpen: true);
            while (await ReadRawLineAsync(reader) is { } line)
            {
                _events.Enqueue(line);
                _asked.Release();
                var next = _script.Dequeue();
                if (next == Act.Silence)
                    continue;
                if (next == Act.Reset)
                {
                    socket.LingerState = new LingerOption(true, 0);
                    return;
                }
                var closes = next.EndsWith(Act.CloseAfter, StringComparison.Ordinal);
                var reply = closes ? next[..^Act.CloseAfter.Length] : $"{next}\r\n\r\n";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(reply), _stop.Token);
                if (closes)
                    return;
            }
            _events.Enqueue("FIN");
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            _events.Enqueue("RST");
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            // Closed before the end is told: who waits for it finds the connection gone.
            stream.Dispose();
            _ended.Release();
        }
    }

    private async Task<string?> ReadRawLineAsync(StreamReader reader)
    {
        var line = new StringBuilder();
        var one = new char[1];
        while (await reader.ReadAsync(one, _stop.Token) > 0)
        {
            line.Append(one[0]);
            if (one[0] == '\n')
                return line.ToString();
        }
        return null;
    }
}
