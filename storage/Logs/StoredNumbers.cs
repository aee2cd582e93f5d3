namespace OrleansChat.Storage.Logs;

/// <summary>
/// Remembers the last number of each mailbox that a connection has stored, and those of the batch that it is about to store, to tell what
/// a statement need not look up.
/// </summary>
internal sealed class StoredNumbers
{
    /// <summary>The most mailboxes to remember, about 5 MB; beyond that, it forgets all and looks predecessors up again.</summary>
    private const int MaxRemembered = 100_000;

    // The row exists, or its message was received.
    private readonly Dictionary<long, long> _lastStored = [];
    private readonly Dictionary<long, long> _lastInBatch = [];

    /// <summary>Begins another batch, whether or not the one before it was stored.</summary>
    public void BeginBatch() => _lastInBatch.Clear();

    /// <summary>Adds a row to the batch, and says what to look up about its predecessor.</summary>
    public PredecessorCheck Add(long log, long number)
    {
        var check = _lastInBatch.TryGetValue(log, out var last) && last == number - 1 ? PredecessorCheck.None
            : _lastStored.TryGetValue(log, out last) && last == number - 1 ? PredecessorCheck.Position
            : PredecessorCheck.PositionAndRow;
        _lastInBatch[log] = number;
        return check;
    }

    /// <summary>Records that the batch was stored.</summary>
    public void BatchStored()
    {
        if (_lastStored.Count + _lastInBatch.Count > MaxRemembered) _lastStored.Clear();
        foreach (var (log, number) in _lastInBatch) _lastStored[log] = number;
    }
}
