using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>What callers get: answers, exceptions, timeouts.</summary>
public sealed class CallTests(HostUnderTest host) : ContractTests(host)
{
    [Fact]
    public async Task An_exception_reaches_the_caller_with_its_message_and_the_stack_of_the_grain()
    {
        var (grain, _) = NewProbe();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Fail("On purpose.").InTime());
        Assert.Equal("On purpose.", exception.Message);
        Assert.Contains($"{nameof(ProbeGrain)}.{nameof(ProbeGrain.Fail)}", exception.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_before_the_first_await_comes_with_the_task()
    {
        var (grain, _) = NewProbe();
        var call = grain.FailAtOnce("On purpose.");
        Assert.Equal("On purpose.", (await Assert.ThrowsAsync<InvalidOperationException>(() => call.InTime())).Message);
    }

    [Fact]
    public async Task A_method_may_return_a_value_task()
    {
        var (grain, _) = NewProbe();
        Assert.Equal(1, await grain.NextValue().AsTask().InTime());
        Assert.Equal(2, await grain.NextValue().AsTask().InTime());
        Assert.Equal("On purpose.",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => grain.FailValue("On purpose.").AsTask().InTime())).Message);
    }

    [Fact]
    public async Task A_failed_request_leaves_the_grain_as_it_was()
    {
        var (grain, _) = NewProbe();
        var instance = await grain.GetInstance().InTime();
        await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Fail("On purpose.").InTime());
        Assert.Equal(instance, await grain.GetInstance().InTime());
    }

    [Fact]
    public async Task A_call_that_is_not_answered_in_time_fails_and_the_request_goes_on()
    {
        var (grain, probe) = await NewActiveProbe();
        var call = grain.Slow("slow");
        await probe.Happened("start slow");
        await Assert.ThrowsAsync<TimeoutException>(() => call.InTime());
        probe.Open("slow");
        await probe.Happened("end slow");
    }

    [Fact]
    public async Task A_request_that_timed_out_in_the_queue_is_not_run()
    {
        var (grain, probe) = await NewActiveProbe();
        var first = grain.Plain("first");
        await probe.Happened("start first");
        await Assert.ThrowsAsync<TimeoutException>(() => grain.Slow("slow").InTime());
        probe.Open("first");
        await first.InTime();
        await grain.Increment().InTime();
        Assert.Equal(0, probe.Count("start slow"));
    }

    [Fact]
    public async Task An_exception_keeps_its_type_also_through_a_second_grain()
    {
        var (grain, other) = (NewCaller(), NewCaller());
        var direct = await Assert.ThrowsAsync<ChainException>(() => grain.FailInItsOwnWay("On purpose.").InTime());
        var passedOn = await Assert.ThrowsAsync<ChainException>(
            () => grain.FailThrough(other.GetPrimaryKeyString(), "On purpose.").InTime());
        Assert.Equal(("On purpose.", "On purpose."), (direct.Message, passedOn.Message));
    }

    [Fact]
    public async Task A_method_may_wait_longer_than_the_method_that_it_calls()
    {
        var (grain, (other, probe)) = (NewCaller(), await NewActiveProbe());
        Assert.Equal("TimeoutException", await grain.TrySlow(other.GetPrimaryKeyString(), "slow").InTime());
        probe.Open("slow");
        await probe.Happened("end slow");
    }

    [Fact]
    public async Task A_grain_that_calls_itself_and_waits_gets_a_timeout()
    {
        var (grain, _) = NewProbe();
        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallSelf().InTime());
    }

    [Fact]
    public async Task A_cycle_of_calls_that_do_not_interleave_gets_a_timeout()
    {
        var (grain, other) = (NewCaller(), NewCaller());
        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallRound(other.GetPrimaryKeyString(), interleaving: false).InTime());
        Assert.Equal(1, await grain.CallRound(other.GetPrimaryKeyString(), interleaving: true).InTime());
    }

    [Fact]
    public async Task What_is_immutable_is_handed_over_as_it_is()
    {
        var sent = new SealedNumbers([1, 2, 3]);
        Assert.Same(sent, await NewCaller().Echo(sent).InTime());
    }

    private IChainGrain NewCaller() => Grains.GetGrain<IChainGrain>($"t:chain:{Guid.NewGuid()}");
}
