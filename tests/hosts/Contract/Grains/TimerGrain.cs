using Orleans.Concurrency;

namespace OrleansChat.Hosts.Tests.Contract.Grains;

[Alias("Tests.ITimerGrain")]
public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Starts a timer of a millisecond. Each tick notes "tick", waits at the gate "tick" and notes "tock".</summary>
    [Alias("Start")]
    Task Start(bool interleave);

    /// <summary>As <see cref="Start"/>, but each tick fails after its note.</summary>
    [Alias("StartFailing")]
    Task StartFailing();

    /// <summary>As <see cref="Start"/>, and ticks count as use.</summary>
    [Alias("StartKeepAlive")]
    Task StartKeepAlive();

    /// <summary>Sets the timer again: it ticks once, at once, and then no more.</summary>
    [Alias("TickOnceMore")]
    Task TickOnceMore();

    /// <summary>Starts a timer that ticks once.</summary>
    [Alias("StartOnce")]
    Task StartOnce();

    /// <summary>Stops the timer, and says how often it has ticked.</summary>
    [Alias("Stop"), AlwaysInterleave]
    Task<int> Stop();

    [Alias("End")]
    Task End();

    /// <summary>Notes "start NAME", waits at the gate NAME, notes "end NAME".</summary>
    [Alias("Plain")]
    Task Plain(string name);
}

public sealed class TimerGrain : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    private Probe Probe => Probe.For(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString().Contains("from-start", StringComparison.Ordinal))
            Start(interleave: false);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note("deactivated");
        return Task.CompletedTask;
    }

    public Task Start(bool interleave) => Start(interleave, keepAlive: false);

    public Task StartKeepAlive() => Start(interleave: false, keepAlive: true);

    public Task TickOnceMore()
    {
        _timer!.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task StartFailing()
    {
        _timer = this.RegisterGrainTimer(
            () =>
            {
                Probe.Note("tick");
                throw new InvalidOperationException("It fails each time.");
            },
            TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        return Task.CompletedTask;
    }

    public Task StartOnce()
    {
        _timer = this.RegisterGrainTimer(
            (note, _) =>
            {
                Probe.Note(note);
                return Task.CompletedTask;
            },
            "tick", new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    public Task<int> Stop()
    {
        _timer?.Dispose();
        return Task.FromResult(_ticks);
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Plain(string name)
    {
        Probe.Note($"start {name}");
        await Probe.Pass(name);
        Probe.Note($"end {name}");
    }

    private Task Start(bool interleave, bool keepAlive)
    {
        _timer = this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions
        {
            DueTime = TimeSpan.Zero,
            Period = TimeSpan.FromMilliseconds(1),
            Interleave = interleave,
            KeepAlive = keepAlive,
        });
        return Task.CompletedTask;
    }

    private async Task Tick(CancellationToken cancellationToken)
    {
        _ticks++;
        Probe.Note("tick");
        await Probe.Pass("tick");
        Probe.Note("tock");
    }
}
