namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>Failures of the same kind look alike to a reader of the log: they have the same category, event and root cause.</summary>
internal readonly record struct FailureKind(string Category, int Event, Type Cause);

/// <summary>
/// Keeps an outage from filling the log: it writes the first failure of each kind, counts the others, and writes the last of them with
/// their count once per minute. Thread-safe.
/// </summary>
internal sealed class Repetitions : IDisposable
{
    /// <summary>How often the count is written.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<FailureKind, Repeated> _kinds = [];
    private readonly ITimer _timer;

    /// <summary>Starts the timer that writes the counts.</summary>
    public Repetitions(TimeProvider time) => _timer = time.CreateTimer(_ => Say(), null, Interval, Interval);

    /// <summary>Writes a failure, or counts it.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="write">Writes the failure, followed by its argument.</param>
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

    /// <summary>Stops the timer, and writes the counts that are not written yet.</summary>
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
