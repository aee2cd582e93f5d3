using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>What callers get: answers, exceptions, cancellation, timeouts.</summary>
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
    public async Task A_failed_request_leaves_the_grain_as_it_was()
    {
        var (grain, _) = NewProbe();
        var instance = await grain.GetInstance().InTime();
        await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Fail("On purpose.").InTime());
        Assert.Equal(instance, await grain.GetInstance().InTime());
    }

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
    public async Task A_grain_that_calls_itself_and_waits_gets_a_timeout()
    {
        var (grain, _) = NewProbe();
        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallSelf().InTime());
    }

    [Fact]
    public async Task An_observer_is_called()
    {
        var (grain, _) = NewProbe();
        var observer = new Observer();
        var reference = Grains.CreateObjectReference<IProbeObserver>(observer);
        await grain.Notify(reference, "hello").InTime();
        Assert.Equal(["hello"], observer.Told);
        Grains.DeleteObjectReference<IProbeObserver>(reference);
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task An_observer_is_called_one_call_at_a_time_in_order()
    {
        var (grain, probe) = NewProbe();
        var observer = new Observer { Gate = probe.Pass("observer") };
        var reference = Grains.CreateObjectReference<IProbeObserver>(observer);
        var first = reference.Tell("first");
        var second = reference.Tell("second");
        await observer.Started.Task.InTime();
        Assert.Equal(["first"], observer.Told);
        probe.Open("observer");
        await Task.WhenAll(first, second).InTime();
        Assert.Equal(["first", "second"], observer.Told);
        await grain.Next().InTime();
        GC.KeepAlive(observer);
    }

    private sealed class Observer : IProbeObserver
    {
        public List<string> Told { get; } = [];

        public Task Gate { get; init; } = Task.CompletedTask;

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task Tell(string what)
        {
            Told.Add(what);
            Started.TrySetResult();
            await Gate;
        }
    }
}
