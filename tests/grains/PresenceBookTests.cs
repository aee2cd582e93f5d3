using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains.Presence;

namespace OrleansChat.Grains.Tests;

/// <summary>The book that the presence grain keeps, by a clock of the test's.</summary>
public sealed class PresenceBookTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();
    private readonly PresenceBook _book;
    private long _number;

    public PresenceBookTests() => _book = new PresenceBook(Epoch, _time);

    [Fact]
    public void A_gateway_of_another_epoch_is_asked_for_everything()
    {
        All("g1");
        Assert.True(_book.Change(Report("g1", false, Held("s:1", "messi")) with { Epoch = Guid.NewGuid() }).ReportAll);
        Assert.Empty(_book.Online());

        All("g1", Held("s:1", "messi"));
        Assert.Equal(["messi"], _book.Online());
    }

    [Fact]
    public void Users_are_listed_once_in_the_order_in_which_they_came()
    {
        All("g1");
        Change("g1", Held("s:1", "messi"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Change("g1", Held("s:2", "henderson"), Held("s:3", "messi"));
        Assert.Equal(["messi", "henderson"], _book.Online());

        _book.Change(Report("g1", false) with { Dropped = ["s:1"] });
        Assert.Equal(["messi", "henderson"], _book.Online());
        _book.Change(Report("g1", false) with { Dropped = ["s:3"] });
        Assert.Equal(["henderson"], _book.Online());
    }

    [Fact]
    public void A_gateway_that_falls_silent_is_forgotten_when_its_lease_runs_out_and_not_before()
    {
        All("g1", Held("s:1", "messi"));
        _time.Advance(PresenceLease.Duration - TimeSpan.FromSeconds(1));
        _book.ForgetSilent();
        Assert.Equal(["messi"], _book.Online());

        _time.Advance(TimeSpan.FromSeconds(1));
        _book.ForgetSilent();
        Assert.Empty(_book.Online());
        Assert.True(_book.Change(Report("g1", false)).ReportAll);
    }

    [Fact]
    public void A_session_that_ended_does_not_come_back_by_a_late_report()
    {
        All("g1", Held("s:1", "messi"));
        All("g2");
        _book.End("s:1");
        Assert.Empty(_book.Online());

        Assert.Equal(["s:1"], Change("g2", Held("s:1", "messi")).Forget.Select(n => n.SessionKey));
        Assert.Empty(_book.Online());
    }

    [Fact]
    public void A_whole_report_counts_only_sessions_that_are_alive()
    {
        var answer = _book.Replace(Report("g1", true, Held("s:1", "messi"), Held("s:2", "lineker")), new HashSet<string> { "s:2" });

        Assert.Equal(["lineker"], _book.Online());
        Assert.Equal(["s:1"], answer.Forget.Select(n => n.SessionKey));
    }

    [Fact]
    public void A_session_that_ends_while_a_whole_report_is_looked_up_does_not_come_back_by_it()
    {
        All("g1", Held("s:1", "messi"));
        var alive = new HashSet<string> { "s:1" };
        _book.End("s:1");

        var answer = _book.Replace(Report("g1", true, Held("s:1", "messi")), alive);
        Assert.Empty(_book.Online());
        Assert.Contains("s:1", answer.Forget.Where(n => n.Ended).Select(n => n.SessionKey));
    }

    [Fact]
    public void A_session_whose_end_nobody_announced_leaves_with_the_next_whole_report()
    {
        All("g1", Held("s:1", "messi"));
        _book.Replace(Report("g1", true, Held("s:1", "messi")), new HashSet<string>());
        Assert.Empty(_book.Online());
    }

    [Fact]
    public void A_report_that_was_overtaken_is_ignored()
    {
        All("g1");
        var late = Report("g1", false, Held("s:1", "messi"));
        _book.Change(Report("g1", false));
        _book.Change(late);
        Assert.Empty(_book.Online());
    }

    private void All(string gateway, params HeldSession[] held) =>
        _book.Replace(Report(gateway, true, held), held.Select(h => h.SessionKey).ToHashSet());

    private PresenceAnswer Change(string gateway, params HeldSession[] held) => _book.Change(Report(gateway, false, held));

    private PresenceReport Report(string gateway, bool isAll, params HeldSession[] held) =>
        new() { Gateway = gateway, Epoch = Epoch, IsAll = isAll, Held = held, Number = ++_number };

    private HeldSession Held(string key, string user) => new(key, user, _time.GetUtcNow(), true, null, 0);
}
