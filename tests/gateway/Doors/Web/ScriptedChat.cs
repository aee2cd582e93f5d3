using System.Collections.Concurrent;
using System.Reflection;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>
/// Grains that answer what a test wants. Sessions are real enough: a login opens one, a logout ends it. What conversations are asked is
/// noted.
/// </summary>
internal sealed class ScriptedChat : UnaskedGrains
{
    public const string Owner = "messi", Name = "Lionel Messi", Password = "surabaya", Epoch = "0123456789abcdef";
    public const long Inbox = 7, RoomLog = 30;

    /// <summary>What the account gains per second.</summary>
    public const int PerSecond = 50;

    private static readonly Guid PresenceEpoch = Guid.NewGuid();

    private readonly ConcurrentDictionary<string, string> _sessions = [];

    /// <summary>What a recipient answers to a send.</summary>
    public AppendReply Stored { get; set; }

    /// <summary>What a session answers to a repeatable send.</summary>
    public Func<OutgoingMessage, SendOnceReply> Receipt { get; set; } =
        _ => throw new InvalidOperationException("This test scripts no receipt.");

    /// <summary>What conversations, members and accounts answer, by the name of the method; rooms to a deletion, by their names.</summary>
    public Dictionary<string, object> Answers { get; } = [];

    /// <summary>How calls about accounts end, where one answer for all is not enough.</summary>
    public Dictionary<string, Func<AccountStatus>> Scripts { get; } = [];

    /// <summary>What rooms answer to a change.</summary>
    public Func<RoomChangeRequest, RoomChangeReply> Changes { get; set; } = _ => new(RoomChangeStatus.Done, RoomLog, 17);

    /// <summary>What rooms were asked to change.</summary>
    public ConcurrentQueue<(string Room, RoomChangeRequest Request)> Changed { get; } = [];

    /// <summary>What they were asked: the method, and its arguments without the session.</summary>
    public ConcurrentQueue<(string Method, object?[] Arguments)> Asked { get; } = [];

    /// <summary>The messages that were sent, and the logins that were tried.</summary>
    public ConcurrentQueue<OutgoingMessage> Sent { get; } = [];

    /// <summary>Whether the last login asked that users be hidden.</summary>
    public bool? HidUsers { get; private set; }

    /// <summary>What the last login said of its client: the door and the device.</summary>
    public (string Door, string Device)? Client { get; private set; }

    /// <summary>What the last login said that its account remembers.</summary>
    public PasswordRecall? Recalled { get; private set; }

    /// <summary>How a login ends; null for whatever the password says.</summary>
    public LogInStatus? LogIn { get; set; }

    /// <summary>Who may register.</summary>
    public RegistrationInfo Registration { get; set; } = new(RegistrationMode.Closed, 8);

    /// <summary>How often presence was told that a session is on a connection.</summary>
    public int Reported { get; private set; }

    /// <summary>How many permits the account lends at once.</summary>
    public int LentAtMost { get; set; } = 100;

    /// <summary>Opens a session without a door.</summary>
    public string Open()
    {
        var token = Guid.NewGuid().ToString();
        _sessions[GrainKeys.ForSession(token)] = Owner;
        return token;
    }

    /// <summary>What the last question was.</summary>
    public (string Method, object?[] Arguments) LastAsked => Asked.Last();

    public override ISessionGrain Session(string sessionKey) => FakeGrain.Answering<ISessionGrain>((method, arguments) => method.Name switch
    {
        nameof(ISessionGrain.LogIn) => Task.FromResult(Enter(sessionKey, arguments)),
        nameof(ISessionGrain.Lease) => new ValueTask<SessionLease>(
            Lease(sessionKey, (int)arguments[1]!)),
        nameof(ISessionGrain.IsAlive) => Task.FromResult(_sessions.ContainsKey(sessionKey)),
        nameof(ISessionGrain.LogOut) => Task.FromResult(_sessions.TryRemove(sessionKey, out var user) ? user : null),
        nameof(ISessionGrain.RecordUse) => Task.CompletedTask,
        nameof(ISessionGrain.ListUsers) => Task.FromResult(
            new ListUsersReply(Use(sessionKey), _sessions.ContainsKey(sessionKey) ? [Owner, "lineker"] : null)),
        nameof(ISessionGrain.SendOnce) => Task.FromResult(Once((OutgoingMessage)arguments[0]!)),
        _ => throw new NotSupportedException(method.Name),
    });

    private IUserGrain UserOf() => FakeGrain.Answering<IUserGrain>((method, arguments) =>
    {
        if (method.Name == nameof(IUserGrain.Recall)) return new ValueTask<PasswordRecall>(PasswordRecall.Nothing);
        Assert.Equal(nameof(IUserGrain.Append), method.Name);
        foreach (var message in ((MailboxDelivery)arguments[0]!).Messages) Sent.Enqueue(message);
        return new ValueTask<AppendReply>(Stored);
    });

