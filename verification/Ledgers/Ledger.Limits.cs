namespace OrleansChat.Verification.Ledgers;

/// <summary>Judges how much an account sends.</summary>
internal sealed partial class Ledger
{
    /// <summary>An account may send at once what it may send in this many seconds.</summary>
    private const int BurstSeconds = 10;

    /// <summary>Sends that were acknowledged longer ago are not judged any more.</summary>
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(1);

    private readonly List<TimeSpan> _upheavals = [];

    /// <summary>Records that grains may be active elsewhere from now on, and also where they were.</summary>
    public void GrainsMoved()
    {
        lock (_gate) _upheavals.Add(Now().At);
    }

    /// <summary>
    /// In any time t, an account stores at most what it may send at once and what it gains in t. Its count is in memory: whatever makes
    /// its grain start again makes it start full.
    /// </summary>
    private void JudgeLimit(MessageEntry message, Moment now)
    {
        if (sendsPerSecond == 0) return;
        var sends = message.Stream.Sender.Sends;
        sends.RemoveAll(begun => begun + LongestWindow < now.At);
        var place = sends.FindLastIndex(begun => begun <= message.Begun.At) + 1;
        sends.Insert(place, message.Begun.At);
        // All of them are acknowledged: those that began in a window that ends now were stored in it.
        for (var i = sends.Count - 1; i >= 0; i--)
        {
            var starts = 1 + _upheavals.Count(at => at >= sends[i] - LongestWindow);
            var most = sendsPerSecond * ((BurstSeconds * starts) + (now.At - sends[i]).TotalSeconds);
            if (sends.Count - i <= most) continue;
            Accuse(Invariants.SendsWithinLimit,
                $"{message.Stream.Sender.Name} sent {sends.Count - i} messages in {(now.At - sends[i]).TotalSeconds:F3} s, of {most:F0}",
                WithFaults(new History().Add(message)));
            return;
        }
    }
}
