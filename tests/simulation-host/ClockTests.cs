using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.SimulationHost.Tests;

/// <summary>Timeouts, collection and timers by a clock that the test moves.</summary>
public sealed class ClockTests
{
    private readonly string _key = $"c:{Guid.NewGuid()}";

    private Probe Probe => Probe.For(_key);

    [Fact]
    public void A_call_times_out_after_the_response_timeout_and_not_before() => Simulation.Run(async simulation =>
    {
        var call = simulation.Grains.GetGrain<IProbeGrain>(_key).Plain("never");
        await simulation.Pass(simulation.Silo.Options.ResponseTimeout);
        Assert.False(call.IsCompleted);
        await simulation.Pass(2 * simulation.Silo.Options.ClockPeriod);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Probe.Open("never");
    });

    [Fact]
    public void A_method_may_have_a_timeout_of_its_own() => Simulation.Run(async simulation =>
    {
        var call = simulation.Grains.GetGrain<IProbeGrain>(_key).Slow("never");
        await simulation.Pass(TimeSpan.FromSeconds(1.5));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Probe.Open("never");
    });

    [Fact]
    public void A_grain_that_calls_itself_and_waits_times_out_and_goes_on() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IProbeGrain>(_key);
        var call = grain.CallSelf();
        await simulation.Pass(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Equal(1, await grain.Increment());
        Assert.Equal(0, Probe.Count("start self"));
    });

    [Fact]
    public void A_grain_is_collected_when_it_was_not_used_for_the_collection_age() => Simulation.Run(
        async simulation =>
        {
            var grain = simulation.Grains.GetGrain<IProbeGrain>(_key);
            await grain.Next();
            await simulation.Pass(TimeSpan.FromMinutes(4));
            await grain.Next();
            await simulation.Pass(TimeSpan.FromMinutes(4.9));
            Assert.Equal(0, Probe.Count("deactivated"));
            await simulation.Pass(TimeSpan.FromMinutes(1.2));
            Assert.Equal(1, Probe.Count("deactivate ActivationIdle"));
            Assert.Equal(1, await grain.Next());
        },
        options => options.CollectionAge = TimeSpan.FromMinutes(5));

    [Theory, InlineData(false, 1), InlineData(true, 0)]
    public void A_timer_keeps_its_grain_only_if_it_is_told_to(bool keepAlive, int ends) => Simulation.Run(
        async simulation =>
        {
            Probe.Open("tick");
            await simulation.Grains.GetGrain<IClockGrain>(_key).Start(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), keepAlive);
            for (var minute = 0; minute < 20; minute++)
                await simulation.Pass(TimeSpan.FromMinutes(1));
            Assert.Equal(ends, Probe.Count("deactivated"));
        },
        options => options.CollectionAge = TimeSpan.FromMinutes(5));

    [Fact]
    public void The_period_of_a_timer_begins_when_its_tick_has_ended() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IClockGrain>(_key);
        await grain.Start(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), keepAlive: false);
        await simulation.Pass(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, Probe.Count("tick"));
        await simulation.Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, Probe.Count("tick"));

        await simulation.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(1, Probe.Count("tick"));
        Probe.Open("tick");
        await simulation.Settled();
        await simulation.Pass(TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, Probe.Count("tick"));
        await simulation.Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, Probe.Count("tick"));
    });

    [Fact]
    public void A_timer_can_be_set_anew() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IClockGrain>(_key);
        Probe.Open("tick");
        await grain.Start(TimeSpan.FromHours(1), TimeSpan.FromHours(1), keepAlive: false);
        await grain.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        await simulation.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Probe.Count("tick"));
        await simulation.Pass(TimeSpan.FromHours(3));
        Assert.Equal(1, Probe.Count("tick"));
    });

    [Fact]
    public void A_timer_that_is_set_anew_during_a_tick_waits_from_its_end() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IClockGrain>(_key);
        await grain.Start(TimeSpan.Zero, TimeSpan.FromHours(1), keepAlive: false);
        await simulation.Settled();
        await grain.Change(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        await simulation.Pass(TimeSpan.FromSeconds(5));
        Probe.Open("tick");
        await simulation.Settled();
        Assert.Equal(1, Probe.Count("tick"));
        await simulation.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Probe.Count("tick"));
    });

    [Fact]
    public void The_timers_of_a_grain_end_with_it_and_do_not_start_it_again() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IClockGrain>(_key);
        Probe.Open("tick");
        await grain.Start(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), keepAlive: false);
        await simulation.Pass(TimeSpan.FromSeconds(1));
        Task[] calls = [grain.End(), grain.Start(TimeSpan.FromHours(1), TimeSpan.FromHours(1), keepAlive: false)];
        await Task.WhenAll(calls);
        await simulation.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["activate", "tick", "deactivated", "activate"], Probe.Log);
        await grain.End();
        await simulation.Pass(TimeSpan.FromHours(2));
        Assert.Equal(["activate", "tick", "deactivated", "activate", "deactivated"], Probe.Log);
    });

    [Fact]
    public void An_activation_that_takes_too_long_is_given_up() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IProbeGrain>(_key + "slow-start");
        var call = grain.Next();
        await simulation.Pass(simulation.Silo.Options.ActivationTimeout);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        Probe.For(_key + "slow-start").Open("activation");
        Assert.Equal(1, await grain.Next());
        Assert.Equal(2, Probe.For(_key + "slow-start").Count("activate"));
    });
}
