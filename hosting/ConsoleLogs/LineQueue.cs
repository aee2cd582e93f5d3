namespace OrleansChat.Hosting.ConsoleLogs;

/// <summary>
/// Log entries on their way to an output that may stand still, as a pipe does that nobody reads. Nobody waits for it: an
/// entry for which there is no room is dropped and counted, and the count is written where it would have stood. Thread-safe.
/// </summary>
/// <remarks>
/// The framework's own queue waits unless told to drop, and once it is closed has whoever logs write to the output: a process
/// that stops would stand still there.
/// </remarks>
internal sealed class LineQueue : IDisposable
{
    /// <summary>How long a process that ends waits for its last entries to be read.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    // Waited at too, which a Lock does not offer.
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
    /// <param name="describe">The entry that says how many were dropped.</param>
    /// <param name="onDropped">Told of each entry that is dropped.</param>
    public LineQueue(int capacity, Action<string> write, Func<long, string> describe, Action onDropped)
    {
        (_capacity, _write, _describe, _onDropped) = (capacity, write, describe, onDropped);
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>Has an entry written, or drops it.</summary>
    public void Add(string entry)
    {
        lock (_gate)
        {
            // The count of those that were dropped needs a place too.
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

    /// <summary>Writes what waits, unless the output stands still, and no more.</summary>
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
                // Nobody is there to be told.
            }
        }
    }

    /// <summary>Waits for the next entry; null when it was the last.</summary>
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
