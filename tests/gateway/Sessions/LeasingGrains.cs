using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>A session that leases itself, the account that lends it permits, and recipients who all answer the same.</summary>
internal sealed class LeasingGrains(TimeProvider time, Action<TimeSpan> advance) : UnaskedGrains
{
    public const int PerSecond = 20;
    public const long FirstNumber = 1_000_000;

    // As an account lends: see UserGrain.
    private readonly RateLimit _account = new(PerSecond, PerSecond * SessionLease.MostSeconds, time);

    /// <summary>What was reported of uses under a lease.</summary>
    public List<SessionUse> Reported { get; } = [];

    /// <summary>What a recipient answers.</summary>
    public SendStatus Answer { get; set; } = SendStatus.Sent;

    /// <summary>What a repeatable send is answered.</summary>
    public SendOnceReply OnceReply { get; set; } =
        new(new SessionUse("anna", false, FirstNumber), SendStatus.Sent, Guid.NewGuid(), "flushed");

    /// <summary>How many messages rooms still take.</summary>
    public int RoomTakes { get; set; } = int.MaxValue;

    /// <summary>The rooms that took messages.</summary>
    public List<string> RoomsAsked { get; } = [];

    /// <summary>How long a lease takes.</summary>
    public TimeSpan Delay { get; set; }

    public bool IsAlive { get; set; } = true;

    /// <summary>Whether the session's grain takes the session for open.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>Whether the session answers at all.</summary>
    public bool IsThere { get; set; } = true;

    /// <summary>What the account gains; 0 if it needs no permits.</summary>
    public int Rate { get; set; } = PerSecond;

    public int Leases { get; set; }

    public int Questions { get; private set; }

    public int Appends { get; private set; }

    public int Deletions { get; private set; }

    /// <summary>The session on another connection.</summary>
    public LeasedSession Connect() =>
        new("s:1", "connection", TestConnection.Services(grains: this, time: time), (_, use) => Reported.Add(use));

    public static OutgoingMessage Message(int length = 1) => new(Guid.NewGuid(), "ben", new byte[length], null);

    /// <summary>Sends messages together, and returns how many were sent.</summary>
    public static async Task<int> SendAsync(LeasedSession session, int count = 1)
    {
        var messages = Enumerable.Range(0, count).Select(_ => Message()).ToArray();
        return (await session.SendAsync(messages, isRepetition: false)).Statuses.Count(status => status == SendStatus.Sent);
    }

    public override ISessionGrain Session(string sessionKey) => FakeGrain.Answering<ISessionGrain>((method, arguments) => method.Name switch
    {
        nameof(ISessionGrain.Lease) => new ValueTask<SessionLease>(Lease((int)arguments[1]!)),
        nameof(ISessionGrain.IsAlive) => Ask(),
        nameof(ISessionGrain.SendOnce) => Task.FromResult(OnceReply),
        _ => throw new NotSupportedException(method.Name),
    });

    public override IUserGrain User(string userName) => FakeGrain.Answering<IUserGrain>((method, _) =>
    {
        Assert.Equal(nameof(IUserGrain.Append), method.Name);
        Appends++;
        return new ValueTask<AppendReply>(new AppendReply(Answer));
    });

    public override IConversationGrain Conversations(string userName) => FakeGrain.Answering<IConversationGrain>((method, _) =>
    {
        Assert.Equal(nameof(IConversationGrain.Delete), method.Name);
        Deletions++;
        return Task.FromResult(new ConversationReply<Position>(ConversationStatus.Answered, new Position(1, Deletions)));
    });

    public override IRoomGrain Room(string roomName) => FakeGrain.Answering<IRoomGrain>((method, arguments) =>
    {
        Assert.Equal(nameof(IRoomGrain.Append), method.Name);
        var count = ((MailboxDelivery)arguments[0]!).Messages.Length;
        if (count > RoomTakes) return new ValueTask<AppendReply>(new AppendReply(SendStatus.RoomBusy));
        RoomTakes -= count;
        RoomsAsked.Add(roomName);
        return new ValueTask<AppendReply>(new AppendReply(SendStatus.Sent));
    });

    private SessionLease Lease(int sends)
    {
        if (!IsThere) throw new TimeoutException();
        Leases++;
        advance(Delay);
        var lent = sends == 0 || Rate == 0 ? 0
            : Rate == PerSecond ? _account.Take(sends)
            : Math.Min(sends, SessionLease.MostSeconds * Rate);
        var use = IsOpen ? new SessionUse("anna", true, FirstNumber) : default;
        return new SessionLease(use, lent, Rate, use.User is null ? 0 : 1);
    }

    private Task<bool> Ask()
    {
        Questions++;
        return Task.FromResult(IsAlive);
    }
}
