using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Comparing;

/// <summary>The time that one role was under load, while the others were quiet.</summary>
/// <param name="Role">The role.</param>
/// <param name="Round">The measurements of that time.</param>
/// <param name="QuietCpu">What the quiet roles used meanwhile, as a share of all processors.</param>
internal sealed record Slot(Role Role, Round Round, double QuietCpu);

/// <summary>Figures over the slots of one round.</summary>
internal static class Slots
{
    /// <summary>
    /// This tree's figure divided by that of a role: the geometric mean over the pairs of neighbours, so that twice as much in one pair
    /// and half as much in the other cancel out.
    /// </summary>
    public static double RatioTo(this IReadOnlyList<Slot> slots, Role beside, Figure figure) => GeometricMean(
        Interleaving.PairsOf([.. slots.Select(slot => slot.Role)], beside)
            .Select(pair => figure.Of(slots[pair.This].Round) / figure.Of(slots[pair.Beside].Round)));

    /// <summary>How many requests a role answered per request that the echo answered in the same round.</summary>
    public static double ShareOfEcho(this IReadOnlyList<Slot> slots, Role role) => RateOf(slots, role) / RateOf(slots, Role.Echo);

    /// <summary>The slots of a role.</summary>
    public static IEnumerable<Slot> Of(this IEnumerable<Slot> slots, Role role) => slots.Where(slot => slot.Role == role);

    private static double RateOf(IReadOnlyList<Slot> slots, Role role) => GeometricMean(slots.Of(role).Select(slot => slot.Round.Rate));

    private static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));
}
