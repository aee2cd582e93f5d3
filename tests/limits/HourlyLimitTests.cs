using Microsoft.Extensions.Time.Testing;

namespace OrleansChat.Limits.Tests;

public sealed class HourlyLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_address_gets_as_many_as_it_may_in_any_hour_and_others_theirs()
    {
        var limit = new HourlyLimit(inAll: 5, ofAddress: 2, _time);
        Assert.True(limit.TryTake("a"));
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal([true, false, true], new[] { "a", "a", "b" }.Select(limit.TryTake));
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal([true, false], new[] { "a", "a" }.Select(limit.TryTake));
    }

    [Fact]
    public void All_together_get_no_more_than_they_may()
    {
        var limit = new HourlyLimit(inAll: 3, ofAddress: 2, _time);
        Assert.Equal([true, true, true, false], new[] { "a", "b", "c", "d" }.Select(limit.TryTake));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(limit.TryTake("d"));
    }

    [Fact]
    public void Of_unknown_addresses_only_all_together_are_limited()
    {
        var limit = new HourlyLimit(inAll: 3, ofAddress: 1, _time);
        Assert.Equal([true, true, true, false], new[] { "", "", "", "" }.Select(limit.TryTake));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var limit = new HourlyLimit(inAll: 2, ofAddress: 1, _time);
        Assert.True(limit.TryTake("a"));
        limit.GiveBack("a");
        limit.GiveBack("b");
        Assert.Equal([true, true, false], new[] { "a", "b", "c" }.Select(limit.TryTake));
    }

    [Fact]
    public void Nothing_is_limited_without_a_limit()
    {
        var limit = new HourlyLimit(inAll: 0, ofAddress: 0, _time);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(limit.TryTake("a")));
    }
}
