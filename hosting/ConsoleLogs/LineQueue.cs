namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>
/// Queues log entries for an output that may block, like a pipe that nobody reads. Callers never wait: an entry that finds no room is
/// dropped and counted, and the count is written in its place. Thread-safe.
/// </summary>
/// <remarks>
/// The framework's own queue waits unless it is told to drop. After it is closed, the threads that log write to the output themselves:
/// there a stopping process would block.
/// </remarks>
internal sealed class LineQueue : IDisposable
{
    /// <summary>How long an ending process waits for its last entries to be written.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    // An object instead of a Lock, since threads wait on it with Monitor.
    private readonly object _gate = new();
    private readonly Queue<string> _entries = new();
    private readonly int _capacity;
    private readonly Action<string> _write;
    private readonly Func<long, string> _describe;
    private readonly Action _onDropped;
    private readonly Thread _writer;
    private long _dropped;
    private bool _isClosed;

    /// <summary>Starts the thread that writes.</summary>
    /// <param name="capacity">How many entries may wait.</param>
    /// <param name="write">Writes an entry, however long that takes.</param>
    /// <param name="describe">Makes the entry that says how many were dropped.</param>
    /// <param name="onDropped">Called for each entry that is dropped.</param>
    public LineQueue(int capacity, Action<string> write, Func<long, string> describe, Action onDropped)
    {
        (_capacity, _write, _describe, _onDropped) = (capacity, write, describe, onDropped);
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>Queues an entry, or drops it if there is no room.</summary>
    public void Add(string entry)
    {
        lock (_gate)
        {
            // The entry with the count of dropped ones needs a place too.
            if (_isClosed || _entries.Count + (_dropped > 0 ? 1 : 0) >= _capacity)
            {
                _dropped++;
                _onDropped();
                return;
            }
            if (_dropped > 0) _entries.Enqueue(TakeDropped());
            _entries.Enqueue(entry);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Closes the queue; waits for the queued entries to be written, but not long if the output blocks.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
        _writer.Join(LastWait);
    }

    private void Write()
    {
        while (Next() is { } entry)
        {
            try
            {
                _write(entry);
            }
            catch (IOException)
            {
                // There is nobody left to tell.
            }
        }
    }

    /// <summary>Waits for the next entry; null when the queue is closed and empty.</summary>
    private string? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_entries.TryDequeue(out var entry)) return entry;
                if (_dropped > 0) return TakeDropped();
                if (_isClosed) return null;
                Monitor.Wait(_gate);
            }
        }
    }

    private string TakeDropped()
    {
        var dropped = _dropped;
        _dropped = 0;
        return _describe(dropped);
    }
}
