using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Comparing;

/// <summary>The median of some ratios, and the interval in which the true median lies with a probability of 95% or more.</summary>
/// <param name="Median">The middle one.</param>
/// <param name="Low">The lower end of the interval, one of the ratios.</param>
/// <param name="High">The upper end.</param>
/// <param name="Count">How many ratios there are. With fewer than six the interval holds all of them, and says less: 94% with five.</param>
/// <remarks>
/// The interval is that of the sign test. It supposes nothing of how the ratios are distributed: each is above the true median
/// or below it, like a coin, so how many may all fall on one side is known.
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

    /// <summary>How many of so many ratios lie below the interval; as many lie above it.</summary>
    internal static int Outside(int count)
    {
        // An interval without the lowest k and the highest k misses the true median where no more than k ratios fall on one side of it.
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
