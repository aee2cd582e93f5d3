using OrleansChat.Bench.Comparing;

namespace OrleansChat.Bench.Tests;

/// <summary>The median of ratios and its interval.</summary>
public sealed class SpreadTests
{
    /// <summary>The critical values of the two-sided sign test at 5%, as statistical tables have them.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(6, 0)]
    [InlineData(8, 0)]
    [InlineData(9, 1)]
    [InlineData(11, 1)]
    [InlineData(12, 2)]
    [InlineData(14, 2)]
    [InlineData(15, 3)]
    [InlineData(16, 3)]
    [InlineData(17, 4)]
    [InlineData(20, 5)]
    [InlineData(25, 7)]
    [InlineData(30, 9)]
    public void As_many_ratios_are_outside_as_the_sign_test_allows(int count, int outside) => Assert.Equal(outside, Spread.Outside(count));

    [Fact]
    public void The_interval_of_ten_leaves_out_the_lowest_and_the_highest()
    {
        double[] ratios = [1.05, 0.97, 1.01, 1.02, 0.90, 1.03, 1.00, 1.20, 0.99, 1.04];
        Assert.Equal(new Spread(1.015, 0.97, 1.05, 10), Rounded(Spread.Of(ratios)));
    }

    [Fact]
    public void The_interval_of_six_is_all_of_them() =>
        Assert.Equal(new Spread(1.025, 0.98, 1.30, 6), Rounded(Spread.Of([1.02, 1.30, 0.98, 1.04, 1.03, 1.01])));

    [Fact]
    public void One_ratio_is_its_own_interval() => Assert.Equal(new Spread(0.9, 0.9, 0.9, 1), Spread.Of([0.9]));

    [Fact]
    public void It_holds_its_ends_and_what_lies_between()
    {
        var spread = Spread.Of([0.98, 1.02]);
        Assert.Equal([false, true, true, true, false], new[] { 0.97, 0.98, 1, 1.02, 1.03 }.Select(spread.Holds));
    }

    private static Spread Rounded(Spread spread) => spread with { Median = Math.Round(spread.Median, 10) };
}
