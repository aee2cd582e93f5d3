using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Comparing;

/// <summary>A figure by which two versions are compared.</summary>
/// <param name="Name">The name for the table.</param>
/// <param name="Of">Computes the figure of a round.</param>
/// <param name="MoreIsBetter">Whether a ratio above 1 is in favour of this tree.</param>
internal sealed record Figure(string Name, Func<Round, double> Of, bool MoreIsBetter)
{
    /// <summary>Requests answered per second. Like the latency, it depends on what else the machine does.</summary>
    public static Figure Answered { get; } = new("answered", round => round.Rate, MoreIsBetter: true);

    /// <summary>The silo's processor time per request: the figure with the least noise.</summary>
    public static Figure SiloTime { get; } = new("CPU silo", round => round.Cpu.Server / round.Latencies.TotalCount, MoreIsBetter: false);

    /// <summary>Processor time per request of the silo and of all processes of PostgreSQL.</summary>
    public static Figure TotalTime { get; } = new(
        "CPU silo and PostgreSQL", round => (round.Cpu.Server + round.Cpu.Postgres) / round.Latencies.TotalCount, MoreIsBetter: false);

    /// <summary>The latency that one request in a hundred exceeds.</summary>
    public static Figure SlowLatency { get; } = new("p99", round => round.Latencies.GetValueAtPercentile(99), MoreIsBetter: false);

    /// <summary>All figures, in the order of the table.</summary>
    public static IReadOnlyList<Figure> All { get; } = [Answered, SiloTime, TotalTime, SlowLatency];
}
