using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>
/// The host: the clock that times out calls and ends idle grains, startup and shutdown.
/// </summary>
internal sealed class SimulatedSilo : IHostedService, IDisposable
{
    private readonly long _ticksOfCollection;
    private readonly long _ticksOfAge;
    private ITimer? _clock;
    private long _now;
    private long _activations;
    private volatile Phase _phase;
    private volatile TaskCompletionSource? _allClosed;

    public SimulatedSilo(
        IServiceProvider services, SimulatedSiloOptions options, ITurnQueue turns, TimeProvider time, ILogger<SimulatedSilo> log)
    {
        Services = services;
        Options = options;
        Turns = turns;
        Time = time;
        Log = log;
        Calls = new CallList(this);
        GrainFactory = new GrainFactory(this);
        _ticksOfCollection = Math.Max(1, ToTicks(options.CollectionInterval));
        _ticksOfAge = ToTicks(options.CollectionAge);
    }

    private enum Phase
    {
        Stopped,
        Running,
        Draining,
    }

    public IServiceProvider Services { get; }

    public SimulatedSiloOptions Options { get; }

    public ITurnQueue Turns { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public CallList Calls { get; }

    public GrainFactory GrainFactory { get; }

    /// <summary>The time in ticks of <see cref="SimulatedSiloOptions.ClockPeriod"/> since the start.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>Whether new calls are accepted: while the silo drains, only calls that running requests make to other grains.</summary>
    public bool AcceptsCalls => _phase switch
    {
        Phase.Running => true,
        Phase.Draining => TaskScheduler.Current is ActivationScheduler,
        _ => false,
    };

    /// <summary>Decides where a grain is in a simulation of several silos; null if all grains are here.</summary>
    public Func<GrainClass, string, GrainClass>? Placement { get; set; }

    public GrainClass ClassFor(GrainClass grainClass, string key) => Placement?.Invoke(grainClass, key) ?? grainClass;

    public long NextActivationNumber() => Interlocked.Increment(ref _activations);

    public long ToTicks(TimeSpan time) => (long)Math.Ceiling(time / Options.ClockPeriod);

    /// <exception cref="InvalidOperationException">The host cannot run a grain class; the message says why.</exception>
    /// <exception cref="NotSupportedException">A grain interface has a method that this host cannot call.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var classes = GrainFactory.FindGrains();
        _clock = Time.CreateTimer(static silo => ((SimulatedSilo)silo!).OnClock(), this, Options.ClockPeriod, Options.ClockPeriod);
        _phase = Phase.Running;
        Log.Started(classes);
        return Task.CompletedTask;
    }

    /// <summary>Refuses new calls, waits for the running ones, then ends every activation.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_phase != Phase.Running)
            return;
        _phase = Phase.Draining;
        if (!await InTimeAsync(Calls.WhenEmptyAsync(), cancellationToken))
            Log.StillRunning();

        _phase = Phase.Stopped;
        var allClosed = _allClosed = new TaskCompletionSource();
        foreach (var activation in Activations(_ => true))
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is stopping."));
        OnClosed();
        if (!await InTimeAsync(allClosed.Task, cancellationToken))
            Log.StillActive();
        Dispose();
    }

    public void Dispose() => _clock?.Dispose();

    /// <summary>Records that an activation, perhaps the last one, has closed.</summary>
    public void OnClosed()
    {
        if (_allClosed is { } allClosed && GrainFactory.Classes.All(grainClass => grainClass.IsEmpty))
            Turns.Post(new ActionItem(() => allClosed.TrySetResult()));
    }

    /// <summary>Ends the grains that have been idle since before a tick of the clock.</summary>
    public void CollectUnusedSince(long tick)
    {
        foreach (var activation in Activations(activation => activation.LooksUnusedSince(tick)))
            activation.DeactivateIfUnusedSince(tick);
    }

    private void OnClock()
    {
        var now = Interlocked.Increment(ref _now);
        Calls.TimeOut(now);
        if (now % _ticksOfCollection == 0)
            CollectUnusedSince(now - _ticksOfAge);
    }

    /// <summary>The activations in the order of creation: a simulation must get the same order each time.</summary>
    private IOrderedEnumerable<Activation> Activations(Func<Activation, bool> which)
        => GrainFactory.Classes.SelectMany(grainClass => grainClass.Activations).Where(which).OrderBy(activation => activation.Number);

    private async Task<bool> InTimeAsync(Task task, CancellationToken cancellationToken)
    {
        await task.WaitAsync(Options.DrainTimeout, Time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return task.IsCompleted;
    }
}
