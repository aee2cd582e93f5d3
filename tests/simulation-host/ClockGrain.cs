using Orleans.Concurrency;
using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.SimulationHost.Tests;

/// <summary>A grain with a timer whose times the test sets.</summary>
public interface IClockGrain : IGrainWithStringKey
{
    /// <summary>Each tick notes "tick" and waits at the gate "tick".</summary>
    Task Start(TimeSpan dueTime, TimeSpan period, bool keepAlive);

    [AlwaysInterleave]
    Task Change(TimeSpan dueTime, TimeSpan period);

    Task End();
}

public sealed class ClockGrain : Grain, IClockGrain
{
    private IGrainTimer? _timer;

    private Probe Probe => Probe.For(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Probe.Note("activate");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note("deactivated");
        return Task.CompletedTask;
    }

    public Task Start(TimeSpan dueTime, TimeSpan period, bool keepAlive)
    {
        _timer = this.RegisterGrainTimer(
            async _ =>
            {
                Probe.Note("tick");
                await Probe.Pass("tick");
            },
            new GrainTimerCreationOptions(dueTime, period) { KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan dueTime, TimeSpan period)
    {
        _timer!.Change(dueTime, period);
        return Task.CompletedTask;
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
