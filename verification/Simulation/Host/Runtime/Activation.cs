using Orleans.Storage;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// One grain: its queue of requests, and the instance that runs them while it is active.
/// </summary>
/// <remarks>
/// Inactive → Activating → Active → Deactivating → Inactive; the first request activates. The object outlives its instances as long
/// as requests keep coming, which keeps them in order from one instance to the next; when none is left it is closed, and the next
/// caller makes a new one. Only its own turns use its fields.
/// </remarks>
internal sealed class Activation(SimulatedSilo silo, GrainClass grainClass, string key) : ActivationScheduler(silo)
{
    private const int MaxReroutes = 2;

    [ThreadStatic]
    private static Activation? t_beingConstructed;

    private readonly List<GrainTimer> _timers = [];
    private Queue<Request> _waiting = new();
    private State _state;
    private bool _justActivated;
    private Grain? _grain;
    private DeactivationReason? _ending;
    private int _running;
    private int _exclusive;
    private bool _exclusiveIsReadOnly;
    private long _usedAt;

    private enum State { Inactive, Activating, Active, Deactivating }

    public static Activation? BeingConstructed => t_beingConstructed;

    public string Key => key;

    public string ClassName => grainClass.Name;

    /// <summary>The number in the order of creation.</summary>
    public long Number { get; } = silo.NextActivationNumber();

    public override object Target => _grain!;

    /// <summary>Whether it seems unused since a tick; a hint, on any thread.</summary>
    public bool LooksUnusedSince(long tick) => Volatile.Read(ref _usedAt) < tick;

    public override void OnCompleted(Request request, Task outcome)
    {
        // Observe the exception here, whether or not anything else does.
        if (outcome.Exception?.InnerException is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            conflict.IsSourceActivation = false;
            Silo.Log.StateConflict(ClassName);
            _ending ??= new DeactivationReason(DeactivationReasonCode.ApplicationError, conflict, "The stored state is another one.");
        }

        _running--;
        if (!request.Interleaves)
            _exclusive--;
        if (request.CountsAsUse)
            _usedAt = Math.Max(_usedAt, Silo.Now);
        OnLeft();
        request.Answer(outcome);
    }

    /// <summary>Ends the instance when its running requests are done. Call it on any thread.</summary>
    public void Deactivate(DeactivationReason reason) => InTurn(() =>
    {
        if (_state is State.Active or State.Activating)
            _ending ??= reason;
    });

    /// <summary>Has the instance count as used for a time from now.</summary>
    public void KeepFor(TimeSpan time) => _usedAt = Silo.Now + Silo.ToTicks(time);

    /// <summary>Ends the instance if it has been idle since before the tick of the silo's clock.</summary>
    public void DeactivateIfUnusedSince(long tick) => InTurn(() =>
    {
        if (_state == State.Active && _running == 0 && _waiting.Count == 0 && _usedAt < tick)
            _ending ??= new DeactivationReason(DeactivationReasonCode.ActivationIdle, "It was not used for the collection age.");
    });

    public IGrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        if (Current != this)
            throw new InvalidOperationException("Make a grain's timer in a turn of the grain.");
        var timer = new GrainTimer(this, callback, options);
        _timers.Add(timer);
        return timer;
    }

    public void RemoveTimer(GrainTimer timer) => InTurn(() => _timers.Remove(timer));

    protected override void Receive(Request request)
    {
        var overtakes = request.Interleaves || _waiting.Count == 0;
        if (request.IsOver)
            OnLeft();
        else if (overtakes && _state == State.Active && _ending is null && MayStart(request))
            Start(request);
        else
            _waiting.Enqueue(request);
    }

    protected override void StartWaiting()
    {
        while (true)
        {
            if (_justActivated)
                ReceiveAgain();
            else if (_state == State.Active && _ending is not null && _running == 0)
                RunNow(static self => _ = ((Activation)self!).DeactivateAsync(wasActive: true), this);
            else if (_state == State.Active && _ending is null && _waiting.TryPeek(out var next) && MayStart(next))
                Start(_waiting.Dequeue());
            else if (_state == State.Inactive && _waiting.Count > 0)
                RunNow(static self => _ = ((Activation)self!).ActivateAsync(), this);
            else
                break;
        }

        if (_state == State.Inactive && TryClose())
            grainClass.Remove(key, this);
    }

    private bool MayStart(Request request)
        => request.Interleaves || _exclusive == 0 || (request.IsReadOnly && _exclusiveIsReadOnly);

    private void Start(Request request)
    {
        if (request.IsOver)
        {
            OnLeft();
            return;
        }

        _running++;
        if (!request.Interleaves && _exclusive++ == 0)
            _exclusiveIsReadOnly = request.IsReadOnly;
        RunNow(Request.Starter, request);
    }

    /// <summary>Everything waited while the grain was activating; now requests that may interleave overtake those that may not.</summary>
    private void ReceiveAgain()
    {
        _justActivated = false;
        var waiting = _waiting;
        _waiting = new Queue<Request>();
        foreach (var request in waiting)
            Receive(request);
    }

    private async Task ActivateAsync()
    {
        _state = State.Activating;
        try
        {
            using var limit = new CancellationTokenSource(Silo.Options.ActivationTimeout, Silo.Time);
            await InitializeAsync(limit.Token).WaitAsync(limit.Token);
            if (_ending is not null)
            {
                await DeactivateAsync(wasActive: false);
                return;
            }

            _usedAt = Silo.Now;
            _state = State.Active;
            _justActivated = true;
        }
        catch (Exception exception)
        {
            Silo.Log.ActivationFailed(exception, ClassName);
            FailWaiting(_ => true, exception);
            await DeactivateAsync(wasActive: false);
        }
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        Grain grain;
        PersistentState[] states;
        t_beingConstructed = this;
        try
        {
            _grain = grain = grainClass.NewGrain(key, out states);
        }
        finally
        {
            t_beingConstructed = null;
        }

        foreach (var state in states)
            await state.ReadStateAsync(cancellationToken);
        await grain.OnActivateAsync(cancellationToken);
    }

    /// <summary>Ends the instance; only an active one is told.</summary>
    private async Task DeactivateAsync(bool wasActive)
    {
        _state = State.Deactivating;
        foreach (var timer in _timers.ToArray())
            timer.Dispose();
        try
        {
            using var limit = new CancellationTokenSource(Silo.Options.ActivationTimeout, Silo.Time);
            if (wasActive)
                await _grain!.OnDeactivateAsync(_ending!.Value, limit.Token).WaitAsync(limit.Token);
            if (_grain is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
            else
                (_grain as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            Silo.Log.DeactivationFailed(exception, ClassName);
        }

        // A grain that ends itself during its activation would otherwise be activated again forever.
        FailWaiting(
            request => ++request.Reroutes > MaxReroutes,
            new OrleansMessageRejectionException("The grain ended repeatedly before the call was made."));
        _grain = null;
        _ending = null;
        _state = State.Inactive;
    }

    private void FailWaiting(Predicate<Request> which, Exception exception)
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var request = _waiting.Dequeue();
            if (which(request))
            {
                request.Fail(exception);
                OnLeft();
            }
            else
            {
                _waiting.Enqueue(request);
            }
        }
    }

    private void InTurn(Action action)
    {
        if (Current == this)
            action();
        else
            Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
    }
}
