using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Simulation;

/// <summary>The results of many schedules. Not thread-safe.</summary>
internal sealed class SimulationReport
{
    private readonly HashSet<ulong> _traces = [];

    /// <summary>The number of schedules.</summary>
    public long Schedules { get; private set; }

    /// <summary>The steps of all schedules.</summary>
    public long Steps { get; private set; }

    /// <summary>Operations that clients began.</summary>
    public long Operations { get; private set; }

    /// <summary>Acknowledged sends.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The number of different orders of steps: equal schedules count once.</summary>
    public long Interleavings => _traces.Count;

    /// <summary>The number of schedules with a planned fault, by kind.</summary>
    public SortedDictionary<SimulatedFault, long> Faults { get; } = [];

    /// <summary>The number of schedules in which two kinds of faults were planned together.</summary>
    public SortedDictionary<(SimulatedFault, SimulatedFault), long> Pairs { get; } = [];

    /// <summary>The number of schedules in which a kind of fault began while a kind of operation was under way.</summary>
    public SortedDictionary<(OperationKind, SimulatedFault), long> Meetings { get; } = [];

    /// <summary>How operations ended.</summary>
    public SortedDictionary<(RequestKind Kind, RequestOutcome Outcome), long> Outcomes { get; } = [];

    /// <summary>The longest time that a user was listed after they had gone.</summary>
    public TimeSpan LongestGhost { get; private set; }

    /// <summary>Adds a schedule.</summary>
    public void Add(Plan plan, ScheduleResult result)
    {
        Schedules++;
        Steps += result.Steps;
        Acknowledged += result.Statistics.Acknowledged;
        _traces.Add(result.Trace);
        var kinds = plan.Faults.Select(f => f.Kind).Distinct().Order().ToList();
        foreach (var kind in kinds) Count(Faults, kind, 1);
        for (var i = 0; i < kinds.Count; i++)
        {
            for (var j = i + 1; j < kinds.Count; j++) Count(Pairs, (kinds[i], kinds[j]), 1);
        }
        foreach (var meeting in result.Meetings) Count(Meetings, meeting, 1);
        foreach (var (outcome, count) in result.Statistics.Operations)
        {
            Operations += count;
            Count(Outcomes, outcome, count);
        }
        if (result.Statistics.LongestGhost > LongestGhost) LongestGhost = result.Statistics.LongestGhost;
    }

    private static void Count<TKey>(SortedDictionary<TKey, long> counts, TKey key, long by) where TKey : notnull =>
        counts[key] = counts.GetValueOrDefault(key) + by;
}
