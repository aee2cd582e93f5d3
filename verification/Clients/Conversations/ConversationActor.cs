using OrleansChat.Gateway.Sessions;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients.Conversations;

/// <summary>
/// A client program of one user that sees the messages that stay. It has its own connection, does one thing at a time, and tells the
/// ledger about each.
/// </summary>
internal partial class ConversationActor(
    IConversationDoors doors, Ledger ledger, TimeProvider time, ChatUser user, string name, ActorOptions options)
{
    private const string AnotherEpoch = "fedcba9876543210";

    private readonly UserEntry _user = ledger.User(user.Name);
    private IConversationDoor? _door;
    private ConnectionEntry? _connection;
    private SessionEntry? _session;

    /// <summary>The epoch that numbers are learned in; null before the first list.</summary>
    private string? _epoch;

    /// <summary>The user whose client it is.</summary>
    public UserEntry User => _user;

    /// <summary>Who judges.</summary>
    protected Ledger Ledger => ledger;

    /// <summary>The connection, if there is one.</summary>
    protected ConnectionEntry? Connection => _connection;

    /// <summary>The session that it uses.</summary>
    protected SessionEntry? Session => _session;

    /// <inheritdoc cref="_epoch"/>
    protected string? Epoch
    {
        get => _epoch;
        set => _epoch = value;
    }

    /// <summary>How the last request ended.</summary>
    public RequestOutcome? LastOutcome { get; private set; }

    /// <summary>Whether it is connected, has a session, and knows the epoch.</summary>
    public bool IsReady => _connection is { IsOpen: true } && _session is { IsUsable: true } && _epoch is not null;

    /// <summary>Connects where it is not, and gets a session where it has none.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="session">A session of the same user to use from now on; null to keep its own.</param>
    public async Task GetReadyAsync(int gateway, SessionEntry? session)
    {
        if (_connection is { IsOpen: false }) Drop();
        if (_door is null && (_door = await doors.OpenDoorAsync(gateway)) is not null)
            _connection = ledger.Opened(gateway, name, doors.IsShown);
        if (session is { IsUsable: true }) _session = session;
        if (_connection is { IsOpen: true } && _session is not { IsUsable: true }) await LogInAsync();
        if (_connection is { IsOpen: true } && _session is { IsUsable: true } && _epoch is null) await LearnEpochAsync();
    }

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        _door?.Close();
        Drop();
    }

    /// <summary>Learns the epoch.</summary>
    protected virtual Task LearnEpochAsync() => ListAsync(limit: 1);

    private async Task LogInAsync()
    {
        var request = ledger.Begin(RequestKind.LogIn, _connection!, _user, null);
        await AskAsync<string>(request, door => door.LogInAsync(user.Name, user.Password), _ => { });
        if (request.Session is { IsUsable: true }) _session = request.Session;
    }

    protected RequestEntry Begin(RequestKind kind) => ledger.Begin(kind, _connection!, _user, _session);

    protected Task<T?> AskAsync<T>(
        RequestEntry request, Func<IConversationDoor, string, Task<Outcome<T>?>> ask, Action<T> judge, Action<Refusal>? refused = null,
        Func<T, string?>? receipt = null)
        where T : class
    {
        var token = request.Session!.Token!;
        return AskAsync(request, door => ask(door, token), judge, refused, receipt);
    }

    /// <summary>Asks about numbers, at times in another epoch: then there must be no answer.</summary>
    private Task<T?> AskAsync<T>(
        RequestEntry request, bool isInEpoch, Func<IConversationDoor, string, string, Task<Outcome<T>?>> ask, Action<T> judge,
        Action? notFound = null)
        where T : class =>
        AskAsync(
            request, (door, token) => ask(door, token, isInEpoch ? _epoch! : AnotherEpoch),
            answer =>
            {
                if (isInEpoch) judge(answer);
                else ledger.AnsweredInAnotherEpoch(request);
            },
            refusal =>
            {
                if (refusal == Refusal.NotFound && notFound is not null) notFound();
                else if (isInEpoch || refusal != Refusal.OtherEpoch) IsRefused(request, refusal);
            });

    /// <summary>Asks; what is answered is judged as soon as the ledger knows what was committed before.</summary>
    private async Task<T?> AskAsync<T>(
        RequestEntry request, Func<IConversationDoor, Task<Outcome<T>?>> ask, Action<T> judge, Action<Refusal>? refused = null,
        Func<T, string?>? receipt = null)
        where T : class
    {
        try
        {
            var answer = await TryAskAsync(request, ask, judge, refused, receipt);
            LastOutcome = request.Outcome;
            return answer;
        }
        catch (AnswerFormException exception)
        {
            ledger.Answered(request, Reply.Malformed(exception.Message));
            return null;
        }
    }

    private async Task<T?> TryAskAsync<T>(
        RequestEntry request, Func<IConversationDoor, Task<Outcome<T>?>> ask, Action<T> judge, Action<Refusal>? refused,
        Func<T, string?>? receipt)
        where T : class
    {
        var asking = ask(_door!);
        using var done = new CancellationTokenSource();
        await Task.WhenAny(asking, Task.Delay(options.Timeout, time, done.Token));
        done.Cancel();
        var isInTime = asking.IsCompleted;
        if (!isInTime || await asking is not { } outcome)
        {
            ledger.Lost(request, gaveUp: !isInTime);
            Drop();
            return null;
        }
        if (!outcome.TryGet(out var answer, out var refusal))
        {
            ledger.Answered(request, ReplyOf(refusal));
            await doors.SettleAsync();
            if (refused is not null) refused(refusal);
            else IsRefused(request, refusal);
            return null;
        }
        ledger.Answered(request, Reply.Of(RequestOutcome.Done, id: receipt is null ? answer as string : receipt(answer)));
        await doors.SettleAsync();
        judge(answer);
        return answer;
    }

    private static bool IsInEpoch(int choice) => choice % 31 != 30;

    /// <summary>Everybody and every message that a client asks for is there, where the callers of this do not say otherwise.</summary>
    private void IsRefused(RequestEntry request, Refusal refusal)
    {
        if (refusal is Refusal.NotFound or Refusal.OtherEpoch or Refusal.NoSuchUser or Refusal.WrongPassword)
            ledger.RefusedWrongly(request, $"{refusal}");
    }

    private static Reply ReplyOf(Refusal refusal) => refusal switch
    {
        Refusal.Unavailable or Refusal.Overloaded or Refusal.ClientGone => Reply.Of(RequestOutcome.Unavailable),
        Refusal.NoSession => Reply.Of(RequestOutcome.Refused, Reply.NotFound),
        Refusal.TooMany => Reply.Of(RequestOutcome.Refused, Reply.LimitReached),
        Refusal.NoRecipient => Reply.Of(RequestOutcome.Refused, Reply.NoRecipient),
        Refusal.IdUsed => Reply.Of(RequestOutcome.Refused, Reply.IdUsed),
        _ => Reply.Of(RequestOutcome.Refused, $"{refusal}"),
    };

    private void Drop()
    {
        if (_connection is { } connection) ledger.Closed(connection, silently: false);
        (_door, _connection) = (null, null);
    }
}
