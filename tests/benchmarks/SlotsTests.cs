using HdrHistogram;
using OrleansChat.Bench.Comparing;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Tests;

/// <summary>What the slots of a round come to.</summary>
public sealed class SlotsTests
{
    private static readonly IReadOnlyList<Role> Order = Interleaving.Of(1);

    [Fact]
    public void The_ratio_is_that_of_neighbours()
    {
        // Other and this, the echo, twin and this, the echo, this and twin, the echo, this and other.
        var slots = SlotsOf([1_000, 1_100, 9_999, 1_000, 1_100, 9_999, 2_400, 1_600, 9_999, 2_400, 2_000]);
        Assert.Equal(Math.Sqrt(1.1 * 1.2), slots.RatioTo(Role.Other, Figure.Answered), 10);
        Assert.Equal(Math.Sqrt(1.1 * 1.5), slots.RatioTo(Role.Twin, Figure.Answered), 10);
    }

    [Fact]
    public void A_machine_that_becomes_slower_by_the_same_part_from_slot_to_slot_changes_no_ratio()
    {
        var slots = SlotsOf([.. Order.Select((role, i) => (int)Math.Round(SpeedOf(role) * Math.Pow(0.8, i)))]);
        Assert.Equal(1.1, slots.RatioTo(Role.Other, Figure.Answered), 4);
        Assert.Equal(1.0, slots.RatioTo(Role.Twin, Figure.Answered), 4);
        Assert.Equal(0.5, slots.ShareOfEcho(Role.This), 4);

        static double SpeedOf(Role role) => role switch { Role.Other => 200_000, Role.Echo => 440_000, _ => 220_000 };
    }

    [Fact]
    public void Processor_time_counts_per_request()
    {
        var slots = Order.Select(role => role == Role.This
            ? SlotOf(role, 1_000, silo: 0.03, postgres: 0.01)
            : SlotOf(role, 500, silo: 0.02, postgres: 0.01)).ToList();
        Assert.Equal(0.75, slots.RatioTo(Role.Other, Figure.SiloTime), 10);
        Assert.Equal(40.0 / 60, slots.RatioTo(Role.Other, Figure.TotalTime), 10);
    }

    private static List<Slot> SlotsOf(int[] answered) => [.. Order.Zip(answered, (role, count) => SlotOf(role, count))];

    private static Slot SlotOf(Role role, int answered, double silo = 1, double postgres = 1)
    {
        var latencies = new LongHistogram(1_000_000, 3);
        latencies.RecordValueWithCount(100, answered);
        return new Slot(role, new Round(latencies, 1, new CpuTimes(0, silo, postgres, 2)), 0);
    }
}
