using OrleansChat.Bench.Comparing;

namespace OrleansChat.Bench.Tests;

/// <summary>Ratios to what was measured before and after.</summary>
public sealed class BesideTests
{
    [Fact]
    public void A_machine_that_becomes_slower_by_the_same_part_from_slot_to_slot_changes_no_ratio() =>
        Assert.Equal(0.45, Beside.Ratio(before: 1_000, figure: 0.45 * 800, after: 640), 10);

    [Fact]
    public void Twice_as_much_before_and_half_as_much_after_cancel_out() =>
        Assert.Equal(1.5, Beside.Ratio(before: 2_000, figure: 1_500, after: 500), 10);

    [Fact]
    public void Each_is_measured_in_each_round_and_another_begins()
    {
        string[] others = ["a", "b", "c"];
        Assert.Equal(["bca", "cab", "abc", "bca"], Enumerable.Range(1, 4).Select(round => string.Concat(Beside.OrderOf(others, round))));
    }
}
