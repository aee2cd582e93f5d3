using OrleansChat.Verification.Simulation.Host;

namespace OrleansChat.Verification.Simulation;

/// <summary>
/// Something that can die or freeze on its own: a silo or a gateway; also the world of the clients, which does neither. Its posted
/// actions run with its own context, and never again once it is dead.
/// </summary>
internal sealed class SimulatedProcess : ITurnQueue
{
    private readonly List<(SendOrPostCallback Action, object? State)> _held = [];
    private readonly Scheduler _scheduler;

    public SimulatedProcess(Scheduler scheduler, string name)
    {
        (_scheduler, Name) = (scheduler, name);
        Context = new ProcessContext(this);
        Time = new SimulatedTime(scheduler, this);
    }

    public string Name { get; }

    public SynchronizationContext Context { get; }

    /// <summary>Its clock, which may be wrong and may jump; its timers follow the true time.</summary>
    public SimulatedTime Time { get; }

    public bool IsDead { get; private set; }

    public bool IsFrozen { get; private set; }

    public void Kill()
    {
        IsDead = true;
        _held.Clear();
    }

    public void Freeze() => IsFrozen = true;

    public void Resume()
    {
        IsFrozen = false;
        foreach (var (action, state) in _held) _scheduler.Post(this, action, state);
        _held.Clear();
    }

    /// <summary>Keeps an action until the process resumes; returns false if it is not frozen.</summary>
    public bool Hold(SendOrPostCallback action, object? state)
    {
        if (IsFrozen) _held.Add((action, state));
        return IsFrozen;
    }

    public void Post(SendOrPostCallback action, object? state = null) => _scheduler.Post(this, action, state);

    void ITurnQueue.Post(IThreadPoolWorkItem item) => Post(static item => ((IThreadPoolWorkItem)item!).Execute(), item);

    private sealed class ProcessContext(SimulatedProcess owner) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => owner.Post(d, state);

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new NotSupportedException("The simulation has one thread: it cannot wait for another.");

        public override SynchronizationContext CreateCopy() => this;
    }
}
