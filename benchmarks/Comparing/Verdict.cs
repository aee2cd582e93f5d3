namespace OrleansChat.Bench.Comparing;

/// <summary>What a figure tells about two versions.</summary>
internal enum Verdict
{
    /// <summary>There are too few rounds to tell a difference from chance.</summary>
    TooFewRounds,

    /// <summary>The versions differ by no more than one program differs from itself.</summary>
    Inside,

    /// <summary>The ratio differs from 1, but perhaps by chance: more rounds would tell.</summary>
    Unclear,

    /// <summary>The versions differ, and this tree is the better one.</summary>
    Better,

    /// <summary>The versions differ, and this tree is the worse one.</summary>
    Worse,
}

/// <summary>Reaches verdicts and puts them into words.</summary>
internal static class Verdicts
{
    /// <summary>Two spreads of one program lie apart in at most 1 of 35 comparisons with four rounds, in 1 of 240 with six.</summary>
    public const int LeastRounds = 4;

    /// <summary>Versions differ if the ratios to the other lie apart from 1 and from the ratios to the twin, on one side of both.</summary>
    /// <param name="toOther">This tree's figure divided by the other version's, round by round.</param>
    /// <param name="toTwin">This tree's figure divided by the twin's, which differ only by chance.</param>
    /// <param name="moreIsBetter">Whether a ratio above 1 is in favour of this tree.</param>
    public static Verdict Of(Spread toOther, Spread toTwin, bool moreIsBetter)
    {
        if (toOther.Count < LeastRounds) return Verdict.TooFewRounds;
        var (isAbove, isBelow) = (toOther.Low > Math.Max(1, toTwin.High), toOther.High < Math.Min(1, toTwin.Low));
        if (isAbove || isBelow) return isAbove == moreIsBetter ? Verdict.Better : Verdict.Worse;
        return toOther.Holds(1) ? Verdict.Inside : Verdict.Unclear;
    }

    /// <summary>The verdict as a line for the table.</summary>
    public static string Say(this Verdict verdict, double ratio) => verdict switch
    {
        Verdict.TooFewRounds => $"too few rounds: {LeastRounds} at least",
        Verdict.Inside => "no difference beyond A/A",
        Verdict.Unclear => "not clear: more rounds would tell",
        Verdict.Better => $"{ratio:0.000} times, outside A/A: better",
        Verdict.Worse => $"{ratio:0.000} times, outside A/A: worse",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
