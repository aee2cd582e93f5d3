using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Processes;

/// <summary>A fault that was injected: from when until when its process was not there, counted from the start of the run.</summary>
internal sealed record InjectedFault(FaultKind Kind, string Target, TimeSpan Start, TimeSpan End);

/// <summary>Carries out a plan of faults, tells the ledger of each, and prints them as they come.</summary>
internal sealed class FaultInjector(Deployment deployment, Ledger ledger, TimeProvider time, Action<string> say) : IDisposable
{
    private readonly List<InjectedFault> _injected = [];
    private readonly SemaphoreSlim _silos = new(1, 1);
    private readonly List<Task> _running = [];

    /// <summary>What was done so far and is over.</summary>
    public IReadOnlyList<InjectedFault> Injected
    {
        get { lock (_injected) return [.. _injected]; }
    }

    /// <summary>How many processes were killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How often a process ended without having been asked to.</summary>
    public int OwnEnds => deployment.Members.Sum(member => member.OwnEnds);

    /// <summary>Injects faults as they are due, until the last is over.</summary>
    public async Task RunAsync(IEnumerable<Fault> faults, long startedAt, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            var wait = fault.At - time.GetElapsedTime(startedAt);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellationToken);
            // One silo at a time; the plan goes on meanwhile only where it concerns others.
            if (fault.Kind.Target == ProcessKind.Silo) await _silos.WaitAsync(cancellationToken);
            var running = InjectAsync(fault, startedAt, cancellationToken);
            lock (_running) _running.Add(running);
        }
        await Task.WhenAll(_running.ToArray());
    }

    /// <inheritdoc/>
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

    /// <summary>Tells the ledger: before the blow, as what follows from it may be seen at once.</summary>
    public void Died(Member target)
    {
        ledger.ProcessDied(target.Name);
        if (deployment.GatewayOf(target) is { } gateway) ledger.GatewayDied(gateway);
    }

    private async Task FreezeAsync(Member target, TimeSpan length, CancellationToken cancellationToken)
    {
        var gateway = deployment.GatewayOf(target);
        ledger.ProcessFrozen(target.Name);
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
