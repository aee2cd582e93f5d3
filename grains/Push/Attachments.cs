using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.Storage.Conversations;

namespace OrleansChat.Grains.Push;

/// <summary>
/// The gateways that hear of a grain's log, each with a lease. Used on the turns of one grain, which makes it when the first gateway
/// attaches itself; where nobody does, a send pays no more than to see that.
/// </summary>
internal sealed class Attachments(GatewayOutboxes outboxes, TimeProvider time)
{
    private readonly Dictionary<string, Attachment> _gateways = [];

    /// <summary>Whether a gateway is attached, as far as is known.</summary>
    public bool HasAny => _gateways.Count > 0;

    /// <summary>Attaches a gateway, or renews its attachment, and reads what it lacks.</summary>
    /// <param name="gateway">Names the gateway process.</param>
    /// <param name="observer">The gateway.</param>
    /// <param name="number">The gateway's own number of the attachment.</param>
    /// <param name="log">The log.</param>
    /// <param name="head">The number up to which the gateway holds it; negative for nothing.</param>
    public async Task<LogAttachment> AttachAsync(string gateway, IGatewayObserver observer, long number, long log, long head)
    {
        // Before it is read: what is appended meanwhile is told.
        if (!_gateways.TryGetValue(gateway, out var attachment) || attachment.Log != log || attachment.Outbox.IsLost)
            _gateways[gateway] = attachment = new Attachment(log, outboxes.Of(gateway, observer));
        attachment.Number = Math.Max(attachment.Number, number);
        attachment.RenewedAt = time.GetTimestamp();
        attachment.Outbox.Renewed();
        var moves = attachment.Moves;
        var tail = await outboxes.ReadOneAsync(log, head < 0 ? long.MaxValue : head);
        var wasKnown = attachment.IsKnown;
        attachment.Tell(tail.Last);
        // Told to nobody, since it was not known from where on.
        if (!wasKnown && moves != attachment.Moves) attachment.Moved();
        return new LogAttachment(log, tail.Last, [.. tail.Entries.Select(ToEntry)], outboxes.Silo);
    }

    /// <summary>Ends an attachment, unless the gateway has attached itself again.</summary>
    public void Detach(string gateway, long number)
    {
        if (_gateways.TryGetValue(gateway, out var attachment) && attachment.Number <= number) _gateways.Remove(gateway);
    }

    /// <summary>Has the gateways told of what was appended to a log.</summary>
    public void Moved(long log)
    {
        Forget();
        foreach (var attachment in _gateways.Values)
            if (attachment.Log == log) attachment.Moved();
    }

    /// <summary>Has the gateways told of what was appended, perhaps, and by others.</summary>
    public void MovedAll()
    {
        Forget();
        foreach (var attachment in _gateways.Values) attachment.Moved();
    }

    /// <summary>Has the gateways told of what has changed for a user.</summary>
    public void Tell(UserNotice notice)
    {
        Forget();
        foreach (var attachment in _gateways.Values) attachment.Outbox.Tell(notice);
    }

    /// <summary>Has the gateways end streams of a user; returns when they have, or after a moment.</summary>
    public async Task EndAsync(string user, string? sessionKey, string? but)
    {
        Forget();
        if (_gateways.Count == 0) return;
        var ended = Task.WhenAll(_gateways.Values.Select(attachment => attachment.Outbox.EndAsync(user, sessionKey, but)).ToList());
        await ended.WaitAsync(PushLease.LongestEnd, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>An entry as it is sent.</summary>
    public static LogEntry ToEntry(StoredEntry stored) => new(
        stored.Id, stored.LogId, stored.Number, (EntryKind)stored.Kind, stored.Target, stored.Sender, stored.SenderName,
        stored.AcceptedAt, stored.Text, stored.User);

    private void Forget()
    {
        foreach (var (gateway, attachment) in _gateways)
            if (attachment.Outbox.IsLost || time.GetElapsedTime(attachment.RenewedAt) > PushLease.Duration) _gateways.Remove(gateway);
    }
}
