using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using static OrleansChat.Gateway.Tests.Sessions.LeasingGrains;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>Sessions of one account, on connections of several gateways, that borrow from it.</summary>
public sealed class SendPermitsTests
{
    private const int Burst = PerSecond * 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly LeasingGrains _grains;

    public SendPermitsTests() => _grains = new LeasingGrains(_time, _time.Advance);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_many_sessions_send_however_they_send_no_more_than_the_limit_in_sum(int seed)
    {
        var random = new Random(seed);
        var sessions = Enumerable.Range(0, 30).Select(_ => _grains.Connect()).ToList();
        var sent = new List<(double At, int Count)>();
        for (var at = 0.0; at < 60;)
        {
            var step = random.NextDouble() * (random.Next(20) == 0 ? 5 : 0.1);
            _time.Advance(TimeSpan.FromSeconds(step));
            at += step;
            // Now all of them, now a few, now one alone.
            var session = sessions[random.Next(1 + random.Next(sessions.Count))];
            var count = await SendAsync(session, 1 + random.Next(random.Next(64) + 1));
            if (count > 0) sent.Add((at, count));
        }

        for (var from = 0; from < sent.Count; from++)
        {
            var sum = 0;
            for (var to = from; to < sent.Count; to++)
            {
                sum += sent[to].Count;
                Assert.True(sum <= Burst + (PerSecond * (sent[to].At - sent[from].At)) + 1, $"{sum} in {sent[to].At - sent[from].At} s");
            }
        }
        Assert.True(sent.Sum(s => s.Count) > PerSecond * 45, "Most of what is allowed is used, too.");
    }

    [Fact]
    public async Task A_steady_sender_asks_the_session_about_once_a_second()
    {
        var session = _grains.Connect();
        for (var i = 0; i < 3; i++) await SendAsync(session);
        _grains.Leases = 0;
        for (var i = 0; i < 200; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.0 / (PerSecond - 1)));
            Assert.Equal(1, await SendAsync(session));
        }
        Assert.InRange(_grains.Leases, 1, 20);
    }

    [Fact]
    public async Task Whose_account_has_no_limit_asks_the_session_every_two_seconds()
    {
        _grains.Rate = 0;
        var session = _grains.Connect();
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(64, await SendAsync(session, 64));
            _time.Advance(Second / 10);
        }
        Assert.Equal(6, _grains.Leases);
    }

    [Fact]
    public async Task Who_has_sent_too_much_is_refused_the_rest_and_goes_on_when_the_account_has_gained_some()
    {
        var session = _grains.Connect();
        var sent = 0;
        while (await SendAsync(session, 64) is > 0 and var count) sent += count;
        Assert.InRange(sent, Burst - (2 * PerSecond), Burst);
        Assert.Equal(0, await SendAsync(_grains.Connect()));

        _time.Advance(Second);
        Assert.Equal(PerSecond, await SendAsync(session, 64));
    }

    [Fact]
    public async Task Long_messages_cost_more_but_never_more_than_an_account_can_lend()
    {
        _grains.Rate = 1;
        var session = _grains.Connect();
        var reply = await session.SendAsync([Message(64 << 10), Message()], isRepetition: false);
        Assert.Equal([SendStatus.Sent, SendStatus.TooManySends], reply.Statuses);
    }

    [Fact]
    public async Task A_repetition_needs_no_permit()
    {
        var session = _grains.Connect();
        while (await SendAsync(session, 64) > 0) { }
        var reply = await session.SendAsync([Message()], isRepetition: true);
        Assert.Equal([SendStatus.Sent], reply.Statuses);
    }
}
