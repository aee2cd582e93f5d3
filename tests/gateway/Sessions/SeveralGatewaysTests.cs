using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains.Presence;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>The presence book where one session was accepted on several gateways: the highest number of a use decides.</summary>
public sealed class SeveralGatewaysTests
{
    private const string Key = "s:1";
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();
    private readonly PresenceBook _book;
    private long _number;

    public SeveralGatewaysTests()
    {
        _book = new PresenceBook(Epoch, _time);
        All("a");
        All("b");
    }

    [Fact]
    public void A_session_leaves_with_the_connection_that_accepted_it_last()
    {
        Change("a", Accepted(1));
        Change("b", Accepted(2));
        Assert.Equal(["messi"], _book.Online());

        Assert.Equal([(Key, false, 2)], Change("a").Forget.Select(n => (n.SessionKey, n.Ended, n.UseNumber)));
        Change("b", Left(2));
        Assert.Empty(_book.Online());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_login_connection_that_closes_does_not_take_the_session_from_where_it_was_accepted_later(bool byWholeReport)
    {
        Change("a", Accepted(1) with { LoggedIn = true });
        Change("b", Accepted(2));

        // It has not seen the notice yet; its clock may be ahead.
        var late = Accepted(1) with { AcceptedAt = _time.GetUtcNow().AddHours(1) };
        if (byWholeReport) All("a", late);
        else Change("a", late);
        Change("b");
        Assert.Empty(Change("b").Forget);

        Change("a", Left(1));
        Assert.Equal(["messi"], _book.Online());
        Change("b", Left(2));
        Assert.Empty(_book.Online());
    }

    [Fact]
    public void Reports_that_arrive_in_the_other_order_are_put_in_order()
    {
        Change("b", Accepted(2));
        Assert.Equal([2], Change("a", Accepted(1)).Forget.Select(n => n.UseNumber));
        Change("b", Left(2));
        Assert.Empty(_book.Online());
    }

    [Fact]
    public void An_older_acceptance_does_not_come_back_when_the_last_one_has_closed()
    {
        Change("b", Accepted(2));
        Change("b", Left(2));
        All("a", Accepted(1));
        Change("a", Accepted(1));
        Assert.Empty(_book.Online());

        Change("a", Accepted(3));
        Assert.Equal(["messi"], _book.Online());
    }

    [Fact]
    public void Nor_does_it_when_the_last_one_has_died_with_its_gateway()
    {
        Change("a", Accepted(1));
        Change("b", Accepted(2));
        _time.Advance(PresenceLease.Duration / 2);
        Change("a");
        _time.Advance(PresenceLease.Duration / 2);
        _book.ForgetSilent();
        Assert.Empty(_book.Online());

        Change("a", Accepted(1));
        Assert.Empty(_book.Online());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_book_that_starts_afresh_is_told_of_closed_acceptances_too(bool closedIsFirst)
    {
        var book = new PresenceBook(Guid.NewGuid(), _time);
        if (closedIsFirst) book.Replace(Report("b", true, Left(2)), new HashSet<string> { Key });
        book.Replace(Report("a", true, Accepted(1)), new HashSet<string> { Key });
        if (!closedIsFirst) book.Replace(Report("b", true, Left(2)), new HashSet<string> { Key });

        Assert.Empty(book.Online());
    }

    [Fact]
    public void A_session_that_was_accepted_elsewhere_stays_where_it_logged_in()
    {
        Change("a", Accepted(1) with { LoggedIn = true });
        Change("b", Accepted(2));
        Change("b", Left(2));
        Assert.Equal(["messi"], _book.Online());

        Change("a", Left(1));
        Assert.Empty(_book.Online());
    }

    [Fact]
    public void A_clock_that_is_set_neither_ends_a_lease_nor_prolongs_it()
    {
        var clock = new SkewedTime(_time);
        var book = new PresenceBook(Epoch, clock);
        book.Replace(Report("a", true, Accepted(1)), new HashSet<string> { Key });
        clock.Skew = TimeSpan.FromHours(1);
        book.ForgetSilent();
        Assert.Equal(["messi"], book.Online());

        clock.Skew = TimeSpan.FromHours(-1);
        _time.Advance(PresenceLease.Duration);
        book.ForgetSilent();
        Assert.Empty(book.Online());
    }

    private void All(string gateway, params HeldSession[] held) => _book.Replace(Report(gateway, true, held), new HashSet<string> { Key });

    private PresenceAnswer Change(string gateway, params HeldSession[] held) => _book.Change(Report(gateway, false, held));

    private PresenceReport Report(string gateway, bool isAll, params HeldSession[] held) =>
        new() { Gateway = gateway, Epoch = Epoch, IsAll = isAll, Held = held, Number = ++_number };

    private HeldSession Accepted(long use) => new(Key, "messi", _time.GetUtcNow(), false, _time.GetUtcNow(), use);

    private HeldSession Left(long use) => Accepted(use) with { AcceptedAt = null };
}
