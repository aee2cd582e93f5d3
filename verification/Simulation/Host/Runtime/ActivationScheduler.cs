
namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// Runs requests and their continuations in turns: in order of arrival, one at a time, on any thread.
/// </summary>
/// <remarks>
/// It is a <see cref="TaskScheduler"/>, so code that a request awaits resumes here. Requests start only at the top of the loop, never
/// inside another request's turn: so they inherit neither its stack nor its execution context.
/// </remarks>
internal abstract class ActivationScheduler(SimulatedSilo silo) : TaskScheduler, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<object> _items = new();
    private bool _posted;
    private bool _closed;
    private int _unfinished;
    private int _thread;

    public SimulatedSilo Silo => silo;

    public sealed override int MaximumConcurrencyLevel => 1;

    /// <summary>The object on which the requests are invoked.</summary>
    public abstract object Target { get; }

    /// <summary>Takes a request, or fails it if there are too many. Returns false if this scheduler is closed for good.</summary>
    public bool TryEnqueue(Request request)
    {
        if (Interlocked.Increment(ref _unfinished) > silo.Options.MaxUnfinishedRequests && !request.IsInternal)
        {
            Interlocked.Decrement(ref _unfinished);
            request.Fail(new LimitExceededException("The grain has too many unfinished requests."));
            return true;
        }

        request.Receiver = this;
        if (Enqueue(request, isRequest: true))
            return true;
        Interlocked.Decrement(ref _unfinished);
        return false;
    }

    void IThreadPoolWorkItem.Execute()
    {
        // A synchronization context would take continuations away from this scheduler. Pool threads have none.
        var context = SynchronizationContext.Current;
        if (context is not null)
            SynchronizationContext.SetSynchronizationContext(null);
        if (RunTurns())
            silo.Turns.Post(this);
        if (context is not null)
            SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <summary>Runs in a turn after the invocation has ended.</summary>
    public abstract void OnCompleted(Request request, Task outcome);

    /// <summary>Runs an action in a turn of this scheduler, now; only the top of the loop may call it.</summary>
    protected void RunNow(Action<object?> action, object? state) => new Task(action, state).RunSynchronously(this);

    protected abstract void Receive(Request request);

    /// <summary>Runs after every item, and starts the requests that it has made possible.</summary>
    protected abstract void StartWaiting();

    /// <summary>Records that a request has left, finished or dropped.</summary>
    protected void OnLeft() => Interlocked.Decrement(ref _unfinished);

    /// <summary>Refuses requests from now on, unless some have arrived already.</summary>
    protected bool TryClose()
    {
        lock (_gate)
            return _closed = !_items.Any(item => item is Request);
    }

    protected sealed override void QueueTask(Task task) => Enqueue(task, isRequest: false);

    protected sealed override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => _thread == Environment.CurrentManagedThreadId && TryExecuteTask(task);

    protected sealed override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
            return [.. _items.OfType<Task>()];
    }

    private bool Enqueue(object item, bool isRequest)
    {
        lock (_gate)
        {
            if (_closed && isRequest)
                return false;
            _items.Enqueue(item);
            if (_posted)
                return true;
            _posted = true;
        }

        silo.Turns.Post(this);
        return true;
    }

    /// <summary>Returns true if turns are left over.</summary>
    private bool RunTurns()
    {
        _thread = Environment.CurrentManagedThreadId;
        for (var turns = silo.Options.MaxTurnsInARow; ; turns--)
        {
            object? item;
            lock (_gate)
            {
                if (_items.Count == 0 || turns == 0)
                {
                    _thread = 0;
                    return _posted = _items.Count > 0;
                }

                item = _items.Dequeue();
            }

            if (item is Task task)
                TryExecuteTask(task);
            else
                Receive((Request)item);
            StartWaiting();
        }
    }
}
