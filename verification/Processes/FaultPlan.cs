namespace OrleansChat.Verification.Processes;

/// <summary>
/// The faults of a run, drawn from its seed: kills have one schedule, freezes and stops another; on each schedule, every kind gets its
/// turn.
/// </summary>
internal static class FaultPlan
{
    private const double FirstSeconds = 3, QuietSeconds = 12, LeastFreeze = 1, MostFreeze = 20;
    private const int TurnsToOneKillAll = 3;

    /// <summary>
    /// The minimum and maximum number of seconds between two kills, in turn: first faults in quick succession, then a pause that is long
    /// enough for everything that must be in order ten seconds after a kill.
    /// </summary>
    private static readonly (double Least, double Most)[] KillPauses = [(4, 12), (4, 12), (13, 16)];

    /// <summary>The same for freezes and stops.</summary>
    private static readonly (double Least, double Most)[] OtherPauses = [(8, 28)];

    /// <summary>All kills of a run, in chronological order; few of them kill everything at once.</summary>
    public static IEnumerable<Fault> Kills(int seed, IReadOnlyList<FaultKind> kinds, Func<FaultKind, int> places, TimeSpan length) =>
        Make(new Random(seed), [.. kinds.Where(kind => kind.Blow == Blow.Kill)], KillPauses, places, length);

    /// <summary>All other faults, in chronological order.</summary>
    public static IEnumerable<Fault> Others(int seed, IReadOnlyList<FaultKind> kinds, Func<FaultKind, int> places, TimeSpan length) =>
        Make(new Random(~seed), [.. kinds.Where(kind => kind.Blow != Blow.Kill)], OtherPauses, places, length);

    private static IEnumerable<Fault> Make(
        Random random, IReadOnlyList<FaultKind> kinds, (double Least, double Most)[] pauses, Func<FaultKind, int> places, TimeSpan length)
    {
        if (kinds.Count == 0) yield break;
        // The pack is shuffled again when all of it was dealt: short runs have many kinds, and long runs have all kinds equally often.
        FaultKind[] pack = [.. kinds.SelectMany(kind => Enumerable.Repeat(kind, kind.Target is null ? 1 : TurnsToOneKillAll))];
        var dealt = pack.Length;
        // In the last seconds the service recovers under load. Even a short run gets a fault or two.
        var end = Math.Max(length.TotalSeconds - QuietSeconds, FirstSeconds + pauses[0].Least);
        var turn = 0;
        for (var at = Between(random, (FirstSeconds, FirstSeconds + pauses[0].Least)); at < end;
            at += Between(random, pauses[turn++ % pauses.Length]))
        {
            if (dealt == pack.Length)
            {
                random.Shuffle(pack);
                dealt = 0;
            }
            var kind = pack[dealt++];
            var freeze = kind.Blow == Blow.Freeze ? TimeSpan.FromSeconds(Between(random, (LeastFreeze, MostFreeze))) : TimeSpan.Zero;
            yield return new Fault(TimeSpan.FromSeconds(at), kind, random.Next(places(kind)), freeze);
        }
    }

    private static double Between(Random random, (double Least, double Most) limits) =>
        limits.Least + random.NextDouble() * (limits.Most - limits.Least);
}
