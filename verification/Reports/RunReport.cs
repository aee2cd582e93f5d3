using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Processes;

namespace OrleansChat.Verification.Reports;

/// <summary>The results of a run.</summary>
internal sealed record RunReport
{
    /// <summary>The service that was checked, such as "one process".</summary>
    public required string Service { get; init; }

    /// <summary>The seed of clients and faults.</summary>
    public required int Seed { get; init; }

    /// <summary>How long the load lasted, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Requests by kind.</summary>
    public required IReadOnlyList<OperationRow> Operations { get; init; }

    /// <summary>Sends that were answered with "Message Sent".</summary>
    public required long AcknowledgedSends { get; init; }

    /// <summary>The same, per second of the load.</summary>
    public required double SendsPerSecond { get; init; }

    /// <summary>Faults by kind.</summary>
    public required IReadOnlyList<FaultRow> Faults { get; init; }

    /// <summary>The number of killed processes.</summary>
    public required int Kills { get; init; }

    /// <summary>How often a process ended without being asked to.</summary>
    public required int OwnEnds { get; init; }

    /// <summary>The longest time in seconds for which any of the probes got no acknowledgement.</summary>
    public required double LongestUnavailability { get; init; }

    /// <summary>The longest time in seconds that a user was listed after they had gone.</summary>
    public required double LongestGhost { get; init; }

    /// <summary>The longest time in seconds that an online user was not listed.</summary>
    public required double LongestMissing { get; init; }

    /// <summary>How often a user's presence in a list was checked.</summary>
    public required long JudgedOnline { get; init; }

    /// <summary>How often a user's absence from a list was checked, so how often a ghost could have been found.</summary>
    public required long JudgedOffline { get; init; }

    /// <summary>Receipts that were compared with the database: at most the latest 200,000.</summary>
    public required long Receipts { get; init; }

    /// <summary>The number of violations per invariant.</summary>
    public required IReadOnlyDictionary<string, long> ViolationsByInvariant { get; init; }

    /// <summary>The violations, the one with the shortest history first.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>The rows of the injected faults, with the effects that the probes saw.</summary>
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
                // The part of a gap before the fault was not caused by it.
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

/// <summary>Requests of one kind, by how they ended.</summary>
internal sealed record OperationRow(string Kind, long Done, long Refused, long Unavailable, long Broken);

/// <summary>
/// Faults of one kind, and the longest time in seconds for which a probe got no acknowledgement after one: with no other fault
/// meanwhile, and overall.
/// </summary>
internal sealed record FaultRow(string Fault, int Count, double LongestAlone, double LongestWithOthers);
