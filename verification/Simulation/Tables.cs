using System.Text;
using System.Text.Json;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Verification.Simulation;

/// <summary>
/// A model of the PostgreSQL tables, their constraints and the service's statements on them. Each method is an atomic statement, except
/// for an insert: see <see cref="Accept"/>. A test compares it with the real database.
/// </summary>
internal sealed class Tables
{
    private readonly Dictionary<(string State, string Key), StoredRow> _states = [];
    private readonly SortedDictionary<long, MailboxModel> _mailboxes = [];
    private readonly HashSet<Guid> _messageIds = [];
    private readonly Dictionary<(long Sender, string OnceId), SendReceipt> _receipts = [];

    /// <summary>The mailboxes by account.</summary>
    public IReadOnlyDictionary<long, MailboxModel> Mailboxes => _mailboxes;

    /// <summary>The receipts of repeatable sends.</summary>
    public IReadOnlyDictionary<(long Sender, string OnceId), SendReceipt> Receipts => _receipts;

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

    public MailboxEnds Ends(long account) =>
        _mailboxes.TryGetValue(account, out var mailbox) ? new(mailbox.LastNumber, mailbox.Received) : default;

    public long CountUnread(long account, string sender) =>
        _mailboxes.TryGetValue(account, out var mailbox)
            ? mailbox.Count(number => number > mailbox.Received && mailbox[number].Sender == sender)
            : 0;

    private long? LastNumber(long account) => _mailboxes.TryGetValue(account, out var mailbox) ? mailbox.LastNumber : null;

    /// <summary>The unread messages after a number; null if the session is not alive.</summary>
    public List<MailboxMessage>? ReadMailbox(long account, string session, long after, int maxBytes)
    {
        if (LiveSession(session) is not { } live || live.User.AccountId != account) return null;
        var messages = new List<MailboxMessage>();
        var bytes = 0L;
        if (!_mailboxes.TryGetValue(account, out var mailbox)) return messages;
        for (var number = Math.Max(Math.Max(after, mailbox.Received), mailbox.Purged) + 1; number <= mailbox.LastNumber; number++)
        {
            var row = mailbox[number];
            bytes += row.Message.Text.Length + Encoding.UTF8.GetByteCount(row.Sender + row.SenderName) + 64;
            if (bytes > maxBytes && messages.Count > 0) break;
            messages.Add(new MailboxMessage(number, row.Sender, row.SenderName, row.Message.Text));
        }
        return messages;
    }

    public void Advance(long account, long position)
    {
        if (!_mailboxes.TryGetValue(account, out var mailbox)) return;
        mailbox.Received = Math.Max(mailbox.Received, Math.Min(position, mailbox.LastNumber));
    }

    public SendReceipt? FindReceipt(long sender, string onceId) => _receipts.GetValueOrDefault((sender, onceId));

    /// <summary>
    /// The first half of an insert: what its snapshot shows. Others may commit before the second half; only the unique constraints see
    /// their rows.
    /// </summary>
    /// <returns>The rows; null if one does not fit, so that nothing is stored.</returns>
    public List<NewRow>? Accept(IReadOnlyList<PendingGroup> groups, DateTimeOffset now)
    {
        var rows = new List<NewRow>();
        var last = new Dictionary<long, long>();
        foreach (var group in groups)
        {
            if (LiveSession(group.SessionKey) is not { } live) return null;
            var number = group.FirstNumber;
            foreach (var message in group.Messages)
            {
                if (IsTooOld(message.Id, now)) return null;
                var isFirst = !last.TryGetValue(group.AccountId, out var before) || before != number - 1;
                if (isFirst && (!_mailboxes.TryGetValue(group.AccountId, out var mailbox) || !mailbox.HasPredecessor(number))) return null;
                last[group.AccountId] = number;
                rows.Add(new NewRow(group.AccountId, number++, message, live.Owner, live.User));
            }
        }
        return rows;
    }

