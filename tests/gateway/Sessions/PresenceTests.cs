using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>The loop that reports to presence.</summary>
public sealed class PresenceTests
{
    private const string Key = "s:1";

    [Fact]
    public async Task A_notice_that_a_later_use_has_overtaken_is_answered_at_once()
    {
        var (time, grains) = (new FakeTimeProvider(), new Grains());
        var presence = new Gateway.Sessions.Presence(grains, time, NullLogger<Gateway.Sessions.Presence>.Instance);
        using var stop = new CancellationTokenSource();
        var client = IdleClient.Create("1");
        var running = presence.RunAsync(stop.Token);
        Assert.Empty((await grains.Reports.ReadAsync()).Held);

        Assert.True(await presence.UsedAsync(client, Key, new SessionUse("anna", Moved: true, 1)));
        Assert.Equal(1, Assert.Single((await grains.Reports.ReadAsync()).Held).UseNumber);
        Assert.False(await presence.UsedAsync(client, Key, new SessionUse("anna", Moved: false, 3)));

        grains.Notice = new PresenceNotice(1, Key, Ended: false, UseNumber: 2);
        PresenceReport? renewal;
        while (!grains.Reports.TryRead(out renewal))
        {
            // The loop may not wait yet.
            time.Advance(PresenceLease.RenewEvery);
            await Task.Yield();
        }
        Assert.Empty(renewal.Held);
        Assert.Equal(3, Assert.Single((await grains.Reports.ReadAsync()).Held).UseNumber);
        await stop.CancelAsync();
        await running;
    }

    private sealed class Grains : UnaskedGrains
    {
        private readonly Channel<PresenceReport> _reports = Channel.CreateUnbounded<PresenceReport>();

        public ChannelReader<PresenceReport> Reports => _reports.Reader;

        public PresenceNotice? Notice { get; set; }

        public override IPresenceGrain Presence() => FakeGrain.Answering<IPresenceGrain>((method, arguments) =>
        {
            Assert.Equal(nameof(IPresenceGrain.Report), method.Name);
            var report = (PresenceReport)arguments[0]!;
            _reports.Writer.TryWrite(report);
            var forget = Notice is { } notice && notice.Number > report.NoticesSeen ? new[] { notice } : [];
            return Task.FromResult(new PresenceAnswer { Epoch = new Guid(1, 0, 0, new byte[8]), Forget = forget });
        });
    }
}
