using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Doors.Line;

/// <summary>What shows receipt where the system does not tell how far a connection has got: a connection without a socket.</summary>
public sealed class UntoldReceiptTests
{
    private const string Token = "8e6b1c9e-6c0d-4d0b-9f0e-0d6a3a4f6f0a";

    private static readonly PipeOptions AtOnce =
        new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private readonly Pipe _input = new(AtOnce), _output = new(AtOnce);
    private readonly OneMessage _grains = new();

    [Fact]
    public async Task A_pipelined_line_shows_nothing_and_the_next_one_does()
    {
        var connection = Connect();
        await SendAsync($"inbox {Token}\r\nlistuser\r\n");
        await ReadRepliesAsync(2);
        Assert.Empty(_grains.Received);

        await SendAsync("x\r\n");
        await ReadRepliesAsync(1);
        Assert.Equal([OneMessage.Number], _grains.Received);
        _input.Writer.Complete();
        await connection.WaitAsync(Waiting.Patience);
    }

    private Task Connect()
    {
        var presence = new Gateway.Sessions.Presence(_grains, TimeProvider.System, NullLogger<Gateway.Sessions.Presence>.Instance);
        var services = new GatewayServices(
            _grains, presence, new LimitOptions(), new LimitMetrics(), TimeProvider.System, NullLogger<GatewayServices>.Instance);
        var transport = TestConnection.Over(_input.Reader, _output.Writer);
        // Known to be here: presence need not be told.
        var connection = TestConnection.Lines(transport, services);
        connection.Session.ReportedSession = GrainKeys.ForSession(Token);
        return connection.RunAsync();
    }

    private async Task SendAsync(string text) => await _input.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private async Task ReadRepliesAsync(int count)
    {
        while (true)
        {
            var read = await _output.Reader.ReadAsync().AsTask().WaitAsync(Waiting.Patience);
            var arrived = Encoding.UTF8.GetString(read.Buffer).Split("\r\n\r\n").Length - 1;
            if (arrived >= count) _output.Reader.AdvanceTo(read.Buffer.End);
            else _output.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (arrived >= count) return;
        }
    }

    /// <summary>Grains of a user with one message, which stays unread.</summary>
    private sealed class OneMessage : UnaskedGrains
    {
        public const long Number = 7;

        public ConcurrentQueue<long> Received { get; } = [];

        public override ISessionGrain Session(string sessionKey) => FakeGrain.Answering<ISessionGrain>((method, _) =>
        {
            Assert.Equal(nameof(ISessionGrain.ReadInbox), method.Name);
            var page = new InboxPage("Messi", AccountId: 1, [new InboxMessage(Number, "a", "A", [])], Number, []);
            return Task.FromResult(new ReadInboxReply(new SessionUse("messi", Moved: false, Number: 1), page));
        });

        public override IUserGrain User(string userName) => FakeGrain.Answering<IUserGrain>((_, arguments) =>
        {
            Received.Enqueue(((InboxPositions)arguments[1]!).Number);
            return Task.CompletedTask;
        });
    }
}
