using System.IO.Pipelines;
using OrleansChat.Gateway.Doors.Line;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Transport;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Line;

/// <summary>What is known of receipt when the transport tells nothing (any more).</summary>
public sealed class LostConnectionTests
{
    private readonly Pipe _input = new(), _output = new();
    private readonly FakeProgress _progress = new();

    [Fact]
    public async Task A_line_that_began_after_the_reply_shows_receipt_when_all_of_that_was_acknowledged()
    {
        _progress.Sample = new TransportSample(false, Acknowledged: 1, Taken: 1, Received: 10);
        var handOvers = await HandOverAsync();

        Assert.True(handOvers.IsShownBy(10));
        Assert.False(handOvers.IsShownBy(9));
    }

    [Fact]
    public async Task A_line_that_is_answered_when_the_connection_is_gone_shows_nothing()
    {
        _progress.Sample = new TransportSample(false, Acknowledged: 1, Taken: 1, Received: 10);
        var handOvers = await HandOverAsync();
        _progress.Sample = null;

        Assert.False(handOvers.IsShownBy(100));
    }

    [Fact]
    public async Task Nor_when_it_was_gone_before_the_reply_was_written()
    {
        var handOvers = await HandOverAsync();

        Assert.False(handOvers.IsShownBy(100));
    }

    [Fact]
    public async Task Where_the_system_tells_nothing_ever_the_next_line_shows_receipt()
    {
        _progress.IsSupported = false;
        var handOvers = await HandOverAsync();

        Assert.True(handOvers.IsShownBy(100));
    }

    private async Task<HandOvers> HandOverAsync()
    {
        var client = ClientConnection.Unlimited(TestConnection.Over(_input.Reader, _output.Writer), TimeProvider.System);
        var session = new ClientSession("test", client, () => false, TestConnection.Services(), CancellationToken.None);
        var replies = new ReplyOutput(_output.Writer, _progress);
        var handOvers = new HandOvers(session, _progress, replies, isBehindProxy: false, TimeProvider.System);
        replies.GetSpan(1);
        replies.Advance(1);
        await handOvers.WrittenAsync("user", accountId: 1, new InboxPositions(1, []), CancellationToken.None);
        return handOvers;
    }

    private sealed class FakeProgress : ITransportProgress
    {
        public bool IsSupported { get; set; } = true;

        public TransportSample? Sample { get; set; }

        public bool TryRead(out TransportSample sample)
        {
            sample = Sample ?? default;
            return Sample is not null;
        }
    }
}
