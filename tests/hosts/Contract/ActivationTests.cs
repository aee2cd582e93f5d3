using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>When a grain starts and when it ends.</summary>
public sealed class ActivationTests(HostUnderTest host) : ContractTests(host)
{
    [Fact]
    public async Task A_grain_is_activated_once_however_many_call_it_first()
    {
        var (grain, probe) = NewProbe();
        var key = await grain.GetKey().InTime();
        var (fresh, freshProbe) = NewProbe("slow-start");
        var calls = Enumerable.Range(0, 50).Select(_ => Task.Run(fresh.GetInstance)).ToArray();
        await freshProbe.Happened("activate");
        freshProbe.Open("activation");
        Assert.Single((await Task.WhenAll(calls).InTime()).Distinct());
        Assert.Equal(1, freshProbe.Count("activate"));
        Assert.Equal(1, probe.Count("activate"));
        Assert.StartsWith("t:plain:", key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_references_to_one_key_reach_the_same_instance()
    {
        var (grain, _) = NewProbe();
        var again = Grains.GetGrain<IProbeGrain>(grain.GetPrimaryKeyString());
        Assert.Equal(grain, again);
        Assert.Equal(await grain.GetInstance().InTime(), await again.GetInstance().InTime());
    }

    [Fact]
    public async Task Keys_are_case_sensitive()
    {
        var (grain, _) = NewProbe("case");
        var other = Grains.GetGrain<IProbeGrain>(grain.GetPrimaryKeyString().ToUpperInvariant());
        Assert.NotEqual(await grain.GetInstance().InTime(), await other.GetInstance().InTime());
    }

    [Fact]
    public async Task Requests_wait_until_the_grain_has_started()
    {
        var (grain, probe) = NewProbe("slow-start");
        Task[] plain = [grain.Plain("plain"), grain.Plain("plain")];
        var interleaving = grain.Interleaving("interleaving");
        await probe.Happened("activate");
        Assert.Equal(["activate"], probe.Log);
        probe.Open("activation");
        await probe.Happened("start plain");
        await probe.Happened("start interleaving");
        probe.Open("plain");
        probe.Open("interleaving");
        await Task.WhenAll([.. plain, interleaving]).InTime();
    }

    [Fact]
    public async Task A_grain_that_cannot_start_fails_its_callers_with_the_reason()
    {
        var (grain, _) = NewProbe("broken-start");
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.GetInstance().InTime());
        Assert.Equal("It does not start.", exception.Message);
    }

    [Fact]
    public async Task A_grain_that_could_not_start_is_started_anew_by_the_next_call()
    {
        var (grain, probe) = NewProbe("late-start");
        await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Next().InTime());
        Assert.Equal(1, await grain.Next().InTime());
        Assert.Equal(["activate", "activate"], probe.Log);
    }

    [Fact]
    public async Task A_grain_that_does_not_end_well_is_started_anew_all_the_same()
    {
        var (grain, probe) = await NewActiveProbe("broken-end");
        await grain.End().InTime();
        Assert.Equal(1, await grain.Next().InTime());
        Assert.Equal(["activate", "deactivate ApplicationRequested", "activate"], probe.Log);
    }

    [Fact]
    public async Task A_grain_that_ends_itself_is_started_afresh_by_the_next_call()
    {
        var (grain, probe) = NewProbe();
        var first = await grain.GetInstance().InTime();
        await grain.End().InTime();
        Assert.NotEqual(first, await grain.GetInstance().InTime());
        Assert.Equal(["activate", "deactivate ApplicationRequested", "deactivated", "activate"], probe.Log);
    }

    [Fact]
    public async Task After_a_grain_has_ended_old_and_new_references_reach_the_same_fresh_one()
    {
        var (grain, probe) = await NewActiveProbe();
        await grain.End().InTime();
        await probe.Happened("deactivated");
        var instance = await Grains.GetGrain<IProbeGrain>(grain.GetPrimaryKeyString()).GetInstance().InTime();
        Assert.Equal(instance, await grain.GetInstance().InTime());
        Assert.Equal(2, probe.Count("activate"));
    }

