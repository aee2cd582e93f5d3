using OrleansChat.Bench.Comparing;

namespace OrleansChat.Bench.Tests;

/// <summary>When two versions are said to differ.</summary>
public sealed class VerdictTests
{
    private const int Rounds = 6;

    [Theory]
    [InlineData(0.99, 1.02, 0.98, 1.01, Verdict.Inside)]
    [InlineData(1.01, 1.03, 0.98, 1.02, Verdict.Unclear)]
    [InlineData(0.95, 0.99, 0.98, 1.02, Verdict.Unclear)]
    [InlineData(1.03, 1.08, 0.98, 1.02, Verdict.Better)]
    [InlineData(0.90, 0.97, 0.98, 1.02, Verdict.Worse)]
    public void A_difference_lies_apart_from_the_twin_and_from_1(
        double low, double high, double twinLow, double twinHigh, object expected) =>
        Assert.Equal(expected, Of(low, high, twinLow, twinHigh, moreIsBetter: true));

    [Fact]
    public void Less_is_better_of_processor_time()
    {
        Assert.Equal(Verdict.Better, Of(0.90, 0.97, 0.98, 1.02, moreIsBetter: false));
        Assert.Equal(Verdict.Worse, Of(1.03, 1.08, 0.98, 1.02, moreIsBetter: false));
    }

    /// <summary>A twin that is itself off shows how far chance goes.</summary>
    [Fact]
    public void Between_1_and_the_twin_nothing_is_clear()
    {
        Assert.Equal(Verdict.Unclear, Of(1.01, 1.02, 1.03, 1.04, moreIsBetter: true));
        Assert.Equal(Verdict.Inside, Of(0.99, 1.01, 1.03, 1.04, moreIsBetter: true));
    }

    [Fact]
    public void Three_rounds_are_too_few()
    {
        var (toOther, toTwin) = (Spread.Of([2, 2, 2]), Spread.Of([1, 1, 1]));
        Assert.Equal(Verdict.TooFewRounds, Verdicts.Of(toOther, toTwin, moreIsBetter: true));
    }

    [Theory]
    [InlineData(0.00, 0.0, 0.01)]
    [InlineData(0.05, 0.99, 1.0)]
    public void Of_1000_comparisons_so_many_see_a_difference(double difference, double least, double most)
    {
        // Each pair of rounds is off by one per cent or so.
        var random = new Random(20250101);
        var seen = Enumerable.Range(0, 1_000).Count(_ =>
            Verdicts.Of(Noisy(1 + difference), Noisy(1), moreIsBetter: true) is Verdict.Better or Verdict.Worse);
        Assert.InRange(seen / 1_000.0, least, most);

        Spread Noisy(double ratio) => Spread.Of(Enumerable.Range(0, Rounds).Select(_ => ratio * (1 + 0.01 * Normal())));

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    private static Verdict Of(double low, double high, double twinLow, double twinHigh, bool moreIsBetter) => Verdicts.Of(
        new Spread((low + high) / 2, low, high, Rounds), new Spread((twinLow + twinHigh) / 2, twinLow, twinHigh, Rounds), moreIsBetter);
}