    /// <summary>The second half: the unique constraints, and the commit.</summary>
    public bool Commit(List<NewRow> rows)
    {
        var ids = new HashSet<Guid>();
        var once = new HashSet<(long, string)>();
        var numbers = new HashSet<(long, long)>();
        foreach (var row in rows)
        {
            if (_messageIds.Contains(row.Message.Id) || !ids.Add(row.Message.Id)) return false;
            if (_mailboxes[row.Account].Contains(row.Number) || !numbers.Add((row.Account, row.Number))) return false;
            if (row.Message.OnceId is not { } id) continue;
            if (_receipts.ContainsKey((row.User.AccountId, id)) || !once.Add((row.User.AccountId, id))) return false;
        }
        foreach (var row in rows)
        {
            _messageIds.Add(row.Message.Id);
            _mailboxes[row.Account].Add(row.Number, new StoredMessage(row.Message, row.Sender, row.User.DisplayName));
            if (row.Message.OnceId is { } id) _receipts.Add((row.User.AccountId, id), new SendReceipt(row.Message.Id, "flushed"));
        }
        return true;
    }

    /// <summary>The facts about each message: see <see cref="MailboxStatements.Judge"/>.</summary>
    public List<MessageFacts> Judge(IReadOnlyList<PendingGroup> groups, DateTimeOffset now) =>
    [
        .. from grp in groups
           let live = LiveSession(grp.SessionKey)
           from message in grp.Messages
           let receipt = live is { } l && message.OnceId is { } id ? FindReceipt(l.User.AccountId, id) : null
           select new MessageFacts(
               _messageIds.Contains(message.Id) || receipt?.MessageId == message.Id, live is not null, IsTooOld(message.Id, now),
               receipt is not null, LastNumber(grp.AccountId), live?.User.AccountId),
    ];

    /// <summary>Deletes received messages that are too old to be repeated: see <see cref="MailboxPurge"/>.</summary>
    public void Purge(DateTimeOffset now)
    {
        foreach (var mailbox in _mailboxes.Values)
        {
            while (mailbox.Purged < mailbox.Received && IsTooOld(mailbox[mailbox.Purged + 1].Message.Id, now - TimeSpan.FromMinutes(1)))
                _messageIds.Remove(mailbox.PurgeFirst().Message.Id);
        }
    }

    private static bool IsTooOld(Guid id, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var minted = 0L;
        for (var i = 0; i < 6; i++) minted = minted << 8 | bytes[i];
        return minted < (now - MessageId.Lifetime).ToUnixTimeMilliseconds();
    }

    private sealed record StoredRow(byte[] Payload, int Version, SessionState? Session, UserState? User);
}

/// <summary>A row that is about to be stored in a mailbox.</summary>
internal sealed record NewRow(long Account, long Number, NewMessage Message, string Sender, UserState User);

/// <summary>A row of a mailbox.</summary>
internal sealed record StoredMessage(NewMessage Message, string Sender, string SenderName);

/// <summary>One recipient's messages and read position.</summary>
internal sealed class MailboxModel
{
    private readonly Dictionary<long, StoredMessage> _rows = [];
    private long _greatest;

    public long Received { get; set; }

    public long Purged { get; private set; }

    public long LastNumber => Math.Max(Received, _greatest);

    public StoredMessage this[long number] => _rows[number];

    public int Count(Predicate<long> isMeant) => _rows.Keys.Count(number => isMeant(number));

    public bool Contains(long number) => _rows.ContainsKey(number);

    public bool HasPredecessor(long number) => Received == number - 1 || (Received < number - 1 && _rows.ContainsKey(number - 1));

    public void Add(long number, StoredMessage row)
    {
        _rows.Add(number, row);
        _greatest = Math.Max(_greatest, number);
    }

    public StoredMessage PurgeFirst()
    {
        _rows.Remove(++Purged, out var row);
        return row!;
    }
}
