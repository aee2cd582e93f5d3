using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Simulation;

/// <summary>Runs schedules, one after the other on each processor, until there are enough, time is up or one shows a violation.</summary>
/// <param name="seed">The seed of the first schedule.</param>
/// <param name="time">The clock for time limit and progress.</param>
/// <param name="variant">The planted fault; null for none.</param>
internal sealed class SimulatedService(int seed, TimeProvider time, Variant? variant = null)
{
    private readonly Lock _gate = new();
    private int _next;
    private Plan? _failed;

    /// <summary>The results so far; read it only while no schedule is running.</summary>
    public SimulationReport Report { get; } = new();

    /// <summary>Runs schedules.</summary>
    /// <param name="schedules">The maximum number of schedules; null for no limit.</param>
    /// <param name="length">The longest time that the run may take.</param>
    /// <param name="progress">Called about once per second.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <returns>The plan of a schedule with a violation; null if there was none.</returns>
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
                    // Of several simultaneous failures, the one with the lowest seed is the same in each run.
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
    /// Cuts a plan down as long as the rest breaks the same invariant: first half of the operations and faults, then one by one.
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
