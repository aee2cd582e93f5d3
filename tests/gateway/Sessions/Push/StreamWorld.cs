using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Sessions.Push;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Sessions.Push;

/// <summary>
/// The streams of a gateway, in front of grains that hold logs in memory. Nothing is told of itself: a test hands out hints, or loses them.
/// The user is anna, with an inbox and perhaps a room.
/// </summary>
internal sealed class StreamWorld : UnaskedGrains
{
    public const string Anna = "anna", Key = "s:1", Epoch = "epoch", Place = "room";
    public const long Inbox = 1, RoomLog = 2;

    private readonly Dictionary<long, List<LogEntry>> _logs = new() { [Inbox] = [], [RoomLog] = [] };

    public StreamWorld()
    {
        Services = TestConnection.Services(time: Time, grains: this);
        Hub = new StreamHub(Services, NullLogger<StreamHub>.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public GatewayServices Services { get; }

    public StreamHub Hub { get; }

    /// <summary>The observer that grains would call.</summary>
    public IGatewayObserver Observer { get; private set; } = null!;

    /// <summary>The number of joining the room; null while anna is no member.</summary>
    public long? Joined { get; set; }

    public MemberRole Role { get; set; } = MemberRole.Member;

    public int Members { get; set; } = 3;

    public bool IsAlive { get; set; } = true;

    /// <summary>Whether attachments are answered.</summary>
    public bool CanAttach { get; set; } = true;

    /// <summary>The silo that all grains are in.</summary>
    public string Silo { get; set; } = "";

    /// <summary>Up to where the inbox was removed.</summary>
    public long Purged { get; set; }

    /// <summary>The epoch that the database has.</summary>
    public string Now { get; set; } = Epoch;

    /// <summary>With which heads this gateway has attached itself: to which logs.</summary>
    public List<(long Log, long Head)> Attached { get; } = [];

    /// <summary>How often a log was read by number, for one session.</summary>
    public int Reads { get; private set; }

    /// <summary>What a grain would tell when it is asked to end streams before the session is read.</summary>
    public Action BeforeStanding { get; set; } = () => { };

    /// <summary>Appends entries without telling anyone; returns the last number.</summary>
    public long Append(long log, int count = 1, EntryKind kind = EntryKind.Message, string? about = null, string text = "text")
    {
        for (var i = 0; i < count; i++)
        {
            _logs[log].Add(new LogEntry(
                Guid.NewGuid(), log, _logs[log].Count + 1, kind, null, "ben", "Ben", Time.GetUtcNow(), Encoding.UTF8.GetBytes(text),
                about));
        }
        return _logs[log].Count;
    }

    /// <summary>Hands out a hint: everything after a number up to another one.</summary>
    public Task TellAsync(long log, long after, long? last = null, bool hasEntries = true)
    {
        var end = last ?? _logs[log].Count;
        var entries = hasEntries ? _logs[log].Where(entry => entry.Number > after && entry.Number <= end).ToArray() : [];
        return Observer.Arrived(new PushBatch([new Arrival(log, after, end, entries)], []));
    }

    /// <summary>Opens a stream, and reads its first event.</summary>
    public async Task<StreamReading> OpenAsync(params (long Log, long Number)[] from)
    {
        var outcome = await TryOpenAsync(Key, Epoch, from);
        Assert.True(outcome.TryGet(out var stream, out var refusal), $"{refusal}");
        var reading = new StreamReading(this, stream);
        Assert.StartsWith("hello", await reading.NextAsync(), StringComparison.Ordinal);
        return reading;
    }

    /// <summary>Opens a stream, perhaps.</summary>
    public Task<Outcome<EventStream>> TryOpenAsync(string session, string? epoch = null, params (long Log, long Number)[] from)
    {
        var pipe = new Pipe();
        var connection = ClientConnection.Unlimited(TestConnection.Over(pipe.Reader, pipe.Writer), Time);
        var client = new ClientSession("c", connection, () => false, Services, CancellationToken.None, isShown: false);
        return Hub.OpenAsync(client, session, new StreamStart(epoch, from.ToDictionary(log => log.Log, log => log.Number), []));
    }

    /// <summary>Lets time pass, second by second.</summary>
    public void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Hub.Beat();
        }
    }

    public override IGatewayObserver Reference(IGatewayObserver observer) => Observer = observer;

    public override ISessionGrain Session(string sessionKey) => FakeGrain.Answering<ISessionGrain>((method, _) => method.Name switch
    {
        nameof(ISessionGrain.Lease) => new ValueTask<SessionLease>(
            new SessionLease(new SessionUse(IsAlive ? Anna : null, false, 1), 0, 0, Inbox)),
        _ => Task.CompletedTask,
    });

