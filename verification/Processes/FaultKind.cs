namespace OrleansChat.Verification.Processes;

/// <summary>What is done to a process.</summary>
internal enum Blow
{
    /// <summary>SIGKILL, and started again at once.</summary>
    Kill,

    /// <summary>SIGSTOP, and SIGCONT after 1 to 20 seconds.</summary>
    Freeze,

    /// <summary>SIGTERM, and started again once it has ended.</summary>
    Stop,
}

/// <summary>Kinds of processes.</summary>
internal enum ProcessKind
{
    /// <summary>Silo and gateway together.</summary>
    Process,

    /// <summary>A silo of a cluster, without clients of its own.</summary>
    Silo,

    /// <summary>A gateway to a cluster.</summary>
    Gateway,

    /// <summary>PostgreSQL: the postmaster and all its children.</summary>
    Postgres,
}

/// <summary>A fault that can be injected: a blow to a process of a kind, or, without a kind, to all processes at once.</summary>
internal sealed record FaultKind(Blow Blow, ProcessKind? Target)
{
    /// <summary>Such as <c>kill-silo</c>, <c>kill-all</c>.</summary>
    public string Name { get; } = $"{Blow}-{(object?)Target ?? "all"}".ToLowerInvariant();

    /// <summary>Those that make sense for the kinds of processes that there are.</summary>
    public static IReadOnlyList<FaultKind> Of(IEnumerable<ProcessKind> targets)
    {
        var faults = new List<FaultKind>();
        foreach (var target in targets.Distinct())
        {
            faults.Add(new(Blow.Kill, target));
            faults.Add(new(Blow.Freeze, target));
            faults.Add(new(Blow.Stop, target));
        }
        return [.. faults, new(Blow.Kill, null)];
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>
/// A fault that is due: when, counted from the start of the load; which; to the process of which place;
/// for how long, if it freezes.
/// </summary>
internal sealed record Fault(TimeSpan At, FaultKind Kind, int Place, TimeSpan Length);
