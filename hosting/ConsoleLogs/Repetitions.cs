namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>What makes two failures the same to whoever reads the log: where they are said, and what is at the bottom of them.</summary>
internal readonly record struct FailureKind(string Category, int Event, Type Cause);

/// <summary>
/// Keeps an outage from filling the log: of the failures of one kind the first is written, the others are counted, and the last of
/// them is written once a minute with their count. Thread-safe.
/// </summary>
internal sealed class Repetitions : IDisposable
{
    /// <summary>How often the count is written.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<FailureKind, Repeated> _kinds = [];
    private readonly ITimer _timer;

    /// <summary>Starts to count.</summary>
    public Repetitions(TimeProvider time) => _timer = time.CreateTimer(_ => Say(), null, Interval, Interval);

    /// <summary>Writes a failure, or counts it.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="write">Writes it, and behind it what it is given.</param>
    public void Add(in FailureKind kind, Action<string> write)
    {
        lock (_gate)
        {
            if (_kinds.TryGetValue(kind, out var repeated))
            {
                (repeated.Count, repeated.WriteLast) = (repeated.Count + 1, write);
                return;
            }
            _kinds.Add(kind, new Repeated());
        }
        write("");
    }

    /// <summary>Writes what was counted and is not written yet.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Say();
    }

    private void Say()
    {
        var due = new List<(Action<string> Write, long Count)>();
        lock (_gate)
        {
            foreach (var (kind, repeated) in _kinds)
            {
                if (repeated.WriteLast is { } write) due.Add((write, repeated.Count));
                else _kinds.Remove(kind);
                (repeated.Count, repeated.WriteLast) = (0, null);
            }
        }
        foreach (var (write, count) in due) write(count == 1 ? "" : $" (The last of {count} like it within a minute.)");
    }

    private sealed class Repeated
    {
        public long Count { get; set; }
        public Action<string>? WriteLast { get; set; }
    }
}
