using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Transport;
using OrleansChat.Gateway.Transport.Proxying;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Transport.Proxying;

/// <summary>How a connection's header is taken off it, or the connection reset: without a socket, by a clock of the test's.</summary>
public sealed class ProxyHeadersTests
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("2001:db8::7"), 56324);
    private static readonly IPEndPoint Server = new(IPAddress.Parse("2001:db8::1"), 8889);
    private static readonly IPEndPoint Proxy = new(IPAddress.Parse("::ffff:10.0.0.1"), 40000);
    private static readonly IPEndPoint Here = new(IPAddress.Parse("10.0.0.2"), 8889);

    private readonly FakeTimeProvider _time = new();
    private readonly Log _log = new();
    private readonly ProxyHeaders _headers;
    private readonly TaskCompletionSource<ConnectionContext> _handedOn = new();

    public ProxyHeadersTests() => _headers = new(new ProxyOptions { Trusted = "10.0.0.0/8" }, _time, _log);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_header_in_pieces_of_a_byte_gives_the_connection_its_addresses_and_leaves_what_follows(bool isLine)
    {
        var (connection, input) = Open(Proxy);
        var header = isLine ? Headers.Line(Client, Server) : Headers.Binary(Client, Server);
        var handled = _headers.OnConnectedAsync(connection, Next);
        foreach (var piece in header[..^1]) await input.WriteAsync(new[] { piece });
        Assert.False(_handedOn.Task.IsCompleted);

        await input.WriteAsync(new byte[] { header[^1], 22, 3, 1 });

        await Done(handled);
        Assert.Same(connection, await Done(_handedOn.Task));
        Assert.Equal((Client, Server), (connection.RemoteEndPoint, connection.LocalEndPoint));
        Assert.Equal(header.Length, connection.Features.Get<ProxyHeader>()!.Length);
        Assert.Equal(new byte[] { 22, 3, 1 }, (await connection.Transport.Input.ReadAsync()).Buffer.ToArray());
    }

    [Fact]
    public async Task A_header_without_addresses_leaves_the_connection_its_own()
    {
        var (connection, input) = Open(Proxy);
        await input.WriteAsync(Headers.Binary(Headers.LocalCommand, 0));

        await Done(_headers.OnConnectedAsync(connection, Next));

        Assert.Same(connection, await Done(_handedOn.Task));
        Assert.Equal((Proxy, Here), (connection.RemoteEndPoint, connection.LocalEndPoint));
        Assert.NotNull(connection.Features.Get<ProxyHeader>());
    }

    [Fact]
    public async Task Who_is_not_trusted_is_handed_on_with_all_that_it_sends()
    {
        var stranger = new IPEndPoint(IPAddress.Parse("11.0.0.1"), 1);
        var (connection, input) = Open(stranger);
        var sent = Headers.Binary(Client, Server);
        await input.WriteAsync(sent);

        await Done(_headers.OnConnectedAsync(connection, Next));

        Assert.Same(connection, await Done(_handedOn.Task));
        Assert.Equal(stranger, connection.RemoteEndPoint);
        Assert.Null(connection.Features.Get<ProxyHeader>());
        Assert.Equal(sent, (await connection.Transport.Input.ReadAsync()).Buffer.ToArray());
    }

    [Fact]
    public async Task A_header_that_is_not_complete_after_five_seconds_is_no_longer_waited_for()
    {
        var (connection, input) = Open(Proxy);
        var handled = _headers.OnConnectedAsync(connection, Next);
        await input.WriteAsync(Headers.Line(Client, Server).AsMemory(0, 20));
        _time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromMilliseconds(1));
        Assert.False(handled.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await AssertReset(connection, handled);
        Assert.Contains("in time", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_is_reset_at_once_and_said_once_a_minute_with_how_often()
    {
        for (var i = 0; i < 4; i++)
        {
            if (i == 3) _time.Advance(TimeSpan.FromMinutes(1));
            var (connection, input) = Open(Proxy);
            await input.WriteAsync("auth messi surabaya\r\n"u8.ToArray());
            await AssertReset(connection, _headers.OnConnectedAsync(connection, Next));
        }

        Assert.Equal(2, _log.Warnings.Count);
        Assert.Contains(" 1 since", _log.Warnings[0], StringComparison.Ordinal);
        Assert.Contains(" 3 since", _log.Warnings[1], StringComparison.Ordinal);
        Assert.DoesNotContain("surabaya", string.Concat(_log.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_proxy_that_goes_before_its_header_is_complete_is_no_news(bool isReset)
    {
        var (connection, input) = Open(Proxy);
        var handled = _headers.OnConnectedAsync(connection, Next);
        await input.WriteAsync("PROXY "u8.ToArray());

        await input.CompleteAsync(isReset ? new ConnectionResetException("reset") : null);

        await AssertReset(connection, handled);
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task A_stop_waits_for_no_header()
    {
        var (connection, _) = Open(Proxy);
        using var stop = new Stop();
        connection.Features.Set<IConnectionLifetimeNotificationFeature>(stop);
        var handled = _headers.OnConnectedAsync(connection, Next);

        stop.RequestClose();

        await AssertReset(connection, handled);
        Assert.Empty(_log.Warnings);
    }

    private static (ConnectionContext Connection, PipeWriter Input) Open(IPEndPoint peer)
    {
        Pipe input = new(), output = new();
        var connection = TestConnection.Over(input.Reader, output.Writer);
        (connection.RemoteEndPoint, connection.LocalEndPoint) = (peer, Here);
        return (connection, input.Writer);
    }

    private Task Next(ConnectionContext connection)
    {
        _handedOn.SetResult(connection);
        return Task.CompletedTask;
    }

    private async Task AssertReset(ConnectionContext connection, Task handled)
    {
        await Done(handled);
        var closed = new TaskCompletionSource<bool>();
        using var registration = connection.ConnectionClosed.Register(() => closed.SetResult(true));
        await Done(closed.Task);
        Assert.False(_handedOn.Task.IsCompleted);
    }

    private static Task Done(Task task) => task.WaitAsync(Waiting.Patience);

    private static Task<T> Done<T>(Task<T> task) => task.WaitAsync(Waiting.Patience);

    private sealed class Stop : IConnectionLifetimeNotificationFeature, IDisposable
    {
        private readonly CancellationTokenSource _requested = new();

        public CancellationToken ConnectionClosedRequested { get => _requested.Token; set => throw new NotSupportedException(); }

        public void RequestClose() => _requested.Cancel();

        public void Dispose() => _requested.Dispose();
    }

    private sealed class Log : ILogger<ProxyHeaders>
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) Warnings.Add(formatter(state, exception));
        }
    }
}
