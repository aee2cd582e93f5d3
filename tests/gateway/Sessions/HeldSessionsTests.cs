using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>What a gateway believes to be on its connections.</summary>
public sealed class HeldSessionsTests
{
    private const string Key = "s:1";

    private readonly FakeTimeProvider _time = new();
    private readonly HeldSessions _held;
    private readonly ClientSession _first = IdleClient.Create("1");
    private readonly ClientSession _second = IdleClient.Create("2");

    public HeldSessionsTests() => _held = new HeldSessions(_time);

    [Fact]
    public void A_notice_takes_away_what_was_accepted_before_it()
    {
        Accept(_first, 1);
        _held.Take(new PresenceNotice(1, Key, Ended: false, UseNumber: 2));

        Assert.Equal([(false, false, 1)], Said());
        Assert.Null(_first.ReportedSession);
    }

    [Fact]
    public void A_notice_that_comes_late_does_not_take_away_what_was_accepted_after_it()
    {
        Accept(_first, 1);
        Accept(_first, 3);
        _held.Take(new PresenceNotice(1, Key, Ended: false, UseNumber: 2));

        Assert.Equal([(false, true, 3)], Said());
        Assert.Equal(Key, _first.ReportedSession);
    }

    [Fact]
    public void A_later_use_that_was_no_news_counts_against_a_notice_and_is_reported_then()
    {
        Accept(_first, 1);
        _held.TakeChanges();
        _held.UsedAgain(_first, Key, 3);
        Assert.False(_held.HasChanges);

        _held.Take(new PresenceNotice(1, Key, Ended: false, UseNumber: 2));
        Assert.True(_held.HasChanges);
        Assert.Equal([(false, true, 3)], Said());
    }

    [Fact]
    public void A_use_on_a_connection_that_no_longer_has_the_session_changes_nothing()
    {
        Accept(_first, 1);
        Accept(_second, 2);
        _held.UsedAgain(_first, Key, 3);
        Assert.Equal([(false, true, 2)], Said());
    }

    [Fact]
    public void A_notice_leaves_the_session_where_it_logged_in()
    {
        _held.LoggedIn(_first, Key, "messi");
        Accept(_second, 1);
        _held.Take(new PresenceNotice(1, Key, Ended: false, UseNumber: 2));

        Assert.Equal([(true, false, 1)], Said());
    }

    [Fact]
    public void Answers_that_overtake_each_other_leave_the_session_on_the_connection_that_used_it_last()
    {
        Accept(_second, 2);
        Assert.False(Accept(_first, 1));
        Assert.Null(_first.ReportedSession);

        _held.Closed(_first);
        Assert.Equal([(false, true, 2)], Said());
        _held.Closed(_second);
        Assert.Equal([(false, false, 2)], Said());
    }

    [Fact]
    public void An_answer_that_comes_after_the_last_connection_has_closed_brings_nothing_back()
    {
        Accept(_second, 2);
        _held.Closed(_second);
        Assert.False(Accept(_first, 1));

        Assert.Equal([(false, false, 2)], Said());
    }

    [Fact]
    public void A_use_elsewhere_on_the_gateway_makes_the_next_one_news_again()
    {
        Accept(_first, 1);
        Accept(_second, 2);
        Assert.Null(_first.ReportedSession);
        Assert.Equal(Key, _second.ReportedSession);
    }

    [Fact]
    public void A_closed_acceptance_is_remembered_for_a_while_and_then_forgotten()
    {
        Accept(_first, 1);
        _held.Closed(_first);
        _time.Advance(HeldSessions.RememberLeft - TimeSpan.FromSeconds(1));
        _held.ForgetLeft();
        Assert.Single(Said());

        _time.Advance(TimeSpan.FromSeconds(1));
        _held.ForgetLeft();
        Assert.Empty(Said());
    }

    [Fact]
    public void A_session_that_ended_is_forgotten_at_once_and_so_is_one_that_only_logged_in()
    {
        Accept(_first, 1);
        Assert.True(_held.Ended(Key));
        _held.LoggedIn(_first, "s:2", "messi");
        _held.Closed(_first);

        var (held, dropped) = _held.TakeChanges();
        Assert.Empty(held);
        Assert.Equal([Key, "s:2"], dropped.Order());
        Assert.Empty(Said());
    }

    [Fact]
    public void Who_comes_back_came_when_they_came_back()
    {
        Accept(_first, 1);
        _held.Closed(_first);
        _time.Advance(TimeSpan.FromSeconds(5));
        Accept(_second, 2);

        Assert.Equal(_time.GetUtcNow(), _held.All().Single().Since);
    }

    private bool Accept(ClientSession connection, long number) => _held.Accepted(connection, Key, new SessionUse("messi", true, number));

    private (bool LoggedIn, bool IsAccepted, long UseNumber)[] Said() =>
        [.. _held.All().Select(h => (h.LoggedIn, h.AcceptedAt is not null, h.UseNumber))];
}
