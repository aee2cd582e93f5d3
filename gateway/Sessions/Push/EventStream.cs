using System.Diagnostics.CodeAnalysis;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Sessions.Push;

/// <summary>
/// What one client hears of: a place in each log, and no queue. The door's writer takes one event after the other, when the client has
/// taken the last; a client that does not read costs a number per log. All but what wakes it up or tells it something is for the writer.
/// </summary>
/// <remarks>
/// What this gateway holds of a log is told without asking anyone, so membership is followed here: the entry with which the user leaves a
/// room ends the room on this stream, before anything that follows it, since entries are taken in the order of their numbers. What stood in
/// the log before the memberships were read is read by number, by a statement that asks what the session may see.
/// </remarks>
internal sealed partial class EventStream(StreamHub hub, ClientSession client, string sessionKey, StreamStart start, TimeProvider time)
{
    /// <summary>In larger rooms, changes are told only to those whom they concern, and to moderators.</summary>
    private const int LargeRoom = 200;

    /// <summary>The most hints that wait for a client that does not read; beyond that the oldest are lost.</summary>
    private const int MaxHints = 100;

    private readonly Lock _gate = new();
    private readonly WakeUp _wakeUp = new();
    private readonly Queue<StreamEvent> _first = [];
    private readonly Queue<StreamEvent> _hints = [];
    private readonly List<LogCursor> _logs = [];
    private int _place;
    private string _epoch = "";
    private int _isBeating;
    private int _mustRefresh;
    private volatile bool _isEnded;
    private TimeSpan? _drain;

    /// <summary>The user's name; empty before it is known.</summary>
    public string User { get; set; } = "";

    /// <summary>The display name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Whether it has begun.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>The session.</summary>
    public string SessionKey => sessionKey;

    /// <summary>Asks the service for this stream alone.</summary>
    public ClientSession Client => client;

    /// <summary>What this gateway holds of the inbox; null before the user is known.</summary>
    public LogFeed? Inbox { get; set; }

    /// <summary>The users whose presence it hears of.</summary>
    public IReadOnlyCollection<string> Watched => start.Watched;

    /// <summary>Who of these were online when it was last told; null before.</summary>
    public HashSet<string>? Online { get; set; }

    /// <summary>Whether it has ended, and tells nothing more.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>When it has ended, or should have; null before. Only the hub's clock uses this.</summary>
    public long? OverSince { get; set; }

    /// <summary>When it last said something or showed that it is alive.</summary>
    public long BeatAt { get; set; }

    /// <summary>When the session was last used for it.</summary>
    public long UsedAt { get; set; }

    /// <summary>Cuts the connection, when the client takes nothing.</summary>
    public Action? Abort { get; set; }

    /// <summary>The logs of rooms with numbers of joining, as last read, in the order of the logs.</summary>
    public IReadOnlyList<Position> Memberships { get; private set; } = [];

    /// <summary>Says that there may be something to tell.</summary>
    public void Wake() => _wakeUp.Set();

    /// <summary>Ends it at once.</summary>
    public void End()
    {
        _isEnded = true;
        Wake();
    }

    /// <summary>Has it tell that the gateway stops.</summary>
    public void Drain(TimeSpan within)
    {
        lock (_gate) _drain ??= within;
        Wake();
    }

    /// <summary>Has it show that it is alive.</summary>
    public void Beat()
    {
        Interlocked.Exchange(ref _isBeating, 1);
        Wake();
    }

    /// <summary>Has it read the memberships again, and whether the session is alive.</summary>
    public void Refresh()
    {
        Interlocked.Exchange(ref _mustRefresh, 1);
        Wake();
    }

    /// <summary>Tells it a hint.</summary>
    public void Tell(StreamEvent hint)
    {
        lock (_gate)
        {
            if (_hints.Count >= MaxHints) _hints.Dequeue();
            _hints.Enqueue(hint);
        }
        Wake();
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    public async ValueTask<StreamEvent?> NextAsync()
    {
        while (true)
        {
            if (TryNext(out var next)) return next;
            if (_isEnded) return null;
            if (Interlocked.Exchange(ref _mustRefresh, 0) == 1) await RefreshAsync();
            else if (_logs.Find(log => log.MustRead) is { } behind) await ReadAsync(behind);
            else await _wakeUp.WaitAsync();
        }
    }

    /// <summary>The next event, if nothing need be read for it.</summary>
    public bool TryNext([NotNullWhen(true)] out StreamEvent? next)
    {
        if (!_isEnded && (TryTakeFirst(out next) || TryTakeEntry(out next) || TryTakeHeartbeat(out next)))
        {
            // It may have ended meanwhile, and have been answered so, before this was accepted.
            if (!_isEnded) return true;
        }
        next = null;
        return false;
    }

    private bool TryTakeFirst([NotNullWhen(true)] out StreamEvent? next)
    {
        lock (_gate)
        {
            if (_first.TryDequeue(out next)) return true;
            if (_drain is { Ticks: > 0 } within)
            {
                _drain = TimeSpan.Zero;
                next = new DrainEvent(within);
                return true;
            }
            return _hints.TryDequeue(out next);
        }
    }

    private bool TryTakeHeartbeat([NotNullWhen(true)] out StreamEvent? next)
    {
        next = Interlocked.Exchange(ref _isBeating, 0) == 1 ? new HeartbeatEvent() : null;
        return next is not null;
    }

    // Each log in its turn, so that a busy one holds up no other.
    private bool TryTakeEntry([NotNullWhen(true)] out StreamEvent? next)
    {
        for (var tried = 0; tried < _logs.Count; tried++)
        {
            _place = (_place + 1) % _logs.Count;
            if (TryTakeEntry(_logs[_place], out next)) return true;
        }
        next = null;
        return false;
    }

    private bool TryTakeEntry(LogCursor log, [NotNullWhen(true)] out StreamEvent? next)
    {
        next = null;
        while (true)
        {
            var shared = default(TailEntry);
            if (!log.Read.TryDequeue(out var entry))
            {
                if (log.Next < log.Known) return false;
                shared = log.Feed.Find(log.Next + 1);
                if (shared is null) return false;
                entry = shared.Entry;
            }
            if (entry.Number <= log.Next) continue;
            log.Next = entry.Number;
            if (log.Room is not null && entry.User == User && entry.Number > log.Joined) OwnChanged(log, entry);
            if (!Concerns(log, entry)) continue;
            next = new EntryEvent(entry, log.Held, log.Room, shared);
            log.Held = entry.Number;
            return true;
        }
    }

    // A change of the user's own membership: what follows it may not be for them.
    private void OwnChanged(LogCursor log, LogEntry entry)
    {
        var hasEnded = entry.Kind is EntryKind.Left or EntryKind.Removed
            || (entry.Kind == EntryKind.Role && entry.Text.AsSpan().SequenceEqual("banned"u8));
        if (hasEnded)
        {
            Leave(log);
            lock (_gate) _first.Enqueue(new RoomsEvent(log.Feed.Log, log.Room!, null, null));
        }
        Refresh();
    }

    private bool Concerns(LogCursor log, LogEntry entry) =>
        log.Room is null || log.Members <= LargeRoom || entry.Kind is <= EntryKind.Deleted or EntryKind.Title
        || log.Role >= MemberRole.Moderator || entry.User == User || entry.Sender == User;

    private void Leave(LogCursor log)
    {
        log.Feed.Remove(this);
        log.Read.Clear();
        _logs.Remove(log);
    }
}
