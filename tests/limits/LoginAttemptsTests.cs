using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace OrleansChat.Limits.Tests;

public sealed class LoginAttemptsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LoginAttempts _logins;

    public LoginAttemptsTests() => _logins = new LoginAttempts(3, _time);

    [Fact]
    public void Who_was_wrong_too_often_is_not_heard_for_a_while_and_others_are()
    {
        Assert.Equal(3, CountTaken("198.51.100.7", 10));
        Assert.True(_logins.TryBegin("192.0.2.1"));

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_logins.TryBegin("198.51.100.7"));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, CountTaken("198.51.100.7", 10));
    }

    [Fact]
    public void A_right_password_makes_good_for_the_wrong_ones_before_it()
    {
        CountTaken("192.0.2.1", 2);
        Assert.True(_logins.TryBegin("192.0.2.1"));
        _logins.Succeeded("192.0.2.1");
        Assert.Equal(3, CountTaken("192.0.2.1", 10));
    }

    [Fact]
    public void What_was_not_checked_does_not_count()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.True(_logins.TryBegin("192.0.2.1"));
            _logins.NotChecked("192.0.2.1");
        }
    }

    [Fact]
    public void An_attacker_with_many_addresses_fills_no_memory_and_keeps_nobody_out()
    {
        for (var i = 0; i < LoginAttempts.MaxAddresses * 3; i++) CountTaken(i.ToString(CultureInfo.InvariantCulture), 4);
        Assert.True(_logins.AddressCount <= LoginAttempts.MaxAddresses);
        Assert.True(_logins.TryBegin("192.0.2.1"));
    }

    private int CountTaken(string address, int tries) => Enumerable.Range(0, tries).Count(_ => _logins.TryBegin(address));
}
