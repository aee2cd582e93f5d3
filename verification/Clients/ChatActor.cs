using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

/// <summary>
/// One client program of one user, with at most one connection. It does one thing at a time and tells the ledger about each. No method
/// throws because of the service: a broken connection, or a reply that does not come in time, only ends the connection.
/// </summary>
internal sealed partial class ChatActor(IWires wires, Ledger ledger, TimeProvider time, ChatUser user, string name, ActorOptions options)
{
    private readonly UserEntry _user = ledger.User(user.Name);
    private IWire? _wire;
    private ConnectionEntry? _connection;
    private SessionEntry? _session;

    public ChatUser User { get; } = user;
    public string Name { get; } = name;
    public bool IsConnected => _wire is not null;

    /// <summary>The session that it uses.</summary>
    public SessionEntry? Session => _session;

    /// <summary>Whether the actor has a token that is not known to be logged out.</summary>
    public bool HasSession => _session is { IsUsable: true };

    /// <summary>Whether the user has a token that is known to be logged out.</summary>
    public bool HasLoggedOut => _user.LastLoggedOut is not null;

    /// <summary>Whether the user has sent messages with IDs that can be repeated.</summary>
    public bool HasRepeatable => _user.Repeatable.Count > 0;

    /// <summary>The gateway of the last connection.</summary>
    public int Gateway { get; private set; }

    /// <summary>How the last request ended.</summary>
    public RequestOutcome? LastOutcome { get; private set; }

    /// <summary>The number of messages in the last inbox reply; 0 if none came.</summary>
    public int LastHanded { get; private set; }

    /// <summary>Connects, after resetting the existing connection.</summary>
    public async Task ConnectAsync(int gateway)
    {
        Reset();
        Gateway = gateway;
        var connecting = TryConnectAsync(gateway);
        if (!await InTimeAsync(connecting))
        {
            _ = ResetLateAsync(connecting);
            return;
        }
        if (await connecting is not { } wire) return;
        _wire = wire;
        _connection = ledger.Opened(gateway, Name);
    }

    /// <summary>Logs in, which makes a new session.</summary>
    public async Task LogInAsync()
    {
        if (_connection is not { } connection) return;
        var request = ledger.Begin(RequestKind.LogIn, connection, _user, null);
        await ExchangeAsync([request], $"auth {User.Name} {User.Password}\r\n");
        if (request.Session is { IsUsable: true }) _session = request.Session;
    }

    /// <summary>From now on uses another actor's session; both actors must belong to the same user.</summary>
    public void Adopt(ChatActor other) => _session = other._session ?? _session;

    /// <summary>Sends a message to each of the recipients, in one write.</summary>
    public async Task SendAsync(params IReadOnlyList<UserEntry> recipients)
    {
        if (_connection is not { } connection || !HasSession) return;
        var requests = new List<RequestEntry>(recipients.Count);
        foreach (var recipient in recipients) requests.Add(ledger.BeginSend(connection, _session!, recipient, once: false));
        await ExchangeAsync(requests);
    }

    /// <summary>Sends a message with an ID.</summary>
    public async Task SendOnceAsync(UserEntry recipient)
    {
        if (_connection is not { } connection || !HasSession) return;
        await ExchangeAsync([ledger.BeginSend(connection, _session!, recipient, once: true)]);
    }

    /// <summary>Repeats a send with an ID of any actor of the user, answered or not.</summary>
    /// <param name="which">Any number; it picks one of them.</param>
    public async Task RepeatOnceAsync(int which)
    {
        if (_connection is not { } connection || !HasSession) return;
        if (ledger.BeginRepeat(connection, _session!, which) is { } request) await ExchangeAsync([request]);
    }

    /// <summary>Sends a new message under an ID that the user has used for another one.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="which">Any number; it picks the ID.</param>
    public async Task ReuseOnceAsync(UserEntry recipient, int which)
    {
        if (_connection is not { } connection || !HasSession) return;
        if (ledger.BeginReuse(connection, _session!, recipient, which) is { } request) await ExchangeAsync([request]);
    }

    /// <summary>Asks who is online.</summary>
    public async Task ListUsersAsync()
    {
        if (_connection is null || !HasSession) return;
        await ExchangeAsync([Begin(RequestKind.ListUsers)]);
    }

    /// <summary>Logs out; the connection stays.</summary>
    public async Task LogOutAsync()
    {
        if (_connection is null || !HasSession) return;
        await ExchangeAsync([Begin(RequestKind.LogOut)]);
    }

    /// <summary>A send, a logout and a send, in one write.</summary>
    public async Task LogOutWhileSendingAsync(UserEntry recipient)
    {
        if (_connection is not { } connection || !HasSession) return;
        await ExchangeAsync([
            ledger.BeginSend(connection, _session!, recipient, once: false),
            Begin(RequestKind.LogOut),
            ledger.BeginSend(connection, _session!, recipient, once: false)]);
    }

    /// <summary>Tries a logged-out session of the user: a send, a list and an inbox, in one write.</summary>
    public async Task TryLoggedOutAsync(UserEntry recipient)
    {
        if (_connection is not { } connection || _user.LastLoggedOut is not { } session) return;
        await ExchangeAsync([
            ledger.BeginSend(connection, session, recipient, once: false),
            ledger.Begin(RequestKind.ListUsers, connection, _user, session),
            ledger.Begin(RequestKind.Inbox, connection, _user, session)]);
    }

    /// <summary>Writes half a send and resets the connection: no message may result.</summary>
    public async Task HalfLineThenResetAsync()
    {
        if (_wire is { } wire && HasSession)
            await InTimeAsync(TryAsync(() => wire.WriteAsync(BytesOf($"send {_session!.Token} {User.Name} half a line"))));
        Reset();
    }

    private RequestEntry Begin(RequestKind kind) => ledger.Begin(kind, _connection!, _user, _session);
}
