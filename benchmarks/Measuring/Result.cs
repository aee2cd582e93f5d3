using System.Text.Json.Serialization;

namespace OrleansChat.Bench.Measuring;

/// <summary>One case of a scenario: a row of the table.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Case">What tells it from the scenario's other cases.</param>
/// <param name="Measures">The figures; the same names in each case of a scenario.</param>
internal sealed record Result(string Scenario, string Case, IReadOnlyList<Measure> Measures)
{
    /// <summary>What the figures say, where somebody has judged them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Verdict { get; init; }
}

/// <summary>A figure over all rounds of a case.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">Of all three figures.</param>
/// <param name="Median">The middle round.</param>
/// <param name="Least">The lowest round, or the lower end of an interval.</param>
/// <param name="Most">The highest round, or the upper end of an interval.</param>
internal sealed record Measure(string Name, string Unit, double Median, double Least, double Most)
{
    /// <summary>The unit of what has none, and is read to the last per mille.</summary>
    public const string Ratio = "ratio";

    /// <summary>The figure over the rounds, of which there is at least one.</summary>
    public static Measure Of(string name, string unit, IEnumerable<double> rounds)
    {
        double[] sorted = [.. rounds.Order()];
        var middle = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new Measure(name, unit, middle, sorted[0], sorted[^1]);
    }

    /// <summary>The median with the digits that mean something, and the range in brackets.</summary>
    [JsonIgnore]
    public string WithRange => Unit == Ratio
        ? $"{Median:0.000} ({Least:0.000}–{Most:0.000})"
        : $"{Format(Median)} ({Format(Least)}–{Format(Most)})";

    /// <summary>A number with three or more digits, and no more behind the point than they need.</summary>
    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0", null),
        >= 10 => value.ToString("0.0", null),
        _ => value.ToString("0.00", null),
    };
}
