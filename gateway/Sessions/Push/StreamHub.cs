using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces.Push;

namespace OrleansChat.Gateway.Sessions.Push;

/// <summary>
/// The streams of this gateway, and what they follow. One observer hears for all of them, one clock beats for all of them. Thread-safe.
/// </summary>
internal sealed partial class StreamHub : BackgroundService, IOwnStreams
{
    /// <summary>How many streams there may be of a session, and of a user.</summary>
    internal const int MaxOfSession = 8, MaxOfUser = 20;

    /// <summary>How often a stream shows that it is alive.</summary>
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(25);

    /// <summary>How long clients have to connect elsewhere, when this process stops.</summary>
    internal static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(2);

    /// <summary>An open stream is a use of its session, which is noted so often.</summary>
    private static readonly TimeSpan UseEvery = TimeSpan.FromHours(1);

    /// <summary>How long a stream that has ended may take to be gone, before its connection is cut.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<EventStream>> _byUser = [];
    private readonly GatewayServices _services;
    private readonly ILogger _logger;
    private readonly GatewayObserver _observer;
    private bool _isDraining;

    public StreamHub(GatewayServices services, ILogger<StreamHub> logger, IHostApplicationLifetime? lifetime = null)
    {
        (_services, _logger) = (services, logger);
        _observer = new GatewayObserver(this);
        services.Streams = this;
        lifetime?.ApplicationStopping.Register(Drain);
    }

    /// <summary>Opens a stream.</summary>
    /// <param name="client">Asks the service for this stream alone.</param>
    /// <param name="sessionKey">The session.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="abort">Cuts the connection.</param>
    public async Task<Outcome<EventStream>> OpenAsync(ClientSession client, string? sessionKey, StreamStart start, Action? abort = null)
    {
        if (sessionKey is null) return Refusal.NoSession;
        var now = _services.Time.GetTimestamp();
        var stream = new EventStream(this, client, sessionKey, start, _services.Time) { Abort = abort, BeatAt = now, UsedAt = now };
        var mayBe = true;
        // It is among the streams, and this gateway attached, before the session is asked for: an end that comes later is heard.
        var outcome = await client.ReadStandingAsync(sessionKey, async (user, inbox) =>
        {
            mayBe = TryAdd(stream, user);
            if (mayBe) await RequireAttachedAsync(stream.Inbox = FeedOf(inbox, user, isRoom: false, stream));
            return mayBe;
        });
        if (outcome.TryGet(out var standing, out var refusal) && !stream.IsEnded)
        {
            stream.Begin(standing);
            _ = client.ShowAsync(sessionKey, standing.User);
            return stream;
        }
        if (stream.IsEnded) refusal = Refusal.NoSession;
        Close(stream);
        return mayBe ? refusal : Refusal.TooMany;
    }

    /// <summary>Takes a stream away, when its client has gone.</summary>
    public void Close(EventStream stream)
    {
        EventStream? other = null;
        lock (_gate)
        {
            if (_byUser.TryGetValue(stream.User, out var streams) && streams.Remove(stream))
            {
                other = streams.Find(rest => rest.SessionKey == stream.SessionKey && !rest.IsEnded);
                if (streams.Count == 0) _byUser.Remove(stream.User);
            }
        }
        stream.Close();
        // Its user stays online because of another stream of the session.
        if (other is not null) _ = other.Client.ShowAsync(other.SessionKey, other.User);
        stream.Client.Leave();
    }

    /// <inheritdoc/>
    public bool HasOf(string user)
    {
        lock (_gate) return _byUser.Count > 0 && _byUser.ContainsKey(user);
    }

    /// <inheritdoc/>
    public void Tell(UserNotice notice)
    {
        foreach (var stream in Of(notice.User))
        {
            switch (notice.Kind)
            {
                case NoticeKind.Account or NoticeKind.Rooms: stream.Refresh(); break;
                case NoticeKind.Read: stream.Tell(new ReadEvent(notice)); break;
                case NoticeKind.Sent: stream.Tell(new SentEvent(notice, stream.Name, notice.SessionKey == stream.SessionKey)); break;
            }
        }
    }

    /// <summary>Ends streams of a user at once.</summary>
    public void End(string user, string? sessionKey, string? but)
    {
        foreach (var stream in Of(user))
            if (stream.SessionKey != but && (sessionKey is null || stream.SessionKey == sessionKey)) stream.End();
    }

    /// <summary>Tells all clients that this process stops, and ends their streams a moment later.</summary>
    internal void Drain()
    {
        _isDraining = true;
        foreach (var stream in All()) Drain(stream);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, _services.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Beat();
            }
            catch (Exception exception)
            {
                // Whatever one stream caused here, the others are served again in a second.
                LogFailed(exception);
            }
        }
    }

    /// <summary>Does what is due by now.</summary>
    internal void Beat()
    {
        var time = _services.Time;
        foreach (var stream in All())
        {
            if (stream.OverSince is { } since && time.GetTimestamp() > since)
            {
                if (!stream.IsEnded) stream.End();
                if (time.GetElapsedTime(since) > LongestEnd) stream.Abort?.Invoke();
            }
            if (stream.IsEnded) stream.OverSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(stream.BeatAt) >= Heartbeat)
            {
                stream.BeatAt = time.GetTimestamp();
                stream.Beat();
            }
            if (time.GetElapsedTime(stream.UsedAt) >= UseEvery) stream.Refresh();
        }
        RenewDue();
        LookAtPresence();
    }

    private void Drain(EventStream stream)
    {
        stream.Drain(DrainWithin);
        stream.OverSince ??= _services.Time.GetTimestamp() + (long)(DrainWithin.TotalSeconds * _services.Time.TimestampFrequency);
    }

    private bool TryAdd(EventStream stream, string user)
    {
        lock (_gate)
        {
            if (!_byUser.TryGetValue(user, out var streams)) _byUser[user] = streams = [];
            // The call may be a repetition.
            if (streams.Contains(stream)) return true;
            if (streams.Count >= MaxOfUser || streams.Count(other => other.SessionKey == stream.SessionKey) >= MaxOfSession) return false;
            stream.User = user;
            streams.Add(stream);
        }
        if (_isDraining) Drain(stream);
        return true;
    }

    private EventStream[] Of(string user)
    {
        lock (_gate) return _byUser.TryGetValue(user, out var streams) ? [.. streams] : [];
    }

    private EventStream[] All()
    {
        lock (_gate) return [.. _byUser.Values.SelectMany(streams => streams)];
    }

    [LoggerMessage(2330, LogLevel.Error, "Looking after the event streams failed; trying again in 1 s.")]
    private partial void LogFailed(Exception exception);
}
