namespace OrleansChat.Hosts.Tests.Contract.Grains;

public sealed class ProbeGrain : Grain, IProbeGrain
{
    private readonly Guid _instance = Guid.NewGuid();
    private int _count;

    private Probe Probe => Probe.For(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Probe.Note("activate");
        if (this.GetPrimaryKeyString().Contains("slow-start", StringComparison.Ordinal))
            await Probe.Pass("activation");
        if (this.GetPrimaryKeyString().Contains("broken-start", StringComparison.Ordinal))
            throw new InvalidOperationException("It does not start.");
        if (this.GetPrimaryKeyString().Contains("late-start", StringComparison.Ordinal) && Probe.Count("activate") == 1)
            throw new InvalidOperationException("It does not start yet.");
        if (this.GetPrimaryKeyString().Contains("short-lived", StringComparison.Ordinal))
            DeactivateOnIdle();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note($"deactivate {reason.ReasonCode}");
        if (this.GetPrimaryKeyString().Contains("slow-end", StringComparison.Ordinal))
            await Probe.Pass("deactivation");
        if (this.GetPrimaryKeyString().Contains("broken-end", StringComparison.Ordinal))
            throw new InvalidOperationException("It does not end well.");
        Probe.Note("deactivated");
    }

    public Task Plain(string name) => Wait(name);

    public Task Interleaving(string name) => Wait(name);

    public Task Reading(string name) => Wait(name);

    public Task Slow(string name) => Wait(name);

    public async Task<int> Increment()
    {
        var count = _count;
        await Task.Yield();
        return _count = count + 1;
    }

    public Task<int> Next() => Task.FromResult(++_count);

    public ValueTask<int> NextValue() => ValueTask.FromResult(++_count);

    public async ValueTask FailValue(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public Task<Guid> GetInstance() => Task.FromResult(_instance);

    public async Task Fail(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public Task FailAtOnce(string message) => throw new InvalidOperationException(message);

    public async Task WaitForCancellation(CancellationToken cancellationToken)
    {
        var here = TaskScheduler.Current;
        await using var registration = cancellationToken.Register(
            () => Probe.Note(TaskScheduler.Current == here ? "cancelled on scheduler" : "cancelled elsewhere"));
        Probe.Note("waiting");
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public Task Stubborn(string name, CancellationToken cancellationToken) => Wait(name);

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task EndLater(string name)
    {
        DeactivateOnIdle();
        return Wait(name);
    }

    public Task CallSelf() => GrainFactory.GetGrain<IProbeGrain>(this.GetPrimaryKeyString()).Slow("self");

    public Task CallAndForget(string otherKey, string name)
    {
        _ = GrainFactory.GetGrain<IProbeGrain>(otherKey).Plain(name);
        return Task.CompletedTask;
    }

    public Task GoOn(string name)
    {
        _ = GoOnLater(TaskScheduler.Current);
        return Task.CompletedTask;

        async Task GoOnLater(TaskScheduler here)
        {
            await Probe.Pass(name);
            Probe.Note(TaskScheduler.Current == here ? "went on here" : "went on elsewhere");
        }
    }

    public async Task<bool> ResumesHere()
    {
        var here = TaskScheduler.Current;
        var stayed = here != TaskScheduler.Default;
        await Task.Run(() => stayed &= TaskScheduler.Current == TaskScheduler.Default);
        stayed &= TaskScheduler.Current == here;
        await Task.CompletedTask;
        stayed &= TaskScheduler.Current == here;
        await Task.Yield();
        stayed &= TaskScheduler.Current == here;
        await GrainFactory.GetGrain<IProbeGrain>(this.GetPrimaryKeyString() + "/other").Next();
        stayed &= TaskScheduler.Current == here;
        await Task.Factory.StartNew(() => stayed &= TaskScheduler.Current == here);
        return stayed;
    }

    public Task<string> GetKey() => Task.FromResult(this.GetPrimaryKeyString());

    public Task Notify(IProbeObserver observer, string what) => observer.Tell(what);

    private async Task Wait(string name)
    {
        Probe.Note($"start {name}");
        await Probe.Pass(name);
        Probe.Note($"end {name}");
    }
}