    public override IConversationGrain Conversations(string userName) => FakeGrain.Answering<IConversationGrain>(
        (_, arguments) => Task.FromResult(Read(Inbox, (long)arguments[2]!, (int)arguments[3]!, 1)));

    public override IMemberGrain Member(string userName) => FakeGrain.Answering<IMemberGrain>((_, arguments) => Task.FromResult(
        Joined is { } joined
            ? Read((long)arguments[2]!, (long)arguments[3]!, (int)arguments[4]!, joined)
            : new ConversationReply<LogPart>(ConversationStatus.NotFound, null)));

    public override IInboxPushGrain InboxPush(string userName) => FakeGrain.Answering<IInboxPushGrain>((method, arguments) =>
        method.Name switch
        {
            nameof(IInboxPushGrain.Attach) => AttachInboxAsync((long)arguments[3]!),
            nameof(IInboxPushGrain.ReadStanding) => Task.FromResult(ReadStanding()),
            _ => Task.CompletedTask,
        });

    public override IRoomPushGrain RoomPush(string roomName) => FakeGrain.Answering<IRoomPushGrain>((method, arguments) =>
        method.Name == nameof(IRoomPushGrain.Attach) ? AttachAsync((long)arguments[3]!, (long)arguments[4]!) : Task.CompletedTask);

    private async Task<InboxAttachment?> AttachInboxAsync(long head) => new(
        await AttachAsync(Inbox, head), Joined is { } joined ? [new Position(RoomLog, joined)] : []);

    private Task<LogAttachment> AttachAsync(long log, long head)
    {
        if (!CanAttach) return Task.FromException<LogAttachment>(new TimeoutException());
        Attached.Add((log, head));
        var entries = head < 0 ? [] : _logs[log].Where(entry => entry.Number > head).Take(LogFeed.MaxEntries).ToArray();
        return Task.FromResult(new LogAttachment(log, _logs[log].Count, entries, Silo));
    }

    private ConversationReply<LogPart> Read(long log, long after, int limit, long visible)
    {
        Reads++;
        if (!IsAlive) return new(ConversationStatus.NoSession, null);
        var entries = _logs[log].Where(entry => entry.Number > Math.Max(after, visible - 1)).Take(limit).ToArray();
        return new(ConversationStatus.Answered, new LogPart(
            entries, _logs[log].Count, log == Inbox && Purged > after ? Purged + 1 : null));
    }

    private ConversationReply<Standing> ReadStanding()
    {
        BeforeStanding();
        if (!IsAlive) return new(ConversationStatus.NoSession, null);
        var rooms = Joined is { } joined
            ? new[] { new RoomStanding(new LogStanding(RoomLog, _logs[RoomLog].Count, 0, 0), Place, Role, joined, Members) }
            : [];
        return new(ConversationStatus.Answered, new Standing(
            Anna, "Anna", Now, new LogStanding(Inbox, _logs[Inbox].Count, 0, Purged), rooms));
    }
}

/// <summary>A client that reads a stream when a test says so.</summary>
internal sealed class StreamReading(StreamWorld world, EventStream stream)
{
    private Task<StreamEvent?>? _next;

    public EventStream Stream => stream;

    /// <summary>The next event, in a few words; "end" where there is none.</summary>
    public async Task<string> NextAsync()
    {
        _next ??= stream.NextAsync().AsTask();
        var next = await _next.WaitAsync(OrleansChat.Tests.Shared.Waiting.Patience);
        _next = null;
        return next switch
        {
            null => "end",
            EntryEvent entry => $"{entry.Entry.LogId}:{entry.Entry.Number}",
            ResetEvent reset => $"reset {reset.Log} {reset.Reason} {reset.Last}",
            RoomsEvent rooms => $"rooms {rooms.Log} {rooms.Role?.ToString() ?? "none"} {rooms.Last}".TrimEnd(),
            _ => next.GetType().Name.Replace("Event", "", StringComparison.Ordinal).ToLowerInvariant(),
        };
    }

    /// <summary>The next events, as many as asked for.</summary>
    public async Task<List<string>> TakeAsync(int count)
    {
        var events = new List<string>();
        while (events.Count < count) events.Add(await NextAsync());
        return events;
    }

    /// <summary>All that comes until it waits for more, which a heartbeat shows.</summary>
    public async Task<List<string>> RestAsync()
    {
        var events = new List<string>();
        while (true)
        {
            // Grains answer at once here: it has read what there is when it waits.
            _next ??= stream.NextAsync().AsTask();
            if (!_next.IsCompleted) stream.Beat();
            var next = await NextAsync();
            if (next == "heartbeat") return events;
            events.Add(next);
            if (next == "end") return events;
        }
    }

    /// <summary>The client has gone.</summary>
    public void Close() => world.Hub.Close(stream);
}