    [Fact]
    public async Task A_grain_ends_only_when_its_running_requests_are_done()
    {
        var (grain, probe) = await NewActiveProbe();
        var first = await grain.GetInstance().InTime();
        var interleaving = grain.Interleaving("interleaving");
        await probe.Happened("start interleaving");
        var last = grain.EndLater("last");
        await probe.Happened("start last");
        var next = grain.GetInstance();
        Assert.DoesNotContain("deactivated", probe.Log);

        probe.Open("last");
        await last.InTime();
        Assert.DoesNotContain("deactivated", probe.Log);
        probe.Open("interleaving");
        await interleaving.InTime();
        Assert.NotEqual(first, await next.InTime());
    }

    [Fact]
    public async Task Calls_that_come_while_a_grain_ends_go_to_the_fresh_one()
    {
        var (grain, probe) = await NewActiveProbe("slow-end");
        await grain.End().InTime();
        await probe.Happened("deactivate ApplicationRequested");
        var calls = Enumerable.Range(0, 50).Select(_ => grain.Next()).ToArray();
        probe.Open("deactivation");
        Assert.Equal(Enumerable.Range(1, 50), (await Task.WhenAll(calls).InTime()).Order());
        Assert.Equal(2, probe.Count("activate"));
    }

    [Fact]
    public async Task Calls_queued_behind_the_request_that_ends_a_grain_are_made_on_the_fresh_one()
    {
        var (grain, probe) = await NewActiveProbe();
        var last = grain.EndLater("last");
        await probe.Happened("start last");
        var calls = Enumerable.Range(0, 20).Select(_ => grain.Increment()).ToArray();
        probe.Open("last");
        await last.InTime();
        Assert.Equal(Enumerable.Range(1, 20), (await Task.WhenAll(calls).InTime()).Order());
    }

    [Fact]
    public async Task An_unused_grain_is_collected_and_a_busy_one_is_not()
    {
        var (unused, unusedProbe) = await NewActiveProbe();
        var (busy, busyProbe) = await NewActiveProbe();
        var running = busy.Plain("running");
        await busyProbe.Happened("start running");
        await CollectUnused().InTime();
        await unusedProbe.Happened("deactivated");
        Assert.Equal(1, unusedProbe.Count("deactivate ActivationIdle"));
        Assert.Equal(0, busyProbe.Count("deactivated"));
        busyProbe.Open("running");
        await running.InTime();
        Assert.Equal(2, await busy.Next().InTime());
        Assert.Equal(1, await unused.Next().InTime());
    }

    [Fact]
    public async Task A_grain_that_ends_itself_while_it_starts_serves_nobody()
    {
        var (grain, probe) = NewProbe("short-lived");
        await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => grain.Next().InTime());
        Assert.DoesNotContain("deactivated", probe.Log);
    }

    /// <summary>Which ones are refused is left open: Orleans does not promise to hand calls on in order.</summary>
    [Fact]
    public async Task Calls_that_one_ending_instance_after_another_leaves_over_are_refused_in_the_end()
    {
        var (grain, probe) = await NewActiveProbe();
        var gated = grain.EndLater("gate");
        await probe.Happened("start gate");
        var ends = Enumerable.Range(0, 20).Select(_ => grain.End()).ToArray();
        probe.Open("gate");
        await gated.InTime();
        await Task.WhenAll(ends).InTime().ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Contains(ends, end => end.IsCompletedSuccessfully);
        Assert.Contains(ends, end => end.IsFaulted);
        Assert.All(ends.Where(end => end.IsFaulted), end => Assert.IsType<OrleansMessageRejectionException>(end.Exception!.InnerException));
    }
}
