using Microsoft.Extensions.Time.Testing;

namespace OrleansChat.Limits.Tests;

public sealed class RateLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_gives_what_it_holds_and_then_what_it_gains()
    {
        var limit = new RateLimit(perSecond: 2, burst: 5, _time);

        Assert.Equal(3, limit.Take(3));
        Assert.Equal(2, limit.Left);
        Assert.Equal(2, limit.Take(3));
        Assert.Equal(0, limit.Take(1));
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.Equal(0, limit.Take(1));
        Assert.Equal(0, limit.Left);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, limit.Take(2));
        Assert.False(limit.IsFull);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(limit.IsFull);
        Assert.Equal(5, limit.Take(100));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_and_is_no_gain()
    {
        var limit = new RateLimit(perSecond: 1, burst: 2, _time);

        limit.GiveBack(5);
        Assert.Equal(2, limit.Take(5));
        limit.GiveBack(1);
        Assert.Equal(1, limit.Take(5));
    }

    [Fact]
    public void A_charge_beyond_what_there_is_says_how_long_it_takes_to_be_paid()
    {
        var limit = new RateLimit(perSecond: 10, burst: 10, _time);

        Assert.Equal(TimeSpan.Zero, limit.Charge(10));
        Assert.Equal(TimeSpan.FromSeconds(2), limit.Charge(20));
        Assert.Equal(0, limit.Left);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1.5), limit.Charge(5));
        Assert.Equal(0, limit.Take(1));
    }
}
