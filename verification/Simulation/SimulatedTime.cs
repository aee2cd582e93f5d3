namespace OrleansChat.Verification.Simulation;

/// <summary>A process's view of the time.</summary>
internal sealed class SimulatedTime(Scheduler scheduler, SimulatedProcess owner) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How wrong the wall clock is.</summary>
    public TimeSpan Offset { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => scheduler.Now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(scheduler.Now) + Offset;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(scheduler, owner, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer: when it is due, its callback waits to be run like everything else of its process.</summary>
internal sealed class SimulatedTimer(Scheduler scheduler, SimulatedProcess owner, TimerCallback callback, object? state) : ITimer
{
    private long _period = -1;

    public long Due { get; private set; } = -1;

    /// <summary>Whether a due time is the current one, not one from before a change.</summary>
    public bool IsSetFor(long due) => Due == due && !owner.IsDead;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period > TimeSpan.Zero ? period.Ticks : -1;
        Due = dueTime < TimeSpan.Zero ? -1 : scheduler.Now + dueTime.Ticks;
        if (Due >= 0) scheduler.Add(this);
        return true;
    }

    public void Fire()
    {
        var due = Due;
        Due = -1;
        owner.Post(static timer => ((SimulatedTimer)timer!).Run(), this);
        if (_period <= 0) return;
        Due = due + _period;
        scheduler.Add(this);
    }

    public void Dispose() => (Due, _period) = (-1, -1);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run() => callback(state);
}
