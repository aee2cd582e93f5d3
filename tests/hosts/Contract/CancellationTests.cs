using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>Tokens of callers: what reaches the grain, what the caller gets, and when.</summary>
public sealed class CancellationTests(HostUnderTest host) : ContractTests(host)
{
    [Fact]
    public async Task Cancellation_reaches_the_grain_in_its_turn_and_the_caller_at_once()
    {
        var (grain, probe) = NewProbe();
        using var cancellation = new CancellationTokenSource();
        var call = grain.WaitForCancellation(cancellation.Token);
        await probe.Happened("waiting");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        await probe.Happened("cancelled on scheduler");
        Assert.Equal(1, await grain.Next().InTime());
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_is_not_made()
    {
        var (grain, probe) = NewProbe();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => grain.WaitForCancellation(new CancellationToken(canceled: true)).InTime());
        await grain.Next().InTime();
        Assert.Equal(0, probe.Count("waiting"));
    }

    /// <summary>Whether it still starts is left open: with Orleans the cancellation may come to the queue after its turn has.</summary>
    [Fact]
    public async Task A_call_that_is_cancelled_in_the_queue_does_not_wait_for_its_turn_and_holds_up_nobody()
    {
        var (grain, probe) = await NewActiveProbe();
        var first = grain.Plain("first");
        await probe.Happened("start first");
        using var cancellation = new CancellationTokenSource();
        var call = grain.WaitForCancellation(cancellation.Token);
        // By now the call before it is in the queue.
        await grain.Next().InTime();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        Assert.False(first.IsCompleted);
        probe.Open("first");
        await first.InTime();
        await grain.Increment().InTime();
    }

    [Fact]
    public async Task A_grain_that_does_not_look_at_its_token_keeps_its_turn_and_the_caller_does_not_wait_for_it()
    {
        var (grain, probe) = await NewActiveProbe();
        using var cancellation = new CancellationTokenSource();
        var stubborn = grain.Stubborn("stubborn", cancellation.Token);
        await probe.Happened("start stubborn");
        var next = grain.Increment();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stubborn.InTime());
        await grain.Next().InTime();
        Assert.False(next.IsCompleted);
        probe.Open("stubborn");
        await next.InTime();
        Assert.Equal(1, probe.Count("end stubborn"));
    }

    [Fact]
    public async Task A_token_that_a_grain_passes_on_is_cancelled_in_the_next_grain_too()
    {
        var (grain, probe) = NewProbe();
        var caller = Grains.GetGrain<IChainGrain>($"t:chain:{Guid.NewGuid()}");
        using var cancellation = new CancellationTokenSource();
        var call = caller.WaitThrough(grain.GetPrimaryKeyString(), cancellation.Token);
        await probe.Happened("waiting");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        await probe.Happened("cancelled on scheduler");
    }

    [Fact]
    public async Task A_token_that_is_cancelled_after_the_answer_changes_nothing()
    {
        var (grain, probe) = NewProbe();
        probe.Open("done");
        using var cancellation = new CancellationTokenSource();
        await grain.Stubborn("done", cancellation.Token).InTime();
        await cancellation.CancelAsync();
        Assert.Equal(1, await grain.Next().InTime());
    }
}
