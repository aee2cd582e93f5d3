using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.SimulationHost.Tests;

/// <summary>Limits, fairness, the way down.</summary>
public sealed class SiloTests
{
    private readonly string _key = $"h:{Guid.NewGuid()}";

    private Probe Probe => Probe.For(_key);

    [Fact]
    public void A_grain_takes_no_more_requests_than_it_may_have_unfinished() => Simulation.Run(
        async simulation =>
        {
            var grain = simulation.Grains.GetGrain<IProbeGrain>(_key);
            Task[] calls = [grain.Plain("gate"), grain.Next(), grain.Increment()];
            await Assert.ThrowsAsync<LimitExceededException>(() => grain.Next());
            Probe.Open("gate");
            await Task.WhenAll(calls);
            Assert.Equal(3, await grain.Next());
        },
        options => options.MaxUnfinishedRequests = 3);

    [Fact]
    public void A_grain_with_much_to_do_lets_others_come_between()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            Simulation.Run(
                async simulation =>
                {
                    var busy = simulation.Grains.GetGrain<IProbeGrain>(_key);
                    var calls = Enumerable.Range(0, 200).Select(_ => busy.Next()).ToArray();
                    await simulation.Grains.GetGrain<IProbeGrain>(_key + "/other").Next();
                    Assert.Contains(calls, call => !call.IsCompleted);
                    await Task.WhenAll(calls);
                },
                options => options.MaxTurnsInARow = 5,
                seed);
        }
    }

    /// <summary>Under Orleans it does overtake: calls that only read could keep the others out for ever.</summary>
    [Fact]
    public void A_reading_request_does_not_overtake_a_plain_one_that_waits() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IProbeGrain>(_key);
        var first = grain.Reading("first");
        var plain = grain.Plain("plain");
        var last = grain.Reading("last");
        await simulation.Settled();
        Assert.Equal(["activate", "start first"], Probe.Log);
        foreach (var name in new[] { "last", "plain", "first" })
            Probe.Open(name);
        await Task.WhenAll(first, plain, last);
        Assert.Equal(["end first", "start plain", "end plain", "start last", "end last"], Probe.Log.Skip(2));
    });

    /// <summary>With Orleans it may still be run.</summary>
    [Fact]
    public void A_call_that_is_cancelled_in_the_queue_is_not_run() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IProbeGrain>(_key);
        var first = grain.Plain("first");
        using var cancellation = new CancellationTokenSource();
        var call = grain.WaitForCancellation(cancellation.Token);
        await simulation.Settled();
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Probe.Open("first");
        await first;
        await grain.Increment();
        Assert.Equal(0, Probe.Count("waiting"));
    });

    /// <summary>Orleans does not promise it.</summary>
    [Fact]
    public void Calls_that_wait_while_a_grain_ends_are_made_on_the_fresh_one_in_order() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IProbeGrain>(_key + "slow-end");
        var probe = Probe.For(_key + "slow-end");
        await grain.End();
        await simulation.Settled();
        Assert.Equal(1, probe.Count("deactivate ApplicationRequested"));
        var calls = Enumerable.Range(0, 50).Select(_ => grain.Next()).ToArray();
        probe.Open("deactivation");
        Assert.Equal(Enumerable.Range(1, 50), await Task.WhenAll(calls));
    });

    [Fact]
    public void A_stop_waits_for_running_requests_refuses_new_ones_and_ends_every_grain() => Simulation.Run(async simulation =>
    {
        var grain = simulation.Grains.GetGrain<IProbeGrain>(_key);
        var running = grain.Plain("running");
        await simulation.Settled();
        var stop = simulation.Silo.StopAsync(CancellationToken.None);
        await simulation.Settled();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.Next());
        Assert.False(stop.IsCompleted);
        Assert.Equal(0, Probe.Count("deactivated"));

        Probe.Open("running");
        await running;
        await stop;
        Assert.Equal(["activate", "start running", "end running", "deactivate ShuttingDown", "deactivated"], Probe.Log);
    });

    [Fact]
    public void While_it_stops_a_running_request_may_still_call_others() => Simulation.Run(async simulation =>
    {
        var caller = simulation.Grains.GetGrain<IRelayGrain>(_key);
        var call = caller.Relay("gate", _key + "/other");
        await simulation.Settled();
        var stop = simulation.Silo.StopAsync(CancellationToken.None);
        Probe.Open("gate");
        Assert.Equal(1, await call);
        await stop;
        Assert.Equal(1, Probe.For(_key + "/other").Count("deactivated"));
    });

    [Fact]
    public void A_stop_does_not_wait_for_ever() => Simulation.Run(async simulation =>
    {
        var stuck = simulation.Grains.GetGrain<IRelayGrain>(_key).Relay("never", "");
        await simulation.Settled();
        var stop = simulation.Silo.StopAsync(CancellationToken.None);
        await simulation.Pass(2 * simulation.Silo.Options.DrainTimeout);
        await simulation.Pass(2 * simulation.Silo.Options.DrainTimeout);
        await stop;
        await Assert.ThrowsAsync<TimeoutException>(() => stuck);
    });

    [Fact]
    public void A_stopped_silo_refuses_calls() => Simulation.Run(async simulation =>
    {
        await simulation.Silo.StopAsync(CancellationToken.None);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => simulation.Grains.GetGrain<IProbeGrain>(_key).Next());
    });

    [Fact]
    public void A_grain_that_has_ended_leaves_nothing_behind() => Simulation.Run(async simulation =>
    {
        await simulation.Grains.GetGrain<IProbeGrain>(_key).Next();
        Assert.Contains(simulation.Silo.GrainFactory.Classes, grainClass => !grainClass.IsEmpty);
        await simulation.Grains.GetGrain<IProbeGrain>(_key).End();
        await simulation.Settled();
        Assert.All(simulation.Silo.GrainFactory.Classes, grainClass => Assert.True(grainClass.IsEmpty));
    });

    [Fact]
    public void An_observer_is_not_kept_alive() => Simulation.Run(async simulation =>
    {
        var reference = NewObserver(simulation.Grains);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Assert.ThrowsAsync<OrleansException>(() => reference.Tell("nobody"));
    });

    [Fact]
    public void An_observer_gets_its_next_call_when_the_last_one_has_ended() => Simulation.Run(async simulation =>
    {
        var observer = new Patient(_key);
        var reference = simulation.Grains.CreateObjectReference<IProbeObserver>(observer);
        Task[] calls = [reference.Tell("first"), reference.Tell("second")];
        await simulation.Settled();
        Assert.Equal(["first"], Probe.Log);
        Probe.Open("told");
        await Task.WhenAll(calls);
        Assert.Equal(["first", "second"], Probe.Log);
        GC.KeepAlive(observer);
    });

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static IProbeObserver NewObserver(IGrainFactory grains) => grains.CreateObjectReference<IProbeObserver>(new Deaf());

    private sealed class Deaf : IProbeObserver
    {
        public Task Tell(string what) => Task.CompletedTask;

        public Task TellBriefly(string what) => Tell(what);
    }

    private sealed class Patient(string key) : IProbeObserver
    {
        public Task Tell(string what)
        {
            Probe.For(key).Note(what);
            return Probe.For(key).Pass("told");
        }

        public Task TellBriefly(string what) => Tell(what);
    }
}
