using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Limits;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Doors.Line;

/// <summary>A flood of lines from one address.</summary>
public sealed class PaceTests
{
    private const int LinesPerSecond = 1000;

    private readonly FakeTimeProvider _time = new();
    private readonly LimitOptions _options = new() { LinesPerSecond = LinesPerSecond };
    private readonly Connections _connections;

    public PaceTests() => _connections = new Connections(
        _options, new ProxyOptions(), new LimitMetrics(), _time, NullLogger<Connections>.Instance);

    [Fact]
    public async Task A_flood_is_answered_no_faster_than_it_may_and_nothing_of_it_is_lost()
    {
        const int Lines = 5000;
        var (input, output) = Connect(IPAddress.Loopback);
        await input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\r\n", Lines))));

        // It answers all it may and then waits for the clock, which stands still.
        var answered = await ReadAsync(output, LinesPerSecond);
        Assert.False(output.TryRead(out _));
        Assert.InRange(answered, LinesPerSecond, LinesPerSecond + 64);
        while (answered < Lines)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var more = await ReadAsync(output, Math.Min(LinesPerSecond - 64, Lines - answered));
            Assert.InRange(more, 1, LinesPerSecond + 64);
            answered += more;
        }
        Assert.Equal(Lines, answered);
    }

    [Fact]
    public async Task Two_connections_of_one_address_share_what_it_may_and_another_address_has_its_own()
    {
        var one = Connect(IPAddress.Parse("192.0.2.1"));
        var same = Connect(IPAddress.Parse("::ffff:192.0.2.1"));
        var other = Connect(IPAddress.Parse("192.0.2.2"));
        await one.Input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\r\n", 2 * LinesPerSecond))));
        await ReadAsync(one.Output, LinesPerSecond);

        await same.Input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\r\n", 200))));
        Assert.InRange(await ReadAsync(same.Output, 64), 64, 64);
        Assert.False(same.Output.TryRead(out _));
        await other.Input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\r\n", 200))));
        Assert.Equal(200, await ReadAsync(other.Output, 200));
    }

    [Fact]
    public async Task Strangers_share_what_all_of_them_may_however_many_addresses_they_have()
    {
        _options.LinesPerSecond = int.MaxValue;
        var services = TestConnection.Services(limits: _options, time: _time);
        var (input, output) = Connect(IPAddress.Parse("192.0.2.1"), services);
        // In pieces: a gateway that has more to write than a pipe takes at once waits.
        for (var i = 0; i < Strangers.LinesPerSecond; i += 1000)
            await input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\r\n", 1000))));
        // The bytes of the replies cost something too.
        Assert.InRange(await ReadAsync(output, Strangers.LinesPerSecond - 2000), Strangers.LinesPerSecond - 2000, Strangers.LinesPerSecond);
        Assert.False(output.TryRead(out _));

        var other = Connect(IPAddress.Parse("192.0.2.2"), services);
        await other.Input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\r\n", 200))));
        Assert.InRange(await ReadAsync(other.Output, 64), 64, 128);
        Assert.False(other.Output.TryRead(out _));
    }

    private (PipeWriter Input, PipeReader Output) Connect(IPAddress from, GatewayServices? services = null)
    {
        // Everything on the writer's and the reader's own thread: when a write or a read returns, nothing more happens until
        // the clock goes on.
        var atOnce = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0,
            useSynchronizationContext: false);
        var (input, output) = (new Pipe(atOnce), new Pipe(atOnce));
        var transport = TestConnection.Over(input.Reader, output.Writer);
        transport.RemoteEndPoint = new IPEndPoint(from, 4711);
        Assert.True(_connections.TryAdd(transport, lines: 0, out var client));
        transport.Features.Set(client);
        _ = TestConnection.Lines(transport, services ?? TestConnection.Services(limits: _options, time: _time)).RunAsync();
        return (input.Writer, output.Reader);
    }

    private static async Task<int> ReadAsync(PipeReader output, int atLeast)
    {
        var replies = 0;
        while (replies < atLeast)
        {
            var read = await output.ReadAsync().AsTask().WaitAsync(Waiting.Patience);
            var text = Encoding.ASCII.GetString(read.Buffer);
            output.AdvanceTo(read.Buffer.End);
            replies += text.Split("**Protocol Tidak Benar").Length - 1;
        }
        return replies;
    }
}
