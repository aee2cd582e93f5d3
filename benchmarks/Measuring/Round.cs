using HdrHistogram;

namespace OrleansChat.Bench.Measuring;

/// <summary>The measurements of one round of load.</summary>
/// <param name="Latencies">Microseconds from the write of a request to its reply, one value per request.</param>
/// <param name="Seconds">How long the round was measured.</param>
/// <param name="Cpu">The CPU time that was used in the round.</param>
internal sealed record Round(HistogramBase Latencies, double Seconds, CpuTimes Cpu)
{
    /// <summary>Requests answered per second.</summary>
    public double Rate => Latencies.TotalCount / Seconds;

    /// <summary>The figures of a case, for the table.</summary>
    /// <param name="rounds">The rounds, at least one.</param>
    /// <param name="hasPostgres">Whether PostgreSQL was measured.</param>
    public static IReadOnlyList<Measure> Summarize(IReadOnlyList<Round> rounds, bool hasPostgres = true)
    {
        var measures = new List<Measure>
        {
            Measure.Of("answered", "1/s", rounds.Select(round => round.Rate)),
            Percentile("p50", 50),
            Percentile("p99", 99),
            Percentile("p99.9", 99.9),
            Cpu("generator", times => times.Generator),
            Cpu("server", times => times.Server),
        };
        if (hasPostgres) measures.Add(Cpu("postgres", times => times.Postgres));
        // This shows whether the machine was quiet.
        measures.Add(Measure.Of(
            "other load", "% CPU", rounds.Select(round => 100 * round.Cpu.Others / round.Seconds / Environment.ProcessorCount)));
        return measures;

        Measure Percentile(string name, double percentile) =>
            Measure.Of(name, "ms", rounds.Select(round => round.Latencies.GetValueAtPercentile(percentile) / 1000.0));

        Measure Cpu(string process, Func<CpuTimes, double> seconds) =>
            Measure.Of($"CPU {process}", "µs/op", rounds.Select(round => 1e6 * seconds(round.Cpu) / round.Latencies.TotalCount));
    }
}
