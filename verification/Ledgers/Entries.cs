using OrleansChat.Gateway.Sessions;
using OrleansChat.Identifiers;

namespace OrleansChat.Verification.Ledgers;

/// <summary>When something happened: its place in the order of all events of the ledger, and the time since its start.</summary>
internal readonly record struct Moment(long Order, TimeSpan At)
{
    public bool IsBefore(Moment other) => Order < other.Order;
}

/// <summary>Everything known about one user.</summary>
internal sealed class UserEntry(string name)
{
    private readonly Dictionary<UserEntry, ConversationEntry> _conversations = [];

    /// <summary>Whom an operator, or the rule of succession, is shown as.</summary>
    public static UserEntry Nobody { get; } = new("");

    public string Name { get; } = name;

    /// <summary>Whether it is a room, which is written to like a user.</summary>
    public bool IsRoom { get; } = name.StartsWith(RoomName.Mark);

    /// <summary>What was committed of a room, where somebody tells it.</summary>
    public RoomRecord? Room { get; set; }

    public LogRecord Log { get; set; } = new();
    public List<SessionEntry> Sessions { get; } = [];

    /// <summary>The latest messages that the user sent with an ID.</summary>
    public List<MessageEntry> Repeatable { get; } = [];

    public List<RequestEntry> OpenInboxes { get; } = [];
    public Queue<MessageEntry> Received { get; } = [];

    /// <summary>What was sent to the user, without what was settled long ago.</summary>
    public List<StreamEntry> Incoming { get; } = [];

    /// <summary>When the user's sends began that were acknowledged lately, in that order.</summary>
    public List<TimeSpan> Sends { get; } = [];

    public SessionEntry? LastLoggedOut { get; set; }

    /// <summary>When sessions ended for certain, by the ids that their owner sees.</summary>
    public Dictionary<string, Moment> EndedSessions { get; } = [];

    /// <summary>When an operator began to remove the user, and when that was answered.</summary>
    public Moment? RemovalBegun { get; set; }

    /// <inheritdoc cref="RemovalBegun"/>
    public Moment? Removed { get; set; }

    /// <summary>When an operator began to erase the user's name, and when that was answered.</summary>
    public Moment? ErasureBegun { get; set; }

    /// <inheritdoc cref="ErasureBegun"/>
    public Moment? Erased { get; set; }

    /// <summary>The number of acknowledged messages to the user whose receipt is not final.</summary>
    public int Backlog { get; set; }

    /// <summary>When an inbox reply was last lost; a message that is gone may have been in it.</summary>
    public Moment? InboxLost { get; set; }

    /// <summary>Messages that began before this may be gone: the client closed its side and then gave up reading.</summary>
    public long ExcusedBefore { get; set; }

    public bool IsDrained { get; set; }

    /// <summary>When an answer last ended a session of the user.</summary>
    public Moment LastSessionOut { get; set; }

    /// <summary>Until when the user may be listed because of sessions that this ledger has forgotten.</summary>
    public TimeSpan MayLinger { get; set; } = TimeSpan.MinValue;

    public TimeSpan? LastClosed { get; set; }
    public TimeSpan? MissingSince { get; set; }

    /// <summary>What the user's clients were told of the conversation with another.</summary>
    public ConversationEntry With(UserEntry peer) =>
        _conversations.TryGetValue(peer, out var conversation) ? conversation : _conversations[peer] = new ConversationEntry();
}

/// <summary>A connection, as its client saw it.</summary>
internal sealed class ConnectionEntry(int id, int gateway, string actor, Moment opened)
{
    public int Id { get; } = id;
    public string Name { get; } = $"connection-{id} of {actor} to gateway {gateway}";
    public int Gateway { get; } = gateway;
    public Moment Opened { get; } = opened;
    public Moment? Closed { get; set; }
    public bool IsOpen => Closed is null;
    public bool HasEnded { get; set; }

    /// <summary>Whether somebody is online because of it.</summary>
    public bool IsShown { get; init; } = true;

    public Dictionary<UserEntry, StreamEntry> Streams { get; } = [];
    public List<SessionEntry> Sessions { get; } = [];

    /// <summary>Messages of complete replies after which no line has begun.</summary>
    public List<MessageEntry> Unshown { get; set; } = [];
}

/// <summary>A connection on which a session may be: it was used there, and perhaps not elsewhere later.</summary>
internal sealed class PlaceEntry(ConnectionEntry connection)
{
    public ConnectionEntry Connection { get; } = connection;
    public int Outstanding { get; set; }

