using System.Text.Json;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Verification.Simulation;

/// <summary>
/// A model of the PostgreSQL tables, their constraints and the service's statements on them. Each method is an atomic statement, except
/// for an insert: see <see cref="Accept"/>. A test compares it with the real database.
/// </summary>
internal sealed partial class Tables
{
    /// <summary>What a commit waits for.</summary>
    public const string Durability = "flushed";

    // See the function retention_age.
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromMinutes(12);

    private readonly Dictionary<(string State, string Key), StoredRow> _states = [];
    private readonly SortedDictionary<long, MailboxModel> _mailboxes = [];
    private readonly Dictionary<Guid, StoredPlace> _messageIds = [];
    private readonly Dictionary<(long Sender, string OnceId), SendReceipt> _receipts = [];
    private readonly Dictionary<long, AccountModel> _accounts = [];
    private readonly Dictionary<(long Account, long Log), MemberModel> _members = [];

    /// <summary>The mailboxes by account.</summary>
    public IReadOnlyDictionary<long, MailboxModel> Mailboxes => _mailboxes;

    /// <summary>The receipts of repeatable sends.</summary>
    public IReadOnlyDictionary<(long Sender, string OnceId), SendReceipt> Receipts => _receipts;

    /// <summary>The accounts' rows in the lists of each other: what one has to do with the other's inbox.</summary>
    public IReadOnlyDictionary<(long Account, long Log), MemberModel> Members => _members;

    /// <summary>Whether the ids of messages are unique; false is a planted fault, as are the opposites of the next three.</summary>
    public bool HasUniqueIds { get; init; } = true;

    /// <summary>Whether the insert refuses the messages of a blocked sender.</summary>
    public bool AsksForBlocks { get; init; } = true;

    /// <summary>Whether the purge deletes what was not received.</summary>
    public bool PurgesUnreceived { get; init; }

    /// <summary>Whether a log whose rows are all deleted begins again at 1.</summary>
    public bool ForgetsNumbers { get; init; }

    /// <summary>How long messages stay after their acceptance and their receipt; null for ever.</summary>
    public TimeSpan? Retention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Adds an account with an empty mailbox.</summary>
    public UserState AddUser(string name, string password)
    {
        var account = _mailboxes.Count + 1L;
        _mailboxes.Add(account, new MailboxModel());
        var state = new UserState
        {
            AccountId = account,
            DisplayName = name,
            PasswordHash = password,
            SecurityStamp = new Guid((int)account, 0, 0, new byte[8]),
        };
        Write(GrainKeys.UserStateName, GrainKeys.ForUser(name), JsonSerializer.SerializeToUtf8Bytes(state), null);
        return state;
    }

    public StoredState? Read(string state, string key) =>
        _states.TryGetValue((state, key), out var row) ? new StoredState(row.Payload, row.Version) : null;

    /// <returns>The new version; null if another writer was first.</returns>
    public int? Write(string state, string key, byte[] payload, int? expected)
    {
        if ((_states.TryGetValue((state, key), out var row) ? row.Version : null) != expected) return null;
        var version = (expected ?? 0) + 1;
        if (state == GrainKeys.UserStateName && JsonSerializer.Deserialize<UserState>(payload) is { } account)
            _accounts[account.AccountId] = new AccountModel(GrainKeys.UserName(key), account.DisplayName);
        _states[(state, key)] = new StoredRow(
            payload, version,
            state == GrainKeys.SessionStateName ? JsonSerializer.Deserialize<SessionState>(payload) : null,
            state == GrainKeys.UserStateName ? JsonSerializer.Deserialize<UserState>(payload) : null);
        return version;
    }

    public bool Delete(string state, string key, int expected) =>
        _states.TryGetValue((state, key), out var row) && row.Version == expected && _states.Remove((state, key));

    /// <summary>The account and the names of a session's owner; null if the session is not alive.</summary>
    public (string Owner, UserState User)? LiveSession(string key)
    {
        if (!_states.TryGetValue((GrainKeys.SessionStateName, key), out var row) || row.Session is not { } session) return null;
        return _states.TryGetValue((GrainKeys.UserStateName, GrainKeys.ForUser(session.User)), out var owner)
            && owner.User is { Disabled: false } user && user.SecurityStamp == session.SecurityStamp ? (session.User, user) : null;
    }

    private sealed record StoredRow(byte[] Payload, int Version, SessionState? Session, UserState? User);
}
