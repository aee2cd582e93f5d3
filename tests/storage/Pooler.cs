using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace OrleansChat.Storage.Tests;

/// <summary>
/// A pooler in front of a server, as PgBouncer: it answers the start of a connection with a process of its own naming, and lends a
/// server's connection for a transaction, first the one that came back last, or for as long as the client's lasts.
/// </summary>
internal sealed class Pooler : IAsyncDisposable
{
    private const int SslRequest = 80877103, GssRequest = 80877104;
    private const byte Query = (byte)'Q', Sync = (byte)'S', Terminate = (byte)'X',
        Ready = (byte)'Z', Authentication = (byte)'R', Key = (byte)'K', Idle = (byte)'I';
    private const int AuthenticationOk = 0, AuthenticationEnds = 12;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly bool _ofTransactions;
    private readonly LinkedList<NetworkStream> _free = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _clients = [];
    private Task _accepting = Task.CompletedTask;

    private Pooler(string server, bool ofTransactions) => (_server, _ofTransactions) = (new(server), ofTransactions);

    /// <summary>Where its clients connect.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Starts it.</summary>
    public static Task<Pooler> StartAsync(string server, bool ofTransactions)
    {
        var pooler = new Pooler(server, ofTransactions);
        pooler._listener.Start();
        pooler._accepting = pooler.AcceptAsync();
        return Task.FromResult(pooler);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        await Task.WhenAll(_clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var server in _free) await server.DisposeAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true) _clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var _ = accepted;
        await using var client = accepted.GetStream();
        var server = await StartAsync(client);
        // Lent to the next client that asks; its own client is served from what came back last.
        if (_ofTransactions) lock (_free) _free.AddLast(server);
        var lent = _ofTransactions ? null : server;
        while (await ReadAsync(client, hasType: true) is { } message && message[0] != Terminate)
        {
            lent ??= Take();
            await lent.WriteAsync(message, _stop.Token);
            if (message[0] is not (Query or Sync)) continue;
            if (await RelayAsync(lent, client) != Idle || !_ofTransactions) continue;
            lock (_free) _free.AddFirst(lent);
            lent = null;
        }
    }

    /// <summary>Lets a client log in to the server, and tells it of another process.</summary>
    private async Task<NetworkStream> StartAsync(NetworkStream client)
    {
        var start = await ReadAsync(client, hasType: false);
        while (BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(4)) is SslRequest or GssRequest)
        {
            await client.WriteAsync("N"u8.ToArray(), _stop.Token);
            start = await ReadAsync(client, hasType: false);
        }
        var path = Path.Combine(_server.Host!, $".s.PGSQL.{_server.Port}");
        var socket = new Socket(
            _server.Host![0] == '/' ? AddressFamily.Unix : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            _server.Host[0] == '/' ? new UnixDomainSocketEndPoint(path) : new DnsEndPoint(_server.Host, _server.Port), _stop.Token);
        var server = new NetworkStream(socket, ownsSocket: true);
        await server.WriteAsync(start, _stop.Token);
        while (true)
        {
            var answer = (await ReadAsync(server, hasType: true))!;
            if (answer[0] == Key) BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(5), int.MaxValue);
            await client.WriteAsync(answer, _stop.Token);
            if (answer[0] == Ready) return server;
            if (answer[0] == Authentication
                && BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(5)) is not (AuthenticationOk or AuthenticationEnds))
                await server.WriteAsync(await ReadAsync(client, hasType: true), _stop.Token);
        }
    }

    private NetworkStream Take()
    {
        lock (_free)
        {
            var server = _free.First!.Value;
            _free.RemoveFirst();
            return server;
        }
    }

    /// <summary>Hands on answers until the server is ready for the next request; in which state it is then.</summary>
    private async Task<byte> RelayAsync(NetworkStream server, NetworkStream client)
    {
        while (true)
        {
            var answer = (await ReadAsync(server, hasType: true))!;
            await client.WriteAsync(answer, _stop.Token);
            if (answer[0] == Ready) return answer[^1];
        }
    }

    /// <summary>Reads a message; null at the end.</summary>
    private async Task<byte[]?> ReadAsync(NetworkStream stream, bool hasType)
    {
        var head = new byte[hasType ? 5 : 4];
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, _stop.Token) < head.Length) return null;
        var message = new byte[head.Length - 4 + BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4))];
        head.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(head.Length), _stop.Token);
        return message;
    }
}
