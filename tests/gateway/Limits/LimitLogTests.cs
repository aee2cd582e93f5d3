using System.Globalization;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Limits;

/// <summary>What the log says of limits.</summary>
public sealed class LimitLogTests : IDisposable
{
    private readonly LimitMetrics _metrics = new();
    private readonly ProxyOptions _proxies = new();
    private readonly LogLines<LimitLog> _lines = new();
    private readonly LimitLog _log;

    public LimitLogTests() => _log = new LimitLog(new LimitOptions(), _proxies, _metrics, TimeProvider.System, _lines);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void The_addresses_are_named_the_most_frequent_first()
    {
        Hit(LimitNames.Logins, "198.51.100.1", 2);
        Hit(LimitNames.Logins, "203.0.113.7", 3);
        Assert.Equal("In the last minute the limit 'logins' was reached 5 times: 3 by 203.0.113.7, 2 by 198.51.100.1.", Said());
    }

    [Fact]
    public void Only_a_few_are_named_and_the_others_counted()
    {
        for (var i = 1; i <= 7; i++) Hit(LimitNames.Attempts, $"192.0.2.{i}", i);
        Assert.Equal("In the last minute the limit 'attempts' was reached 28 times: "
            + "7 by 192.0.2.7, 6 by 192.0.2.6, 5 by 192.0.2.5, 4 by 192.0.2.4, 3 by 192.0.2.3, 3 by others.", Said());
    }

    [Fact]
    public void However_many_addresses_there_are_only_so_many_are_kept()
    {
        Hit(LimitNames.Attempts, "203.0.113.7", 50);
        for (var i = 0; i < 5000; i++) Hit(LimitNames.Attempts, i.ToString(CultureInfo.InvariantCulture), 1);
        var taken = _metrics.TakeAddresses(LimitNames.Attempts);
        Assert.Equal(new("203.0.113.7", 50), taken.Known[0]);
        Assert.Equal(1000, taken.Known.Count);
        Assert.Equal(4001, taken.Others);
    }

    [Fact]
    public void Each_minute_counts_for_itself()
    {
        Hit(LimitNames.Logins, "203.0.113.7", 3);
        _log.Say();
        _log.Say();
        Assert.Single(_lines.Lines);
        Hit(LimitNames.Logins, "198.51.100.1", 1);
        Assert.StartsWith(
            "In the last minute the limit 'logins' was reached 1 times: 1 by 198.51.100.1.", Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nearly_all_come_from_one_address_it_may_be_a_proxy()
    {
        const string Hint = " If 203.0.113.7 is a proxy for many clients, name it in --trusted-proxies.";
        Hit(LimitNames.Logins, "203.0.113.7", 9);
        Hit(LimitNames.Logins, "198.51.100.1", 1);
        Assert.EndsWith(Hint, Said(), StringComparison.Ordinal);

        Hit(LimitNames.Logins, "203.0.113.7", 8);
        Hit(LimitNames.Logins, "198.51.100.1", 1);
        Assert.DoesNotContain(Hint, Said(), StringComparison.Ordinal);
        // Here its number of clients plays no part.
        Hit(LimitNames.LineTime, "203.0.113.7", 9);
        Assert.DoesNotContain(Hint, Said(), StringComparison.Ordinal);
        _proxies.Trusted = "10.0.0.0/8";
        Hit(LimitNames.Logins, "203.0.113.7", 9);
        Assert.DoesNotContain(Hint, Said(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_knows_who_it_was_nobody_is_named()
    {
        Hit(LimitNames.Overload, "", 4);
        Assert.Equal("In the last minute the limit 'overload' was reached 4 times.", Said());
    }

    private void Hit(string limit, string address, int times)
    {
        for (var i = 0; i < times; i++) _metrics.Hit(limit, address);
    }

    private string Said()
    {
        _log.Say();
        return _lines.Lines[^1]["Warning ".Length..];
    }
}
