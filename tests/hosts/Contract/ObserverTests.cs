using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>Objects outside the grains that grains call.</summary>
public sealed class ObserverTests(HostUnderTest host) : ContractTests(host)
{
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

    [Fact]
    public async Task Two_grains_reach_one_observer()
    {
        var ((one, _), (two, _)) = (NewProbe(), NewProbe());
        var observer = new Observer();
        var reference = Grains.CreateObjectReference<IProbeObserver>(observer);
        await one.Notify(reference, "one").InTime();
        await two.Notify(reference, "two").InTime();
        Assert.Equal(["one", "two"], observer.Told);
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task What_an_observer_throws_comes_back_through_the_grain_and_hurts_neither()
    {
        var (grain, probe) = NewProbe();
        var observer = new Observer { Gate = Task.FromException(new InvalidOperationException("Not now.")) };
        var reference = Grains.CreateObjectReference<IProbeObserver>(observer);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Notify(reference, "first").InTime());
        Assert.Equal("Not now.", exception.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Notify(reference, "second").InTime());
        Assert.Equal(["first", "second"], observer.Told);
        Assert.Equal(1, probe.Count("activate"));
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task A_call_to_an_observer_that_was_deleted_fails_and_is_not_made()
    {
        var (grain, _) = NewProbe();
        var observer = new Observer();
        var reference = Grains.CreateObjectReference<IProbeObserver>(observer);
        await grain.Notify(reference, "before").InTime();
        Grains.DeleteObjectReference<IProbeObserver>(reference);
        // At once or by its timeout: the hosts differ in that.
        await Assert.ThrowsAnyAsync<Exception>(() => reference.TellBriefly("after").WaitAsync(Patience.Limit));
        Assert.Equal(["before"], observer.Told);
        Assert.Equal(1, await grain.Next().InTime());
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

        public Task TellBriefly(string what) => Tell(what);
    }
}
