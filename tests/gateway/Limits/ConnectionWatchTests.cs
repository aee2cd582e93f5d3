using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Limits;

/// <summary>What takes too long, by a clock in the test's hand.</summary>
public sealed class ConnectionWatchTests : IDisposable
{
    private static readonly PipeOptions AtOnce = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private readonly FakeTimeProvider _time = new();
    private readonly LimitOptions _options = new() { LineTimeout = TimeSpan.FromSeconds(30), IdleTimeout = TimeSpan.FromMinutes(5) };
    private readonly LimitMetrics _metrics = new();
    private readonly Connections _connections;
    private readonly ConnectionWatch _watch;

    public ConnectionWatchTests()
    {
        _connections = new Connections(_options, new ProxyOptions(), _metrics, _time, NullLogger<Connections>.Instance);
        _watch = new ConnectionWatch(_connections, _options, _metrics, _time, NullLogger<ConnectionWatch>.Instance);
    }

    public void Dispose() => _watch.Dispose();

    [Fact]
    public async Task A_byte_now_and_then_does_not_make_a_line_younger()
    {
        var (input, transport) = Connect();
        for (var i = 0; i < 3; i++)
        {
            await input.WriteAsync("i"u8.ToArray());
            _time.Advance(TimeSpan.FromSeconds(9.9));
            _watch.Check();
            Assert.Empty(_metrics.Reached);
        }
        await input.WriteAsync("i"u8.ToArray());
        _time.Advance(TimeSpan.FromSeconds(0.3));
        _watch.Check();

        await ClosedAsync(transport);
        _watch.Check();
        Assert.Equal(1, _metrics.CountOf(LimitNames.LineTime));
    }

    [Fact]
    public async Task Each_line_has_its_own_time()
    {
        var (input, _) = Connect();
        for (var i = 0; i < 5; i++)
        {
            await input.WriteAsync("x\r\ni"u8.ToArray());
            _time.Advance(TimeSpan.FromSeconds(29));
            _watch.Check();
        }
        Assert.Empty(_metrics.Reached);
    }

    [Fact]
    public async Task Silence_counts_from_the_last_answer()
    {
        var (input, transport) = Connect();
        _time.Advance(TimeSpan.FromMinutes(4));
        await input.WriteAsync("x\r\n"u8.ToArray());
        _time.Advance(TimeSpan.FromMinutes(4));
        _watch.Check();
        Assert.Empty(_metrics.Reached);

        _time.Advance(TimeSpan.FromMinutes(1));
        _watch.Check();
        await ClosedAsync(transport);
        Assert.Equal(1, _metrics.CountOf(LimitNames.Idle));
    }

    private static async Task ClosedAsync(DefaultConnectionContext transport)
    {
        var closed = new TaskCompletionSource();
        using var registration = transport.ConnectionClosed.Register(closed.SetResult);
        await closed.Task.WaitAsync(Waiting.Patience);
    }

    private (PipeWriter Input, DefaultConnectionContext Transport) Connect()
    {
        Pipe input = new(AtOnce), output = new(AtOnce);
        var transport = TestConnection.Over(input.Reader, output.Writer);
        transport.RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 4711);
        Assert.True(_connections.TryAdd(transport, lines: 0, out var client));
        transport.Features.Set(client);
        _ = TestConnection.Lines(transport, TestConnection.Services(limits: _options, time: _time)).RunAsync();
        return (input.Writer, transport);
    }
}
