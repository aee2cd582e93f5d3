using OrleansChat.GrainInterfaces.Push;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Grains.Push;

/// <summary>
/// The way from this silo to one gateway. One loop tells the gateway, call by call, what has come up during the last call: so it batches
/// by itself. It holds no entries, only which logs have moved; entries are read when they can be sent. A gateway that does not take a call
/// counts as lost, with all its attachments; it finds that when it renews. Thread-safe.
/// </summary>
internal sealed class GatewayOutbox(IGatewayObserver observer, GatewayOutboxes outboxes, TimeProvider time)
{
    /// <summary>The most logs in a call, entries and bytes of each, bytes of all; beyond that, only last numbers are told.</summary>
    private const int MaxLogs = 500, MaxEntries = 64, MaxLogBytes = 64 << 10, MaxBytes = 8 << 20;

    /// <summary>The most notices that wait. They are hints: beyond that the oldest are lost.</summary>
    private const int MaxNotices = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<Attachment> _moved = [];
    private readonly Queue<UserNotice> _notices = [];
    private bool _isRunning;
    private bool _mustShow;
    private bool _isShowing;
    private long _renewedAt;
    private volatile bool _isLost;

    /// <summary>Whether the gateway has not taken a call.</summary>
    public bool IsLost => _isLost;

    /// <summary>Has the gateway told of what was appended to a log.</summary>
    public void Moved(Attachment attachment)
    {
        lock (_gate)
        {
            if (_isLost || !_moved.Add(attachment) || _isRunning) return;
            _isRunning = true;
        }
        // Off the grain's turn, and off the sender's path.
        _ = Task.Run(RunAsync);
    }

    /// <summary>Has the gateway told of what has changed for a user.</summary>
    public void Tell(UserNotice notice)
    {
        lock (_gate)
        {
            if (_isLost) return;
            if (_notices.Count >= MaxNotices) _notices.Dequeue();
            _notices.Enqueue(notice);
            if (_isRunning) return;
            _isRunning = true;
        }
        _ = Task.Run(RunAsync);
    }

    /// <summary>Notes that the gateway has attached itself to something; from then on it is shown that this silo is there.</summary>
    public void Renewed()
    {
        lock (_gate)
        {
            _renewedAt = time.GetTimestamp();
            if (_isShowing) return;
            _isShowing = true;
        }
        _ = Task.Run(ShowAsync);
    }

    /// <summary>Has the gateway end streams of a user at once.</summary>
    public Task EndAsync(string user, string? sessionKey, string? but) => observer.Ended(user, sessionKey, but);

    private async Task ShowAsync()
    {
        while (true)
        {
            await Task.Delay(PushLease.ShowEvery, time);
            lock (_gate)
            {
                if (_isLost) return;
                if (time.GetElapsedTime(_renewedAt) > PushLease.Duration)
                {
                    _isLost = true;
                    break;
                }
                _mustShow = true;
                if (_isRunning) continue;
                _isRunning = true;
            }
            _ = Task.Run(RunAsync);
        }
        outboxes.Forget(this);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            List<Attachment> moved;
            UserNotice[] notices;
            bool mustShow;
            lock (_gate)
            {
                if (_moved.Count + _notices.Count == 0 && !_mustShow)
                {
                    _isRunning = false;
                    return;
                }
                moved = [.. _moved.Take(MaxLogs)];
                foreach (var attachment in moved) _moved.Remove(attachment);
                notices = [.. _notices];
                _notices.Clear();
                mustShow = _mustShow;
                _mustShow = false;
            }
            try
            {
                var arrivals = await ReadAsync(moved);
                if (mustShow || arrivals.Length + notices.Length > 0)
                    await observer.Arrived(new PushBatch(arrivals, notices, outboxes.Silo));
                foreach (var arrival in arrivals) moved.Find(a => a.Log == arrival.LogId)!.Tell(arrival.Last);
            }
            catch (Exception exception)
            {
                lock (_gate) (_isLost, _isRunning) = (true, false);
                outboxes.Lost(this, exception);
                return;
            }
        }
    }

    private async Task<Arrival[]> ReadAsync(List<Attachment> moved)
    {
        if (moved.Count == 0) return [];
        var after = moved.ConvertAll(attachment => new LogNumber(attachment.Log, attachment.Told));
        var tails = await outboxes.ReadAsync(after, MaxEntries, MaxLogBytes);
        var arrivals = new List<Arrival>();
        long bytes = 0;
        for (var i = 0; i < tails.Count; i++)
        {
            // Another call, or the gateway's own, has told it.
            if (tails[i].Last <= after[i].Number) continue;
            bytes += tails[i].Entries.Sum(entry => entry.Text.Length + 256L);
            arrivals.Add(new Arrival(
                after[i].LogId, after[i].Number, tails[i].Last,
                bytes <= MaxBytes ? [.. tails[i].Entries.Select(Attachments.ToEntry)] : []));
        }
        return [.. arrivals];
    }
}
