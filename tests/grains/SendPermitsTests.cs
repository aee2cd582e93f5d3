using Microsoft.Extensions.Time.Testing;
using OrleansChat.Grains.Users;
using OrleansChat.Limits;

namespace OrleansChat.Grains.Tests;

/// <summary>Sessions that borrow from one account, as their grains do.</summary>
public sealed class SendPermitsTests
{
    private const int PerSecond = 20;
    private const int Burst = PerSecond * AccountLimits.BurstSeconds;

    private readonly FakeTimeProvider _time = new();
    private readonly RateLimit _account;
    private int _loans;

    public SendPermitsTests() => _account = SendPermits.OfAccount(PerSecond, _time);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_many_sessions_send_however_they_send_no_more_than_the_limit_in_sum(int seed)
    {
        var random = new Random(seed);
        var sessions = Enumerable.Range(0, 30).Select(_ => Session()).ToList();
        var sent = new List<(double At, int Count)>();
        for (var at = 0.0; at < 60;)
        {
            var step = random.NextDouble() * (random.Next(20) == 0 ? 5 : 0.1);
            _time.Advance(TimeSpan.FromSeconds(step));
            at += step;
            // Now all of them, now a few, now one alone.
            var session = sessions[random.Next(1 + random.Next(sessions.Count))];
            var count = await session.TakeAsync(1 + random.Next(random.Next(64) + 1));
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
        Assert.True(sent.Sum(s => s.Count) > PerSecond * 50, "Most of what is allowed is used, too.");
    }

    [Fact]
    public async Task A_session_at_a_steady_rate_waits_for_no_loan_and_borrows_but_seldom()
    {
        var session = Session();
        for (var i = 0; i < 3; i++) await session.TakeAsync(1);
        _loans = 0;
        for (var i = 0; i < 200; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.0 / (PerSecond - 1)));
            var taken = session.TakeAsync(1);
            Assert.True(taken.IsCompleted);
            Assert.Equal(1, await taken);
        }
        Assert.InRange(_loans, 1, 40);
    }

    [Fact]
    public async Task Who_has_sent_too_much_is_refused_the_rest_and_goes_on_when_the_account_has_gained_some()
    {
        var session = Session();
        var sent = 0;
        while (await session.TakeAsync(64) is > 0 and var taken) sent += taken;
        Assert.InRange(sent, Burst - (2 * PerSecond), Burst);
        Assert.Equal(0, await Session().TakeAsync(1));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PerSecond, await session.TakeAsync(64));
    }

    [Fact]
    public async Task Sessions_that_send_a_message_each_take_no_more_than_that()
    {
        for (var i = 0; i < Burst - (2 * PerSecond); i++) Assert.Equal(1, await Session().TakeAsync(1));
        Assert.Equal(0, await Session().TakeAsync(1));
    }

    [Fact]
    public async Task An_account_that_does_not_answer_is_an_error_and_costs_nothing()
    {
        var isThere = false;
        var session = new SendPermits(wanted => isThere ? Task.FromResult(wanted) : throw new TimeoutException(), PerSecond, _time);

        await Assert.ThrowsAsync<TimeoutException>(() => session.TakeAsync(1).AsTask());
        isThere = true;
        Assert.Equal(2, await session.TakeAsync(2));
    }

    private SendPermits Session() => new(
        wanted =>
        {
            _loans++;
            return Task.FromResult(_account.Take(wanted));
        },
        PerSecond,
        _time);
}
