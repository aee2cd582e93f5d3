namespace OrleansChat.Limits;

/// <summary>
/// Refuses new work while calls in flight do not finish: when grain calls queue, or PostgreSQL stalls, more work would only make
/// everyone wait longer. Logins are refused first, logouts never. The gate opens by itself: it admits one command per second as a
/// probe, and everything again as soon as one is answered.
/// </summary>
/// <remarks>
/// Orleans's own load shedding does not see a gateway in the silo's process. A login does not count as a call: it may wait long for
/// its password to be hashed. Thread-safe.
/// </remarks>
/// <param name="maxCalls">With this many calls in flight further commands are refused; with half as many, logins.</param>
/// <param name="metrics">Counts the refusals.</param>
/// <param name="time">Measures how long no call was answered.</param>
public sealed class LoadGate(int maxCalls, LimitMetrics metrics, TimeProvider time)
{
    /// <summary>Below this many calls in flight the gate never closes: part of the service may be down, but no queue grows.</summary>
    public const int FewCalls = 32;

    /// <summary>Logins are refused when no call has been answered for this long.</summary>
    public static readonly TimeSpan StallForLogins = TimeSpan.FromSeconds(1);

    /// <summary>The same for other commands: less than the 4 s after which a database command fails.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = time;
    private int _calls;
    private long _movedAt;
    private long _probedAt;

    /// <summary>Whether a login may begin.</summary>
    public bool MayLogIn() => MayBegin(maxCalls / 2, StallForLogins, probes: false);

    /// <summary>Whether another command may begin.</summary>
    public bool MayBegin() => MayBegin(maxCalls, Stall, probes: true);

    /// <summary>Counts a call that begins; dispose of it when the call ends, with or without success.</summary>
    public CallInFlight Begin()
    {
        // Below that many calls the last answer does not matter, and may be old: start measuring now.
        if (Interlocked.Increment(ref _calls) == FewCalls) Volatile.Write(ref _movedAt, _time.GetTimestamp());
        return new CallInFlight(this);
    }

    private bool MayBegin(int limit, TimeSpan stall, bool probes)
    {
        var calls = Volatile.Read(ref _calls);
        if (calls < Math.Min(FewCalls, limit)) return true;
        if (calls < limit && (_time.GetElapsedTime(Volatile.Read(ref _movedAt)) < stall || (probes && MayProbe()))) return true;
        metrics.Hit(LimitNames.Overload);
        return false;
    }

    /// <summary>Admits one probe per second: the calls in flight may wait for something that no longer concerns new ones.</summary>
    private bool MayProbe()
    {
        var last = Volatile.Read(ref _probedAt);
        return _time.GetElapsedTime(last) >= StallForLogins
            && Interlocked.CompareExchange(ref _probedAt, _time.GetTimestamp(), last) == last;
    }

    /// <summary>A call in flight.</summary>
    public readonly struct CallInFlight(LoadGate? gate) : IDisposable
    {
        /// <summary>Records that a grain answered, as opposed to a timeout.</summary>
        public void Answered()
        {
            if (gate is not null) Volatile.Write(ref gate._movedAt, gate._time.GetTimestamp());
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (gate is not null) Interlocked.Decrement(ref gate._calls);
        }
    }
}
