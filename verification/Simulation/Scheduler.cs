namespace OrleansChat.Verification.Simulation;

/// <summary>
/// The single thread of a simulation: the seed decides which runnable step runs next; if there is none, time passes to the next timer.
/// </summary>
internal sealed class Scheduler(int seed)
{
    private readonly List<(SimulatedProcess Owner, SendOrPostCallback Action, object? State)> _ready = [];
    private readonly PriorityQueue<object, (long Due, long Order)> _events = new();
    private long _order;
    private ulong _trace = 14695981039346656037;

    /// <summary>The source of every choice.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Ticks of 100 ns since the simulation began.</summary>
    public long Now { get; private set; }

    /// <summary>The number of steps that have run.</summary>
    public long Steps { get; private set; }

    /// <summary>A hash of every choice: two runs with one seed have the same hash.</summary>
    public ulong Trace => _trace;

    /// <summary>Makes an action of a process runnable; it runs at some time.</summary>
    public void Post(SimulatedProcess owner, SendOrPostCallback action, object? state)
    {
        if (!owner.IsDead) _ready.Add((owner, action, state));
    }

    public void Add(SimulatedTimer timer) => _events.Enqueue(timer, (timer.Due, ++_order));

    /// <summary>
    /// Runs an action that belongs to no process at exactly this time; actions of one time run in the order of the calls.
    /// </summary>
    public void At(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay.Ticks, ++_order));

    /// <summary>A random time between the two, most often a short one.</summary>
    public TimeSpan Delay(TimeSpan least, TimeSpan most)
    {
        var share = Random.NextDouble();
        return least + (most - least) * share * share * share;
    }

    /// <summary>Runs one step. Returns false if nothing is left to run, ever.</summary>
    public bool RunStep()
    {
        // Sometimes time passes although a step could run: processors are slow at times.
        while (_events.TryPeek(out var next, out var time) && (_ready.Count == 0 || Random.Next(64) == 0))
        {
            _events.Dequeue();
            if (next is SimulatedTimer timer && !timer.IsSetFor(time.Due)) continue;
            Now = Math.Max(Now, time.Due);
            if (next is SimulatedTimer due) due.Fire();
            else ((Action)next)();
            if (_ready.Count > 0) break;
        }
        if (_ready.Count == 0) return false;

        var index = Random.Next(_ready.Count);
        var (owner, action, state) = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (owner.IsDead) return true;
        if (owner.Hold(action, state)) return true;
        _trace = (_trace ^ (uint)index ^ ((ulong)_ready.Count << 20) ^ ((ulong)Now << 32)) * 1099511628211;
        Steps++;
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(owner.Context);
        try
        {
            action(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
        return true;
    }
}
