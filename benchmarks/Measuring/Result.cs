using System.Text.Json.Serialization;

namespace OrleansChat.Bench.Measuring;

/// <summary>One case of a scenario: a row of the table.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Case">What distinguishes it from the scenario's other cases.</param>
/// <param name="Measures">The figures, with the same names in each case of a scenario.</param>
internal sealed record Result(string Scenario, string Case, IReadOnlyList<Measure> Measures)
{
    /// <summary>The verdict on the figures; null if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Verdict { get; init; }
}

/// <summary>A figure over all rounds of a case.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">The unit of the three values.</param>
/// <param name="Median">The middle round.</param>
/// <param name="Least">The lowest round, or the lower end of an interval.</param>
/// <param name="Most">The highest round, or the upper end of an interval.</param>
internal sealed record Measure(string Name, string Unit, double Median, double Least, double Most)
{
    /// <summary>The unit of figures without a unit, which are printed with three decimals.</summary>
    public const string Ratio = "ratio";

    /// <summary>The figure over the rounds, of which there must be at least one.</summary>
    public static Measure Of(string name, string unit, IEnumerable<double> rounds)
    {
        double[] sorted = [.. rounds.Order()];
        var middle = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new Measure(name, unit, middle, sorted[0], sorted[^1]);
    }

    /// <summary>The median with its significant digits, and the range in brackets.</summary>
    [JsonIgnore]
    public string WithRange => Unit == Ratio
        ? $"{Median:0.000} ({Least:0.000}–{Most:0.000})"
        : $"{Format(Median)} ({Format(Least)}–{Format(Most)})";

    /// <summary>A number with at least three digits, and no more decimals than that takes.</summary>
    public static string Format(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0", null),
        >= 10 => value.ToString("0.0", null),
        _ => value.ToString("0.00", null),
    };
}
