using System.Diagnostics;

namespace OrleansChat.Bench.Abuse;

/// <summary>Counts what an attacker achieves. Thread-safe, except for <see cref="Report"/>.</summary>
internal sealed class Tally
{
    private long _done, _refused, _ended;
    private int _open;
    private (long At, long Done, long Refused, long Ended, TimeSpan Cpu) _last =
        (Stopwatch.GetTimestamp(), 0, 0, 0, Environment.CpuUsage.TotalTime);

    /// <summary>Counts completed operations.</summary>
    public void Done(long count = 1) => Interlocked.Add(ref _done, count);

    /// <summary>Counts operations that the server refused.</summary>
    public void Refused(long count) => Interlocked.Add(ref _refused, count);

    /// <summary>Counts a connection that was opened.</summary>
    public void Opened() => Interlocked.Increment(ref _open);

    /// <summary>Counts a connection that is no longer open.</summary>
    public void Closed() => Interlocked.Decrement(ref _open);

    /// <summary>Counts a connection that the server ended, or did not accept.</summary>
    public void Ended() => Interlocked.Increment(ref _ended);

    /// <summary>Reports everything since the last report.</summary>
    public AttackReport Report()
    {
        var now = (At: Stopwatch.GetTimestamp(), Done: Volatile.Read(ref _done), Refused: Volatile.Read(ref _refused),
            Ended: Volatile.Read(ref _ended), Cpu: Environment.CpuUsage.TotalTime);
        var seconds = Stopwatch.GetElapsedTime(_last.At, now.At).TotalSeconds;
        var report = new AttackReport(
            (now.Done - _last.Done) / seconds, (now.Refused - _last.Refused) / seconds, (now.Ended - _last.Ended) / seconds,
            Volatile.Read(ref _open), 100 * (now.Cpu - _last.Cpu).TotalSeconds / seconds);
        _last = now;
        return report;
    }
}
