using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Comparing;

/// <summary>The median of some ratios, and the interval that holds the true median with a probability of 95% or more.</summary>
/// <param name="Median">The middle ratio.</param>
/// <param name="Low">The lower end of the interval, one of the ratios.</param>
/// <param name="High">The upper end of the interval.</param>
/// <param name="Count">The number of ratios. With fewer than six the interval holds all of them, and means less: 94% with five.</param>
/// <remarks>
/// The interval is that of the sign test, which assumes nothing about the distribution: each ratio lies above or below the true
/// median with equal probability, so the chance that a given number of them fall on one side is known.
/// </remarks>
internal sealed record Spread(double Median, double Low, double High, int Count)
{
    private const double Missed = 0.05;

    /// <summary>The spread of at least one ratio.</summary>
    public static Spread Of(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        var outside = Outside(sorted.Length);
        return new Spread(Measure.Of("", "", sorted).Median, sorted[outside], sorted[^(outside + 1)], sorted.Length);
    }

    /// <summary>Whether a value is in the interval.</summary>
    public bool Holds(double value) => Low <= value && value <= High;

    /// <summary>How many of this many ratios lie below the interval; equally many lie above it.</summary>
    internal static int Outside(int count)
    {
        // An interval without the lowest k and the highest k misses the true median if no more than k ratios fall on one side of it.
        var outside = -1;
        var (exactly, atMost) = (Math.Pow(0.5, count), 0.0);
        for (var k = 0; 2 * (atMost += exactly) <= Missed; k++)
        {
            outside = k;
            exactly *= (double)(count - k) / (k + 1);
        }
        return Math.Max(0, outside);
    }
}
