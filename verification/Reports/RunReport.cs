using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Processes;

namespace OrleansChat.Verification.Reports;

/// <summary>What a run showed.</summary>
internal sealed record RunReport
{
    /// <summary>What was run against, such as "one process".</summary>
    public required string Service { get; init; }

    /// <summary>The seed of clients and faults.</summary>
    public required int Seed { get; init; }

    /// <summary>How long the load lasted, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Requests by kind.</summary>
    public required IReadOnlyList<OperationRow> Operations { get; init; }

    /// <summary>Sends that were answered with "Message Sent".</summary>
    public required long AcknowledgedSends { get; init; }

    /// <summary>The same for each second of the load.</summary>
    public required double SendsPerSecond { get; init; }

    /// <summary>Faults by kind.</summary>
    public required IReadOnlyList<FaultRow> Faults { get; init; }

    /// <summary>Processes killed.</summary>
    public required int Kills { get; init; }

    /// <summary>Processes that ended without having been asked to.</summary>
    public required int OwnEnds { get; init; }

    /// <summary>Longest time for which any of the probes got no acknowledgement, in seconds.</summary>
    public required double LongestUnavailability { get; init; }

    /// <summary>Longest time that somebody was listed after they had gone, in seconds.</summary>
    public required double LongestGhost { get; init; }

    /// <summary>Longest time that somebody who was there was not listed, in seconds.</summary>
    public required double LongestMissing { get; init; }

    /// <summary>Users whose name in a list that was read was due.</summary>
    public required long JudgedOnline { get; init; }

    /// <summary>Users whose name in a list that was read would have been a ghost.</summary>
    public required long JudgedOffline { get; init; }

    /// <summary>Receipts that clients were given and that were compared with the database; not those before the latest 200,000.</summary>
    public required long Receipts { get; init; }

    /// <summary>How often each invariant was violated.</summary>
    public required IReadOnlyDictionary<string, long> ViolationsByInvariant { get; init; }

    /// <summary>The violations, the one with the shortest history first.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>The rows of the faults that were injected, with what the probes saw of them.</summary>
    public static IReadOnlyList<FaultRow> FaultRows(
        IReadOnlyList<FaultKind> kinds, IReadOnlyList<InjectedFault> faults, IReadOnlyList<Gap> gaps)
    {
        var longest = new Dictionary<string, (TimeSpan Alone, TimeSpan Any)>();
        foreach (var gap in gaps)
        {
            List<InjectedFault> concerned = [.. faults.Where(fault => fault.Start < gap.End && fault.End > gap.Start)];
            foreach (var fault in concerned)
            {
                var (alone, any) = longest.GetValueOrDefault(fault.Kind.Name);
                // What a client missed before the fault was not for its sake.
                var length = gap.End - (fault.Start > gap.Start ? fault.Start : gap.Start);
                longest[fault.Kind.Name] = (concerned.Count == 1 && length > alone ? length : alone, length > any ? length : any);
            }
        }
        return [.. kinds.Select(kind =>
        {
            var (alone, any) = longest.GetValueOrDefault(kind.Name);
            return new FaultRow(kind.Name, faults.Count(fault => fault.Kind == kind), alone.TotalSeconds, any.TotalSeconds);
        })];
    }
}

/// <summary>Requests of a kind, by how they ended.</summary>
internal sealed record OperationRow(string Kind, long Done, long Refused, long Unavailable, long Broken);

/// <summary>
/// Faults of a kind, and the longest time in seconds for which a probe got no acknowledgement after one: where no other fault was
/// at work meanwhile, and at all.
/// </summary>
internal sealed record FaultRow(string Fault, int Count, double LongestAlone, double LongestWithOthers);
