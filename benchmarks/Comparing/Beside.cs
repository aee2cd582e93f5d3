namespace OrleansChat.Bench.Comparing;

/// <summary>
/// Contenders beside one that all are compared with, in one round: it is measured before and after each of the others, so that a machine
/// that becomes slower or faster by the same part from slot to slot changes no ratio.
/// </summary>
internal static class Beside
{
    /// <summary>The order of the others in a round: another one begins each, since each finds what the one before has left.</summary>
    public static IEnumerable<T> OrderOf<T>(IReadOnlyList<T> others, int round) =>
        Enumerable.Range(round, others.Count).Select(index => others[index % others.Count]);

    /// <summary>A figure divided by the geometric mean of those measured before and after it.</summary>
    public static double Ratio(double before, double figure, double after) => figure / Math.Sqrt(before * after);
}
