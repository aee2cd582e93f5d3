using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Refuses new work while what was begun does not come to its end: when grain calls queue, or PostgreSQL stalls, whoever
/// waits would only wait longer. Logins are refused first, logouts never. Nothing need be restarted: one command a
/// second is let in to try, and as soon as one is answered, all are.
/// </summary>
/// <remarks>
/// Orleans's own load shedding does not see a gateway in the silo's process. A login counts as no call: it may wait for
/// its password to be hashed. Thread-safe.
/// </remarks>
internal sealed class LoadGate(LimitOptions limits, LimitMetrics metrics, TimeProvider time)
{
    /// <summary>Fewer calls than this may wait for as long as they want: a part of the service may be down, and no queue grows.</summary>
    internal const int FewCalls = 32;

    /// <summary>How long no call may have been answered before logins are refused.</summary>
    internal static readonly TimeSpan StallForLogins = TimeSpan.FromSeconds(1);

    /// <summary>The same for everything else: less than the 4 seconds after which a database command fails.</summary>
    internal static readonly TimeSpan Stall = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = time;
    private int _calls;
    private long _movedAt;
    private long _probedAt;

    /// <summary>Whether a login may begin.</summary>
    public bool MayLogIn() => MayBegin(limits.MaxCallsInFlight / 2, StallForLogins, probes: false);

    /// <summary>Whether another command may begin.</summary>
    public bool MayBegin() => MayBegin(limits.MaxCallsInFlight, Stall, probes: true);

    /// <summary>A call begins; to be disposed of when it ends, however it does.</summary>
    public Call Begin()
    {
        // Before there were as many, nobody asked how long they wait.
        if (Interlocked.Increment(ref _calls) == FewCalls) Volatile.Write(ref _movedAt, _time.GetTimestamp());
        return new Call(this);
    }

    private bool MayBegin(int maxCalls, TimeSpan stall, bool probes)
    {
        var calls = Volatile.Read(ref _calls);
        if (calls < Math.Min(FewCalls, maxCalls)) return true;
        if (calls < maxCalls && (_time.GetElapsedTime(Volatile.Read(ref _movedAt)) < stall || (probes && MayProbe()))) return true;
        metrics.Hit(LimitNames.Overload);
        return false;
    }

    /// <summary>One at a time tries whether things are better: what waits may wait for something else.</summary>
    private bool MayProbe()
    {
        var last = Volatile.Read(ref _probedAt);
        return _time.GetElapsedTime(last) >= StallForLogins
            && Interlocked.CompareExchange(ref _probedAt, _time.GetTimestamp(), last) == last;
    }

    /// <summary>A call on its way.</summary>
    internal readonly struct Call(LoadGate? gate) : IDisposable
    {
        /// <summary>It was answered, by a grain and not by a timeout.</summary>
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
