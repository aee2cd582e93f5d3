using Microsoft.Extensions.Time.Testing;

namespace OrleansChat.Limits.Tests;

public sealed class LoadGateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LoadGate _gate;

    public LoadGateTests() => _gate = new LoadGate(maxCalls: 100, new LimitMetrics(), _time);

    [Fact]
    public void A_queue_that_is_too_long_takes_no_logins_first_and_then_nothing_more()
    {
        Begin(40);
        Assert.True(_gate.MayLogIn());
        var calls = Begin(59);
        Assert.False(_gate.MayLogIn());
        Assert.True(_gate.MayBegin());
        Begin(1);
        Assert.False(_gate.MayBegin());

        foreach (var call in calls) call.Dispose();
        Assert.True(_gate.MayBegin());
        Assert.True(_gate.MayLogIn());
    }

    [Fact]
    public void When_nothing_is_answered_any_more_new_work_is_refused_until_something_is()
    {
        var calls = Begin(LoadGate.FewCalls);
        _time.Advance(LoadGate.StallForLogins);
        Assert.False(_gate.MayLogIn());
        Assert.True(_gate.MayBegin());
        _time.Advance(LoadGate.Stall);
        // One a second tries.
        Assert.True(_gate.MayBegin());
        Assert.False(_gate.MayBegin());
        Assert.False(_gate.MayBegin());
        _time.Advance(LoadGate.StallForLogins);
        Assert.False(_gate.MayLogIn());
        Assert.True(_gate.MayBegin());
        Assert.False(_gate.MayBegin());

        calls[0].Answered();
        Assert.True(_gate.MayBegin());
        Assert.True(_gate.MayLogIn());
    }

    [Fact]
    public void When_all_have_given_up_the_next_ones_try_again()
    {
        var calls = Begin(LoadGate.FewCalls);
        _time.Advance(LoadGate.Stall);
        _gate.MayBegin();
        Assert.False(_gate.MayBegin());
        foreach (var call in calls) call.Dispose();
        Assert.True(_gate.MayBegin());

        // What went wrong before says nothing of those who begin now.
        Begin(LoadGate.FewCalls);
        Assert.True(_gate.MayBegin());
    }

    [Fact]
    public void A_few_may_wait_for_as_long_as_they_want()
    {
        Begin(LoadGate.FewCalls - 1);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_gate.MayBegin());
        Assert.True(_gate.MayLogIn());
    }

    [Fact]
    public void One_that_waits_for_long_does_not_speak_for_those_who_come_later()
    {
        Begin(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        Begin(LoadGate.FewCalls);
        Assert.True(_gate.MayBegin());
        Assert.True(_gate.MayLogIn());
    }

    private List<LoadGate.CallInFlight> Begin(int count) => [.. Enumerable.Range(0, count).Select(_ => _gate.Begin())];
}
