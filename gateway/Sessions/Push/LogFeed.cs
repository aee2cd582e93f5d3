using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions.Push;

/// <summary>
/// What this gateway holds of a log that streams of it follow: the number up to which it knows the log, and the latest entries, for all
/// streams together. Hints move it on; a hint that does not follow what it holds has the log read. Thread-safe.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="name">The name of the user, or of the room.</param>
/// <param name="isRoom">Whether it is a room.</param>
internal sealed class LogFeed(long log, string name, bool isRoom)
{
    /// <summary>The most entries that it keeps, and about how many bytes of texts; the last entry is always kept.</summary>
    internal const int MaxEntries = 64, MaxBytes = 64 << 10;

    private readonly Lock _gate = new();
    private readonly List<TailEntry> _tail = [];
    private readonly HashSet<EventStream> _readers = [];
    private long _head = -1;
    private long _told = -1;
    private int _bytes;

    /// <summary>The log.</summary>
    public long Log => log;

    /// <summary>The name of the user, or of the room.</summary>
    public string Name => name;

    /// <summary>Whether it is a room.</summary>
    public bool IsRoom => isRoom;

    /// <summary>The number up to which the log is known; negative before that is known.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>When this gateway was last attached, by the timestamp from before it asked; null if it is not.</summary>
    public long? AttachedAt { get; set; }

    /// <summary>The silo process that the log's grain was in; empty if that is not known.</summary>
    public string Silo { get; set; } = "";

    /// <summary>When to renew the attachment, as a timestamp.</summary>
    public long DueAt { get; set; }

    /// <summary>Whether an attachment is under way: 1 if so.</summary>
    public int IsRenewing;

    /// <summary>Whether no stream follows it.</summary>
    public bool IsUnread
    {
        get
        {
            lock (_gate) return _readers.Count == 0;
        }
    }

    /// <summary>Has a stream be woken by what arrives.</summary>
    public void Add(EventStream reader)
    {
        lock (_gate) _readers.Add(reader);
    }

    /// <summary>Ends that.</summary>
    public void Remove(EventStream reader)
    {
        lock (_gate) _readers.Remove(reader);
    }

    /// <summary>The entry with a number; null if it is not among those that are kept.</summary>
    public TailEntry? Find(long number)
    {
        lock (_gate)
        {
            var place = _tail.Count == 0 ? -1 : number - _tail[0].Entry.Number;
            return place >= 0 && place < _tail.Count ? _tail[(int)place] : null;
        }
    }

    /// <summary>Takes a hint: late, doubled, or before others.</summary>
    /// <returns>Whether the log is known as far as hints tell; if not, it must be read.</returns>
    public bool Take(long after, long last, LogEntry[] entries)
    {
        lock (_gate)
        {
            _told = Math.Max(_told, last);
            // Where it begins is still being asked for.
            if (_head < 0) return true;
            if (after <= _head) Append(entries);
            return _head >= _told;
        }
    }

    /// <summary>Takes what the log's grain has answered: where the log ends, and what follows the head that it was told.</summary>
    /// <returns>Whether the log is known as far as hints tell; if not, it must be read again.</returns>
    public bool Attached(long last, LogEntry[] entries)
    {
        lock (_gate)
        {
            if (_head >= 0) Append(entries);
            if (_head >= last) return _head >= _told;
            // Too many to hold: each stream reads what it lacks.
            _tail.Clear();
            _bytes = 0;
            _head = last;
            Wake();
            return _head >= _told;
        }
    }

    /// <summary>Forgets all: the database is another, whose numbers may be lower.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            (_head, _told, _bytes, DueAt) = (-1, -1, 0, 0);
            _tail.Clear();
        }
    }

    private void Append(LogEntry[] entries)
    {
        var head = _head;
        foreach (var entry in entries)
        {
            if (entry.Number <= _head) continue;
            if (entry.Number != _head + 1) break;
            _tail.Add(new TailEntry(entry));
            _bytes += entry.Text.Length;
            _head = entry.Number;
        }
        if (_head == head) return;
        var excess = 0;
        while (excess < _tail.Count - 1 && (_tail.Count - excess > MaxEntries || _bytes > MaxBytes))
            _bytes -= _tail[excess++].Entry.Text.Length;
        _tail.RemoveRange(0, excess);
        Wake();
    }

    private void Wake()
    {
        foreach (var reader in _readers) reader.Wake();
    }
}

/// <summary>An entry that all streams of this gateway share.</summary>
internal sealed class TailEntry(LogEntry entry)
{
    /// <summary>The entry.</summary>
    public LogEntry Entry => entry;

    /// <summary>How a door has written it, which is the same for all who follow a log; null before.</summary>
    public byte[]? Written { get; set; }
}
