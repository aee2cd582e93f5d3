using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Hosting.Settings;
using OrleansChat.Limits;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Limits;

/// <summary>A process that may have few files open, by numbers in the test's hand.</summary>
public sealed class BoundedTransportTests : IAsyncLifetime
{
    private const int Open = 250;

    private readonly LimitOptions _options = new() { MaxConnections = 1000 };
    private readonly LogLines<BoundedTransport> _log = new();
    private readonly Connections _connections;
    private readonly List<Socket> _clients = [];
    private IConnectionListener? _listener;

    public BoundedTransportTests() => _connections = new Connections(
        _options, new ProxyOptions(), new LimitMetrics(), TimeProvider.System, NullLogger<Connections>.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        if (_listener is not null) await _listener.DisposeAsync();
    }

    [Fact]
    public async Task With_too_few_files_fewer_connections_are_taken_and_a_warning_says_so()
    {
        await BindAsync(limit: 1024);
        Assert.Equal(1024 - Open - BoundedTransport.Reserve - 64, _connections.Capacity);
        Assert.StartsWith("This process may have 1024 files open (ulimit -n): it takes 560 connections, not the 1000 of --max-connections.",
            Assert.Single(_log.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65536)]
    [InlineData(2000)]
    [InlineData(null)]
    public async Task With_enough_nothing_changes(int? limit)
    {
        await BindAsync(limit);
        Assert.Equal(_options.MaxConnections, _connections.Capacity);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task With_next_to_none_it_does_not_start()
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() =>
            BindAsync(limit: Open + BoundedTransport.Reserve + BoundedTransport.LeastRoom - 1));
        Assert.StartsWith(
            "This process may have 431 files open (ulimit -n), has 250, and keeps 150", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_its_room_a_connection_is_accepted_when_another_has_ended()
    {
        await BindAsync(limit: Open + BoundedTransport.Reserve + BoundedTransport.LeastRoom);
        var accepted = new List<ConnectionContext>();
        for (var i = 0; i < BoundedTransport.LeastRoom; i++)
        {
            await ConnectAsync();
            accepted.Add((await _listener!.AcceptAsync())!);
        }
        await ConnectAsync();
        var next = _listener!.AcceptAsync().AsTask();
        Assert.False(next.IsCompleted);

        await accepted[5].DisposeAsync();
        accepted.Add((await next.WaitAsync(Waiting.Patience))!);

        // One that waits for room does not hold up the end.
        next = _listener.AcceptAsync().AsTask();
        await _listener.UnbindAsync();
        Assert.Null(await next.WaitAsync(Waiting.Patience));
        foreach (var connection in accepted) await connection.DisposeAsync();
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             1024                 524288               processes ", null)]
    public void The_limit_is_read_as_Linux_writes_it(string line, int? expected) =>
        Assert.Equal(expected, OpenFiles.ParseLimit(
            $"Limit                     Soft Limit           Hard Limit           Units     \n{line}\n"));

    [Fact]
    public void This_process_is_asked()
    {
        if (!OperatingSystem.IsLinux()) return;
        var (limit, open) = OpenFiles.Read()!.Value;
        Assert.InRange(open, 1, limit);
    }

    private async Task BindAsync(int? limit)
    {
        var sockets = Microsoft.Extensions.Options.Options.Create(new SocketTransportOptions());
        var transport = new BoundedTransport(sockets, NullLoggerFactory.Instance, _connections, _options, _log)
        {
            ReadFiles = () => limit is { } files ? (files, Open) : null,
        };
        _listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
    }

    private async Task ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        await client.ConnectAsync(_listener!.EndPoint);
    }
}
