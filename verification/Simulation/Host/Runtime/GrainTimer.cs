
namespace OrleansChat.Verification.Simulation.Host;

/// <summary>A timer of a grain. Each tick waits for its turn like a request; the next one is set when it has run.</summary>
internal sealed class GrainTimer : Request, IGrainTimer
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private TimeSpan _next;
    private TimeSpan _period;
    private volatile bool _ticking;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _options = options;
        _timer = activation.Silo.Time.CreateTimer(
            static timer => ((GrainTimer)timer!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Change(options.DueTime, options.Period);
    }

    public override bool Interleaves => _options.Interleave;

    public override bool IsReadOnly => false;

    public override bool CountsAsUse => _options.KeepAlive;

    public override bool IsInternal => true;

    public override bool IsOver => _disposed.IsCancellationRequested;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        _next = dueTime;
        _period = period;
        if (!_ticking)
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public override void Fail(Exception exception) => Dispose();

    public override void Answer(Task outcome)
    {
        if (outcome.Exception is { } exception && !IsOver)
            _activation.Silo.Log.TimerFailed(exception.GetBaseException(), _activation.ClassName);
        _ticking = false;
        if (!IsOver)
            _timer.Change(_next, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        if (IsOver)
            return;
        _timer.Dispose();
        _disposed.Cancel();
        _activation.RemoveTimer(this);
    }

    protected override Task InvokeAsync(ActivationScheduler receiver)
    {
        // If the callback calls Change, that time applies instead of the period.
        _next = _period;
        return _callback(_disposed.Token);
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan && (time < TimeSpan.Zero || time > MaxTime))
            throw new ArgumentOutOfRangeException(name);
    }

    private void Tick()
    {
        _ticking = true;
        _activation.TryEnqueue(this);
    }
}
