using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace OrleansChat.Bench.Abuse;

/// <summary>
/// The building blocks of attacks: connections from addresses of this machine other than the well-behaved clients', and what is done
/// on each. A connection that the server ends is opened again. Nothing here stops: the process is ended.
/// </summary>
internal sealed class Attacker(AttackOrder order, Tally tally)
{
    /// <summary>The pause between a connection's end and the next attempt: connecting in a tight loop is an attack of its own.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public AttackOrder Order => order;

    /// <summary>Keeps connections busy.</summary>
    /// <param name="addresses">How many addresses the connections come from.</param>
    /// <param name="connections">How many connections each address has.</param>
    /// <param name="visit">What to do on a connection; it is repeated when this returns.</param>
    /// <param name="door">Where to connect.</param>
    public void Start(int addresses, int connections, Func<Socket, Task> visit, Door door = Door.Text)
    {
        for (var i = 0; i < addresses * connections; i++)
        {
            // All of 127/8 is this machine; the well-behaved clients come from 127.0.0.1.
            var address = new IPAddress([127, 0, order.Network, (byte)(1 + i % addresses)]);
            _ = Task.Run(() => RepeatAsync(address, order.ServerOf(door), visit));
        }
    }

    /// <summary>Connects and resets: a reset leaves no local port waiting.</summary>
    public Task LeaveAsync(Socket socket)
    {
        tally.Done();
        return Task.CompletedTask;
    }

    /// <summary>Sends these bytes, perhaps none, and then stays until the server ends the connection.</summary>
    public async Task StayAsync(Socket socket, byte[] said)
    {
        await socket.SendAsync(said);
        tally.Done();
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer) > 0) continue;
        throw new SocketException((int)SocketError.ConnectionReset);
    }

    /// <summary>Sends the same bytes again and again, and reads nothing.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="said">The bytes.</param>
    /// <param name="every">The pause between two sends; by default none, so as fast as the server reads.</param>
    public async Task DripAsync(Socket socket, byte[] said, TimeSpan every = default)
    {
        while (true)
        {
            await socket.SendAsync(said);
            tally.Done();
            if (every > TimeSpan.Zero) await Task.Delay(every);
        }
    }

    /// <summary>Writes as fast as the server reads, and counts the replies.</summary>
    public Task FloodAsync(Socket socket, Func<byte[]> next) => FloodAsync(socket, next, ReplyMarks.Text);

    /// <summary>The same over HTTP.</summary>
    public Task FloodWebAsync(Socket socket, Func<byte[]> next) => FloodAsync(socket, next, ReplyMarks.Web);

    /// <summary>Completes a TLS handshake and disconnects.</summary>
    public async Task ShakeHandsAsync(Socket socket)
    {
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false,
            // An attacker accepts any certificate.
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        tally.Done();
    }

    private async Task RepeatAsync(IPAddress from, IPEndPoint server, Func<Socket, Task> visit)
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                LingerState = new(enable: true, seconds: 0),
            };
            var isOpen = false;
            try
            {
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(server);
                tally.Opened();
                isOpen = true;
                await visit(socket);
            }
            catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
            {
                tally.Ended();
                await Task.Delay(Pause);
            }
            if (isOpen) tally.Closed();
        }
    }

    private async Task FloodAsync(Socket socket, Func<byte[]> next, ReplyMarks marks) =>
        await await Task.WhenAny(WriteAsync(socket, next), ReadAsync(socket, marks));

    private static async Task WriteAsync(Socket socket, Func<byte[]> next)
    {
        while (true) await socket.SendAsync(next());
    }

    /// <summary>Counts replies, and the errors among them, until the server ends the connection.</summary>
    private async Task ReadAsync(Socket socket, ReplyMarks marks)
    {
        var buffer = new byte[marks.Kept + (16 << 10)];
        int kept = 0, seen = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(kept));
            if (read == 0) throw new SocketException((int)SocketError.ConnectionReset);
            var all = buffer.AsSpan(0, kept + read);
            var (more, refused) = marks.CountNew(all, kept);
            tally.Done((seen + more) / marks.PerReply);
            seen = (seen + more) % marks.PerReply;
            tally.Refused(refused);
            kept = Math.Min(all.Length, marks.Kept);
            all[^kept..].CopyTo(buffer);
        }
    }
}