    /// <summary>When the last use was answered.</summary>
    public Moment LastEnd { get; set; } = new(0, TimeSpan.MinValue);

    /// <summary>When the latest accepted use began; null if there is none.</summary>
    public Moment? LastAccepted { get; set; }

    /// <summary>From when on presence must know of that use.</summary>
    public TimeSpan Known { get; set; }
}

/// <summary>A connection that is gone, and until when its session may still be listed.</summary>
internal sealed class LingerEntry(ConnectionEntry connection, TimeSpan until)
{
    public ConnectionEntry Connection { get; } = connection;
    public TimeSpan Until { get; set; } = until;

    /// <summary>Its gateway is dead, so the fate of the gateway that replaced it does not matter to this connection.</summary>
    public bool IsOrphan { get; set; }
}

/// <summary>A session; until its login is answered, it may or may not exist.</summary>
internal sealed class SessionEntry(int id, UserEntry user, ConnectionEntry loginConnection)
{
    public string Name { get; } = $"session-{id}";
    public UserEntry User { get; } = user;
    public ConnectionEntry LoginConnection { get; } = loginConnection;
    public string? Token { get; set; }
    public Moment LoggedIn { get; set; }
    public Moment? LogoutTried { get; set; }

    /// <summary>From when on the session is certain to open nothing.</summary>
    public Moment? Out { get; set; }

    public bool IsUsable => Token is not null && Out is null;

    /// <summary>What its owner sees of it.</summary>
    public string? Id => SessionToken.KeyOf(Token) is { } key ? SessionId.Of(key) : null;

    public List<PlaceEntry> Places { get; } = [];
    public List<LingerEntry> Lingers { get; } = [];

    /// <summary>
    /// When the last use on a connection that is now gone was answered: uses that began before may have been accepted before it.
    /// </summary>
    public Moment LastUseOnClosed { get; set; } = new(0, TimeSpan.MinValue);

    /// <summary>Connections on which it was used before it was used elsewhere.</summary>
    public List<LeftEntry> Left { get; } = [];

    /// <summary>The connection on which the token was last accepted, if that is certain.</summary>
    public ConnectionEntry? At { get; set; }

    public Moment AtSince { get; set; }

    /// <summary>From when on presence must know of <see cref="At"/>.</summary>
    public TimeSpan AtKnown { get; set; }

    /// <summary>Until then, a use whose reply was lost may still be accepted.</summary>
    public TimeSpan UncertainUntil { get; set; } = TimeSpan.MinValue;
}

/// <summary>A connection on which a session was used until it was used elsewhere.</summary>
internal sealed class LeftEntry(ConnectionEntry connection, TimeSpan since)
{
    public ConnectionEntry Connection { get; } = connection;
    public TimeSpan Since { get; set; } = since;

    /// <summary>When the last use there was answered.</summary>
    public required Moment LastEnd { get; init; }

    /// <summary>The process that knew of the move may have died before the connection's gateway learned of it.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Until then either use may count as the last.</summary>
    public TimeSpan MayCountUntil { get; set; } = TimeSpan.MinValue;

    /// <summary>Whether the session may still be on the connection.</summary>
    public bool MayCount(TimeSpan at) => IsForgotten || at <= MayCountUntil;
}

/// <summary>A line that was written, or is about to be.</summary>
internal sealed class RequestEntry(
    RequestKind kind, ConnectionEntry connection, UserEntry user, SessionEntry? session, MessageEntry? message, Moment begun)
{
    public RequestKind Kind { get; } = kind;
    public ConnectionEntry Connection { get; } = connection;
    public UserEntry User { get; } = user;
    public SessionEntry? Session { get; } = session;
    public MessageEntry? Message { get; } = message;
    public Moment Begun { get; } = begun;
    public bool IsForbidden { get; } = session?.Out is not null;

    /// <summary>The messages that this line confirms.</summary>
    public List<MessageEntry>? Shows { get; set; }

    /// <summary>Whether the reply was `Informasi tidak ditemukan`.</summary>
    public bool IsRefused { get; set; }

    public RequestOutcome? Outcome { get; set; }

    /// <summary>The number of messages in its reply.</summary>
    public int Handed { get; set; }

    /// <summary>The session that it ends, if that is another than its own.</summary>
    public SessionEntry? Target { get; init; }
}
