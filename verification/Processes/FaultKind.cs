namespace OrleansChat.Verification.Processes;

/// <summary>What is done to a process.</summary>
internal enum Blow
{
    /// <summary>SIGKILL, and an immediate restart.</summary>
    Kill,

    /// <summary>SIGSTOP, and SIGCONT after 1 to 20 seconds.</summary>
    Freeze,

    /// <summary>SIGTERM, and a restart once the process has ended.</summary>
    Stop,
}

/// <summary>Kinds of processes.</summary>
internal enum ProcessKind
{
    /// <summary>Silo and gateway together.</summary>
    Process,

    /// <summary>A silo of a cluster, which serves no clients.</summary>
    Silo,

    /// <summary>A gateway of a cluster.</summary>
    Gateway,

    /// <summary>PostgreSQL: the postmaster and all its children.</summary>
    Postgres,
}

/// <summary>A fault that can be injected into a process of a kind or, without a kind, into all processes at once.</summary>
internal sealed record FaultKind(Blow Blow, ProcessKind? Target)
{
    /// <summary>The name, such as <c>kill-silo</c> or <c>kill-all</c>.</summary>
    public string Name { get; } = $"{Blow}-{(object?)Target ?? "all"}".ToLowerInvariant();

    /// <summary>The faults that make sense for these kinds of processes.</summary>
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

    public override string ToString() => Name;
}

/// <summary>
/// A planned fault: when it is due, counted from the start of the load; its kind; the index of the process that it hits; and how
/// long it lasts, if it is a freeze.
/// </summary>
internal sealed record Fault(TimeSpan At, FaultKind Kind, int Place, TimeSpan Length);
