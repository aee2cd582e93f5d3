using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Simulation;

/// <summary>Runs schedules one after the other on each processor, until there are enough, time is up or one shows a violation.</summary>
/// <param name="seed">The first schedule's.</param>
/// <param name="time">The clock of the progress.</param>
/// <param name="variant">What is broken in the service; null for nothing.</param>
internal sealed class SimulatedService(int seed, TimeProvider time, Variant? variant = null)
{
    private readonly Lock _gate = new();
    private int _next;
    private Plan? _failed;

    /// <summary>What the schedules so far showed; only when none is running.</summary>
    public SimulationReport Report { get; } = new();

    /// <summary>Runs schedules.</summary>
    /// <param name="schedules">How many at most; none for no limit.</param>
    /// <param name="length">How long at most.</param>
    /// <param name="progress">Called each second or so.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The plan of a schedule with a violation; null if none had one.</returns>
    public Plan? Run(long? schedules, TimeSpan length, Action<SimulationReport, TimeSpan> progress, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        _next = seed;
        var last = (long)(schedules is { } count ? seed + count : long.MaxValue);
        var shown = TimeSpan.Zero;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return _failed;

        void Work()
        {
            while (!cancellationToken.IsCancellationRequested && time.GetElapsedTime(start) < length && Volatile.Read(ref _failed) is null)
            {
                var mine = Interlocked.Increment(ref _next) - 1;
                if (mine >= last) return;
                var plan = Plan.Draw(mine) with { Variant = variant };
                var result = SimulatedRun.Run(plan);
                lock (_gate)
                {
                    Report.Add(plan, result);
                    // The least seed of those that failed at once: the same each time.
                    if (result.Violations.Count > 0 && (_failed is null || plan.Seed < _failed.Seed)) _failed = plan;
                    var elapsed = time.GetElapsedTime(start);
                    if (elapsed - shown < TimeSpan.FromSeconds(1)) continue;
                    shown = elapsed;
                    progress(Report, elapsed);
                }
            }
        }
    }

    /// <summary>
    /// Cuts a plan down as long as what is left breaks the same invariant: operations and faults, halves first, then one by one.
    /// </summary>
    public static Plan Shrink(Plan plan)
    {
        var invariant = SimulatedRun.Run(plan).Violations[0].Invariant;
        var changed = true;
        while (changed)
        {
            changed = false;
            Cut(plan.Faults, (p, faults) => p with { Faults = faults });
            Cut(plan.Operations, (p, operations) => p with { Operations = operations });
        }
        return plan;

        void Cut<T>(IReadOnlyList<T> all, Func<Plan, IReadOnlyList<T>, Plan> with)
        {
            for (var size = Math.Max(1, all.Count / 2); size > 0; size /= 2)
            {
                for (var from = 0; from < all.Count;)
                {
                    IReadOnlyList<T> rest = [.. all.Take(from), .. all.Skip(from + size)];
                    var shorter = with(plan, rest);
                    if (SimulatedRun.Run(shorter).Violations is [{ } violation, ..] && violation.Invariant == invariant)
                    {
                        (plan, all) = (shorter, rest);
                        changed = true;
                    }
                    else
                    {
                        from += size;
                    }
                }
            }
        }
    }
}
