using Microsoft.Extensions.Logging;

namespace OrleansChat.Gateway.Sessions.Push;

// Who of the watched users is online: asked for all streams at once, and not at all while nobody is watched.
internal sealed partial class StreamHub
{
    /// <summary>How often it is asked who is online.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    private long? _lookedAt;
    private int _isLooking;

    private void LookAtPresence()
    {
        if (_lookedAt is { } at && _services.Time.GetElapsedTime(at) < LookEvery) return;
        var watching = All().Where(stream => stream.IsBegun && stream.Watched.Count > 0).ToArray();
        if (watching.Length == 0 || Interlocked.Exchange(ref _isLooking, 1) == 1) return;
        _lookedAt = _services.Time.GetTimestamp();
        _ = LookAsync(watching);
    }

    private async Task LookAsync(EventStream[] watching)
    {
        try
        {
            var online = (await _services.Grains.Presence().GetOnline()).Names.ToHashSet();
            foreach (var stream in watching)
            {
                var now = stream.Watched.Where(online.Contains).ToHashSet();
                foreach (var user in stream.Watched)
                    if (stream.Online is not { } before || before.Contains(user) != now.Contains(user))
                        stream.Tell(new PresenceEvent(user, now.Contains(user)));
                stream.Online = now;
            }
        }
        catch (Exception exception)
        {
            LogNotLooked(exception.GetType().Name);
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    [LoggerMessage(2332, LogLevel.Warning, "Asking who is online for event streams failed with {Reason}; trying again in 3 s.")]
    private partial void LogNotLooked(string reason);
}
