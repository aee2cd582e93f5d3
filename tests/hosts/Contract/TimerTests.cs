using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>Timers of grains.</summary>
public sealed class TimerTests(HostUnderTest host) : ContractTests(host)
{
    [Fact]
    public async Task A_timer_ticks_again_and_again_until_it_is_disposed()
    {
        var (grain, probe) = NewTimer();
        probe.Open("tick");
        await grain.Start(interleave: true).InTime();
        await probe.Happened("tock", times: 3);
        var ticks = await grain.Stop().InTime();
        Assert.Equal(ticks, await grain.Stop().InTime());
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        var (grain, probe) = NewTimer();
        await grain.StartOnce().InTime();
        await probe.Happened("tick");
        await grain.Stop().InTime();
        Assert.Equal(1, probe.Count("tick"));
    }

    [Fact]
    public async Task Ticks_do_not_overlap()
    {
        var (grain, probe) = NewTimer();
        await grain.Start(interleave: true).InTime();
        await probe.Happened("tick");
        for (var times = 0; times < 100; times++)
            Assert.Equal(1, await grain.Stop().InTime());
        probe.Open("tick");
        await probe.Happened("tock");
    }

    [Fact]
    public async Task A_tick_waits_for_a_request_and_a_request_for_a_tick()
    {
        var (grain, probe) = NewTimer();
        await grain.Start(interleave: false).InTime();
        await probe.Happened("tick");
        var plain = grain.Plain("plain");
        await grain.Stop().InTime();
        Assert.Equal(0, probe.Count("start plain"));
        probe.Open("tick");
        await probe.Happened("start plain");
        Assert.Equal(["tick", "tock", "start plain"], probe.Log);
        probe.Open("plain");
        await plain.InTime();
    }

    [Fact]
    public async Task A_tick_that_interleaves_runs_beside_a_request()
    {
        var (grain, probe) = NewTimer();
        await grain.Start(interleave: true).InTime();
        await probe.Happened("tick");
        var plain = grain.Plain("plain");
        await probe.Happened("start plain");
        probe.Open("tick");
        await probe.Happened("tick", times: 3);
        probe.Open("plain");
        await plain.InTime();
        await grain.Stop().InTime();
    }

    [Fact]
    public async Task A_timer_goes_on_after_a_tick_that_failed()
    {
        var (grain, probe) = NewTimer();
        await grain.StartFailing().InTime();
        await probe.Happened("tick", times: 3);
        await grain.Stop().InTime();
    }

    [Fact]
    public async Task A_timer_stops_when_its_grain_ends()
    {
        var (grain, probe) = NewTimer();
        probe.Open("tick");
        await grain.Start(interleave: false).InTime();
        await probe.Happened("tick", times: 2);
        await grain.End().InTime();
        await probe.Happened("deactivated");
        var log = probe.Log;
        Assert.Equal(0, await grain.Stop().InTime());
        Assert.Equal(log, probe.Log);
        Assert.Equal("deactivated", log[^1]);
    }

    [Fact]
    public async Task A_timer_of_the_start_ticks_in_the_next_instance_too()
    {
        var (grain, probe) = NewTimer("from-start");
        probe.Open("tick");
        await grain.Stop().InTime();
        await grain.End().InTime();
        await probe.Happened("deactivated");
        var ticks = probe.Count("tick");
        await grain.Plain(Opened(probe, "wake up")).InTime();
        await probe.Happened("tick", times: ticks + 1);
    }

    [Fact]
    public async Task A_timer_can_be_set_anew()
    {
        var (grain, probe) = NewTimer();
        probe.Open("tick");
        await grain.StartOnce().InTime();
        await probe.Happened("tick");
        await grain.TickOnceMore().InTime();
        await probe.Happened("tick", times: 2);
    }

    [Fact]
    public async Task A_grain_ends_only_when_its_tick_has_ended()
    {
        var (grain, probe) = NewTimer();
        await grain.Start(interleave: true).InTime();
        await probe.Happened("tick");
        await grain.End().InTime();
        var next = grain.Stop();
        Assert.DoesNotContain("deactivated", probe.Log);
        probe.Open("tick");
        await next.InTime();
        Assert.Equal(["tick", "tock", "deactivated"], probe.Log);
    }

    [Fact]
    public async Task A_grain_in_a_tick_is_in_use()
    {
        var (grain, probe) = NewTimer();
        var (unused, unusedProbe) = NewTimer();
        await unused.Stop().InTime();
        await grain.StartKeepAlive().InTime();
        await probe.Happened("tick");
        await CollectUnused().InTime();
        await unusedProbe.Happened("deactivated");
        probe.Open("tick");
        await probe.Happened("tock");
        Assert.NotEqual(0, await grain.Stop().InTime());
        Assert.DoesNotContain("deactivated", probe.Log);
    }

    private static string Opened(Probe probe, string gate)
    {
        probe.Open(gate);
        return gate;
    }

    private (ITimerGrain Grain, Probe Probe) NewTimer(string words = "plain")
    {
        var key = $"t:timer:{words}:{Guid.NewGuid()}";
        return (Grains.GetGrain<ITimerGrain>(key), Probe.For(key));
    }
}
