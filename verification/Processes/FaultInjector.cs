using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Processes;

/// <summary>An injected fault: from when until when its process was not available, counted from the start of the run.</summary>
internal sealed record InjectedFault(FaultKind Kind, string Target, TimeSpan Start, TimeSpan End);

/// <summary>Executes a plan of faults, tells the ledger about each, and prints them as they happen.</summary>
internal sealed class FaultInjector(Deployment deployment, Ledger ledger, TimeProvider time, Action<string> say) : IDisposable
{
    private readonly List<InjectedFault> _injected = [];
    private readonly SemaphoreSlim _silos = new(1, 1);
    private readonly List<Task> _running = [];

    /// <summary>The faults that are over.</summary>
    public IReadOnlyList<InjectedFault> Injected
    {
        get { lock (_injected) return [.. _injected]; }
    }

    /// <summary>The number of killed processes.</summary>
    public int Kills { get; private set; }

    /// <summary>How often a process ended without being asked to.</summary>
    public int OwnEnds => deployment.Members.Sum(member => member.OwnEnds);

    /// <summary>Injects faults when they are due, until the last is over.</summary>
    public async Task RunAsync(IEnumerable<Fault> faults, long startedAt, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            var wait = fault.At - time.GetElapsedTime(startedAt);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellationToken);
            // Only one silo may be down at a time: this plan waits until the other silo is back.
            if (fault.Kind.Target == ProcessKind.Silo) await _silos.WaitAsync(cancellationToken);
            var running = InjectAsync(fault, startedAt, cancellationToken);
            lock (_running) _running.Add(running);
        }
        await Task.WhenAll(_running.ToArray());
    }

    public void Dispose() => _silos.Dispose();

    private async Task InjectAsync(Fault fault, long startedAt, CancellationToken cancellationToken)
    {
        Member[] targets = fault.Kind.Target is { } kind
            ? [deployment.Of(kind)[fault.Place]]
            : [.. deployment.Members];
        var name = fault.Kind.Target is null ? "everything" : targets[0].Name;
        var start = time.GetElapsedTime(startedAt);
        try
        {
            say($"{start.TotalSeconds,7:F1} s  {fault.Kind}: "
                + $"{name}{(fault.Length > TimeSpan.Zero ? $", {fault.Length.TotalSeconds:F1} s" : "")}");
            if (fault.Kind.Blow == Blow.Freeze) await FreezeAsync(targets[0], fault.Length, cancellationToken);
            else foreach (var target in targets) End(target, fault.Kind.Blow);
            foreach (var target in targets) await target.UpAsync(cancellationToken);
        }
        finally
        {
            if (fault.Kind.Target == ProcessKind.Silo) _silos.Release();
            lock (_injected) _injected.Add(new InjectedFault(fault.Kind, name, start, time.GetElapsedTime(startedAt)));
        }
    }

    private void End(Member target, Blow blow)
    {
        Died(target);
        if (blow == Blow.Stop)
        {
            target.Stop();
            return;
        }
        lock (_injected) Kills++;
        target.Kill();
    }

    /// <summary>Tells the ledger before the fault, because its effects may be seen at once.</summary>
    public void Died(Member target)
    {
        ledger.ProcessDied(target.Name);
        ledger.GrainsMoved();
        if (deployment.GatewayOf(target) is { } gateway) ledger.GatewayDied(gateway);
    }

    private async Task FreezeAsync(Member target, TimeSpan length, CancellationToken cancellationToken)
    {
        var gateway = deployment.GatewayOf(target);
        ledger.ProcessFrozen(target.Name);
        ledger.GrainsMoved();
        if (gateway is { } frozen) ledger.GatewayFrozen(frozen);
        try
        {
            await target.FreezeAsync(length, cancellationToken);
        }
        finally
        {
            ledger.ProcessResumed(target.Name);
            if (gateway is { } resumed) ledger.GatewayResumed(resumed);
        }
    }
}