    public override IUserGrain User(string userName) => UserOf();

    public override IConversationGrain Conversations(string userName) => FakeGrain.Answering<IConversationGrain>(Answer);

    public override IAccountGrain Account(string userName) => FakeGrain.Answering<IAccountGrain>(Answer);

    public override IMemberGrain Member(string userName) => FakeGrain.Answering<IMemberGrain>(Answer);

    public override IRoomGrain Room(string roomName) => FakeGrain.Answering<IRoomGrain>((method, arguments) =>
    {
        switch (method.Name)
        {
            case nameof(IRoomGrain.Append):
                foreach (var message in ((MailboxDelivery)arguments[0]!).Messages) Sent.Enqueue(message);
                return new ValueTask<AppendReply>(Stored);
            case nameof(IRoomGrain.Change):
                var request = (RoomChangeRequest)arguments[1]!;
                Changed.Enqueue((roomName, request));
                return Task.FromResult(_sessions.ContainsKey((string)arguments[0]!)
                    ? Changes(request)
                    : new RoomChangeReply(RoomChangeStatus.NoSession, 0, 0));
            default:
                return Answer($"{roomName}.{method.Name}", method, arguments);
        }
    });

    public override IInboxPushGrain InboxPush(string userName) => FakeGrain.Answering<IInboxPushGrain>((method, arguments) =>
        method.Name == nameof(IInboxPushGrain.Tell) ? Task.CompletedTask : Answer(method, arguments));

    public override IServerGrain Server() => FakeGrain.Answering<IServerGrain>((method, _) => method.Name switch
    {
        nameof(IServerGrain.GetEpoch) => Task.FromResult(Epoch),
        nameof(IServerGrain.GetRegistration) => Task.FromResult(Registration),
        _ => throw new NotSupportedException(method.Name),
    });

    public override IPresenceGrain Presence() => FakeGrain.Answering<IPresenceGrain>((method, arguments) =>
    {
        if (arguments is [PresenceReport report]) Reported += report.Held.Length;
        return Task.FromResult(new PresenceAnswer { Epoch = PresenceEpoch });
    });

    private object Answer(MethodInfo method, object?[] arguments) => Answer(method.Name, method, arguments);

    private object Answer(string name, MethodInfo method, object?[] arguments)
    {
        Asked.Enqueue((name, arguments[1..]));
        if (Answers.GetValueOrDefault(name) is InvitationReply invitation) return Task.FromResult(invitation);
        if (name == nameof(IAccountGrain.Redeem))
            return Task.FromResult(Scripts.TryGetValue(name, out var ends) ? new RedemptionReply(ends()) : (RedemptionReply)Answers[name]);
        if (Scripts.TryGetValue(name, out var script)) return Task.FromResult(script());
        if (method.ReturnType == typeof(Task<AccountStatus>)) return Task.FromResult((AccountStatus)Answers[name]);
        if (!_sessions.ContainsKey((string)arguments[0]!)) return Reply(method.ReturnType, ConversationStatus.NoSession, null);
        return Answers[name] is ConversationStatus status
            ? Reply(method.ReturnType, status, null)
            : Reply(method.ReturnType, ConversationStatus.Answered, Answers[name]);
    }

    private static object Reply(Type task, ConversationStatus status, object? value)
    {
        var reply = task.GetGenericArguments()[0];
        return typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(reply)
            .Invoke(null, [Activator.CreateInstance(reply, status, value)])!;
    }

    private SessionLease Lease(string key, int sends) =>
        new(Use(key), Math.Min(sends, LentAtMost), PerSecond, _sessions.ContainsKey(key) ? Inbox : 0, Left: 70);

    private SessionUse Use(string key) => new(_sessions.GetValueOrDefault(key), Moved: true, Number: 1);

    private SendOnceReply Once(OutgoingMessage message)
    {
        Sent.Enqueue(message);
        return Receipt(message);
    }

    private LogInStatus Enter(string key, object?[] arguments)
    {
        HidUsers = (bool)arguments[5]!;
        Recalled = (PasswordRecall)arguments[4]!;
        Client = ((string)arguments[6]!, (string)arguments[7]!);
        if (LogIn is { } status) return status;
        if ((string)arguments[0]! != Owner) return LogInStatus.WrongPassword;
        if (((Secret)arguments[1]!).Value != Password) return LogInStatus.WrongPassword;
        _sessions[key] = Owner;
        return LogInStatus.LoggedIn;
    }
}
