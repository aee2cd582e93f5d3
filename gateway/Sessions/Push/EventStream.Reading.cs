using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;

namespace OrleansChat.Gateway.Sessions.Push;

// What a stream asks the service for: where it begins, what it lacks, and which rooms the user is in.
internal sealed partial class EventStream
{
    /// <summary>Who lacks more than this many entries gets none of them.</summary>
    internal const int MaxBehind = 1_000;

    /// <summary>How many entries are read at once: they wait in memory.</summary>
    private const int ReadAtOnce = 50;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Begins where the client wants, as far as that goes with what the database says.</summary>
    public void Begin(Standing standing)
    {
        Take(standing);
        IsBegun = true;
        _first.Enqueue(new HelloEvent(standing));
        var logs = standing.Rooms.Select(room => room.Log).Prepend(standing.Inbox).ToDictionary(log => log.LogId);
        foreach (var (log, number) in start.Logs)
            if (!logs.ContainsKey(log)) _first.Enqueue(new ResetEvent(log, ResetReason.Other, number));
        Follow(standing.Inbox, hub.FeedOf(standing.Inbox.LogId, User, isRoom: false, this), null);
        foreach (var room in standing.Rooms) Follow(room.Log, hub.FeedOf(room.Log.LogId, room.Name, isRoom: true, this), room);
    }

    /// <summary>Ends all that it follows.</summary>
    public void Close()
    {
        End();
        foreach (var log in _logs.ToList()) Leave(log);
        Inbox?.Remove(this);
    }

    private void Take(Standing standing)
    {
        (User, Name, _epoch) = (standing.User, standing.Name, standing.Epoch);
        Memberships = [.. standing.Rooms.Select(room => new Position(room.Log.LogId, room.Joined))];
    }

    private void Follow(LogStanding log, LogFeed feed, RoomStanding? room)
    {
        var from = log.Last;
        if (start.Logs.TryGetValue(log.LogId, out var number))
        {
            var reason = start.Epoch != _epoch ? ResetReason.Epoch
                : number > log.Last ? ResetReason.Ahead
                : number < log.Purged ? ResetReason.Expired
                : log.Last - number > MaxBehind ? ResetReason.Behind
                : (ResetReason?)null;
            if (reason is { } why) _first.Enqueue(new ResetEvent(log.LogId, why, log.Last));
            else from = number;
        }
        Add(new LogCursor(feed, room?.Name) { Next = from, Held = from, Known = log.Last }, room);
    }

    private void Add(LogCursor log, RoomStanding? room)
    {
        (log.Role, log.Joined, log.Members) = (room?.Role ?? default, room?.Joined ?? 0, room?.Members ?? 0);
        _logs.Add(log);
    }

    private async Task ReadAsync(LogCursor log)
    {
        if (Math.Max(log.Known, log.Feed.Head) - log.Next > MaxBehind)
        {
            Reset(log, ResetReason.Behind, Math.Max(log.Known, log.Feed.Head));
            return;
        }
        var outcome = log.Room is null
            ? await client.ReadLogAsync(sessionKey, _epoch, log.Next, ReadAtOnce)
            : await client.ReadRoomLogAsync(sessionKey, _epoch, log.Feed.Log, log.Next, ReadAtOnce);
        if (!outcome.TryGet(out var part, out var refusal))
        {
            await RefusedAsync(refusal);
            return;
        }
        if (part.First - 1 > log.Next) Reset(log, ResetReason.Expired, part.Last);
        else if (part.Entries.Length == 0 && part.Last > log.Next) log.Next = part.Last;
        else if (part.Entries.Length == 0) await Task.Delay(RetryAfter, time);
        else foreach (var entry in part.Entries) log.Read.Enqueue(entry);
    }

    private void Reset(LogCursor log, ResetReason reason, long last)
    {
        log.Read.Clear();
        (log.Next, log.Held) = (last, last);
        lock (_gate) _first.Enqueue(new ResetEvent(log.Feed.Log, reason, last));
    }

    private async Task RefreshAsync()
    {
        var outcome = await client.ReadStandingAsync(sessionKey, (_, _) => Task.FromResult(true));
        if (!outcome.TryGet(out var standing, out var refusal))
        {
            await RefusedAsync(refusal);
            return;
        }
        UsedAt = time.GetTimestamp();
        var isOtherEpoch = standing.Epoch != _epoch;
        if (standing.Name != Name) Tell(new AccountEvent(User));
        Take(standing);
        foreach (var log in _logs.Where(log => log.Room is not null).ToList())
        {
            if (Array.Exists(standing.Rooms, room => room.Log.LogId == log.Feed.Log)) continue;
            Leave(log);
            lock (_gate) _first.Enqueue(new RoomsEvent(log.Feed.Log, log.Room!, null, null));
        }
        foreach (var room in standing.Rooms) Follow(room);
        if (!isOtherEpoch) return;
        var lasts = standing.Rooms.Select(room => room.Log).Append(standing.Inbox).ToDictionary(log => log.LogId, log => log.Last);
        foreach (var log in _logs)
        {
            if (!lasts.TryGetValue(log.Feed.Log, out var last)) continue;
            log.Feed.Restart();
            Reset(log, ResetReason.Epoch, log.Known = last);
        }
    }

    private void Follow(RoomStanding room)
    {
        if (_logs.Find(log => log.Feed.Log == room.Log.LogId) is not { } known)
        {
            // From the entry with which the user has joined.
            var from = room.Joined - 1;
            var feed = hub.FeedOf(room.Log.LogId, room.Name, isRoom: true, this);
            Add(new LogCursor(feed, room.Name) { Next = from, Held = from, Known = room.Log.Last }, room);
            lock (_gate) _first.Enqueue(new RoomsEvent(room.Log.LogId, room.Name, room.Role, from));
            return;
        }
        // The user has left and joined again before the stream got there: what was between may not be theirs.
        if (room.Joined != known.Joined) (known.Joined, known.Known) = (room.Joined, Math.Max(known.Known, room.Log.Last));
        if (room.Role != known.Role) lock (_gate) _first.Enqueue(new RoomsEvent(room.Log.LogId, room.Name, room.Role, null));
        (known.Role, known.Members) = (room.Role, room.Members);
    }

    private async Task RefusedAsync(Refusal refusal)
    {
        if (refusal is Refusal.NoSession or Refusal.ClientGone)
        {
            End();
            return;
        }
        // Nothing is lost meanwhile. What is not found any more, or has another epoch, the next look at the memberships tells.
        await Task.Delay(RetryAfter, time);
        Refresh();
    }
}
