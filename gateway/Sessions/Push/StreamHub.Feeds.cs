using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;

namespace OrleansChat.Gateway.Sessions.Push;

// The logs that streams follow: attachments to their grains, which are renewed, and find what hints have lost.
internal sealed partial class StreamHub
{
    /// <summary>Attachments are renewed after a time between these, so that renewals are spread.</summary>
    internal static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(12), RenewBefore = TimeSpan.FromSeconds(16);

    /// <summary>An attachment that failed is tried again after this.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>How often a log is read in a row, where hints tell of ever more.</summary>
    private const int MaxReadsInARow = 3;

    private readonly Dictionary<long, LogFeed> _feeds = [];
    // A silo that dies has thousands of attachments made again; those who wait take turns.
    private readonly SemaphoreSlim _turns = new(128);
    private readonly Dictionary<string, long> _heard = [];
    private IGatewayObserver? _reference;
    private long _attachments;

    /// <summary>What this gateway holds of a log, for a stream to follow; it attaches itself to a room if it has not.</summary>
    public LogFeed FeedOf(long log, string name, bool isRoom, EventStream reader)
    {
        LogFeed? feed;
        lock (_gate)
        {
            var isKnown = _feeds.TryGetValue(log, out feed);
            feed ??= _feeds[log] = new LogFeed(log, name, isRoom) { DueAt = _services.Time.GetTimestamp() };
            // Before anything may take it away because nobody follows it.
            feed.Add(reader);
            if (isKnown || !isRoom) return feed;
        }
        _ = RenewAsync(feed);
        return feed;
    }

    /// <summary>Takes hints.</summary>
    public void Arrived(Arrival[] arrivals)
    {
        foreach (var arrival in arrivals)
        {
            LogFeed? feed;
            lock (_gate) _feeds.TryGetValue(arrival.LogId, out feed);
            if (feed?.Take(arrival.After, arrival.Last, arrival.Entries) == false) _ = RenewAsync(feed);
        }
    }

    /// <summary>Notes that a silo is there.</summary>
    public void Heard(string silo)
    {
        if (silo.Length == 0) return;
        lock (_gate) _heard[silo] = _services.Time.GetTimestamp();
    }

    /// <summary>Attaches this gateway to the inbox of a new stream's user, unless it is.</summary>
    private async Task RequireAttachedAsync(LogFeed feed)
    {
        if (feed.AttachedAt is { } at && _services.Time.GetElapsedTime(at) < PushLease.EndsStreams) return;
        await AttachAsync(feed);
    }

    private void RenewDue()
    {
        LogFeed[] feeds;
        string[] silent;
        var now = _services.Time.GetTimestamp();
        lock (_gate)
        {
            feeds = [.. _feeds.Values];
            silent =
            [
                .. _heard.Where(silo => _services.Time.GetElapsedTime(silo.Value, now) > PushLease.LongestSilence).Select(silo => silo.Key),
            ];
            foreach (var silo in silent) _heard.Remove(silo);
        }
        if (silent.Length > 0) AttachElsewhere([.. feeds.Where(feed => silent.Contains(feed.Silo))], now);
        foreach (var feed in feeds)
        {
            if (!feed.IsRoom && feed.AttachedAt is { } at && _services.Time.GetElapsedTime(at, now) >= PushLease.EndsStreams)
            {
                // Nobody could tell this gateway that the user's sessions have ended.
                foreach (var stream in Of(feed.Name)) stream.End();
            }
            if (now >= feed.DueAt) _ = RenewAsync(feed);
        }
    }

    // The grains that were in a silo which is not heard of any more wake up in others.
    private void AttachElsewhere(LogFeed[] feeds, long now)
    {
        if (feeds.Length == 0) return;
        LogSilent(feeds.Length);
        foreach (var feed in feeds) (feed.Silo, feed.DueAt) = ("", now);
    }

    private async Task RenewAsync(LogFeed feed)
    {
        if (Interlocked.Exchange(ref feed.IsRenewing, 1) == 1) return;
        await _turns.WaitAsync();
        try
        {
            if (feed.IsUnread) await ForgetAsync(feed);
            else await AttachAsync(feed);
        }
        catch (Exception exception)
        {
            feed.DueAt = After(RetryAfter);
            LogNotAttached(exception.GetType().Name);
        }
        finally
        {
            _turns.Release();
            Volatile.Write(ref feed.IsRenewing, 0);
        }
    }

    private async Task AttachAsync(LogFeed feed)
    {
        _reference ??= _services.Grains.Reference(_observer);
        for (var reads = 0; reads < MaxReadsInARow; reads++)
        {
            var askedAt = _services.Time.GetTimestamp();
            var number = Interlocked.Increment(ref _attachments);
            var attachment = default(LogAttachment);
            if (feed.IsRoom)
            {
                attachment = await _services.Grains.RoomPush(feed.Name)
                    .Attach(_services.GatewayId, _reference, number, feed.Log, feed.Head);
            }
            else if (await _services.Grains.InboxPush(feed.Name)
                .Attach(_services.GatewayId, _reference, number, feed.Head) is { } inbox && inbox.Log.LogId == feed.Log)
            {
                attachment = inbox.Log;
                CompareMemberships(feed.Name, inbox.Rooms);
            }
            if (attachment is null)
            {
                // The user is gone, and another may have the name.
                foreach (var stream in Of(feed.Name)) stream.End();
                throw new InvalidOperationException("There is no such user any more.");
            }
            feed.AttachedAt = askedAt;
            feed.Silo = attachment.Silo;
            Heard(attachment.Silo);
            feed.DueAt = After(RenewAfter + ((RenewBefore - RenewAfter) * Random.Shared.NextDouble()));
            if (feed.Attached(attachment.Last, attachment.Entries)) return;
        }
        feed.DueAt = After(RetryAfter);
    }

    private void CompareMemberships(string user, Position[] rooms)
    {
        foreach (var stream in Of(user))
            if (stream.IsBegun && !stream.Memberships.SequenceEqual(rooms)) stream.Refresh();
    }

    /// <summary>Forgets a log that no stream follows.</summary>
    private async Task ForgetAsync(LogFeed feed)
    {
        lock (_gate)
        {
            if (!feed.IsUnread) return;
            _feeds.Remove(feed.Log);
        }
        var number = Interlocked.Read(ref _attachments);
        if (feed.IsRoom) await _services.Grains.RoomPush(feed.Name).Detach(_services.GatewayId, number);
        else await _services.Grains.InboxPush(feed.Name).Detach(_services.GatewayId, number);
    }

    private long After(TimeSpan wait) =>
        _services.Time.GetTimestamp() + (long)(wait.TotalSeconds * _services.Time.TimestampFrequency);

    [LoggerMessage(2333, LogLevel.Warning,
        "A silo was not heard of for 6 s; attaching again to the {Count} logs that it had, for event streams.")]
    private partial void LogSilent(int count);

    [LoggerMessage(2331, LogLevel.Warning, "Attaching to a log for event streams failed with {Reason}; trying again in 1 s.")]
    private partial void LogNotAttached(string reason);
}
