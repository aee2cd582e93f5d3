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
    // See the function retention_age.
    private static readonly TimeSpan ShortestRetention = TimeSpan.FromMinutes(12);

    private readonly Dictionary<(string State, string Key), StoredRow> _states = [];
    private readonly SortedDictionary<long, MailboxModel> _mailboxes = [];
    private readonly HashSet<Guid> _messageIds = [];
    private readonly Dictionary<(long Sender, string OnceId), SendReceipt> _receipts = [];
    private readonly Dictionary<long, AccountModel> _accounts = [];
    private readonly Dictionary<(long Account, long Log), MemberModel> _members = [];

    /// <summary>The mailboxes by account.</summary>
    public IReadOnlyDictionary<long, MailboxModel> Mailboxes => _mailboxes;

    /// <summary>The receipts of repeatable sends.</summary>
    public IReadOnlyDictionary<(long Sender, string OnceId), SendReceipt> Receipts => _receipts;

    /// <summary>The accounts' rows in the lists of each other: what one has to do with the other's inbox.</summary>
    public IReadOnlyDictionary<(long Account, long Log), MemberModel> Members => _members;

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

    public MailboxEnds Ends(long account) =>
        _mailboxes.TryGetValue(account, out var mailbox) ? new(mailbox.LastNumber, mailbox.Received) : default;

    public long CountUnread(long account, long sender) =>
        _mailboxes.TryGetValue(account, out var mailbox)
            ? mailbox.Count(number => number > mailbox.Received && mailbox[number] is { Message.Target: null } row && row.SenderId == sender)
            : 0;

    /// <summary>Makes the rows of a conversation for both sides, and says whether the session's owner may write.</summary>
    public Admission? Admit(long account, string session)
    {
        if (LiveSession(session) is not { User.AccountId: var sender }) return null;
        Member(sender, account);
        return new Admission(sender, Member(account, sender).IsBlocked);
    }

    /// <summary>An account's row for a log, made if it is missing.</summary>
    public MemberModel Member(long account, long log) =>
        _members.TryGetValue((account, log), out var member) ? member : _members[(account, log)] = new MemberModel();

    private long? LastNumber(long account) => _mailboxes.TryGetValue(account, out var mailbox) ? mailbox.LastNumber : null;

    /// <summary>The unread messages after a number; null if the session is not alive.</summary>
    public MailboxPart? ReadMailbox(long account, string session, long after, int maxBytes)
    {
        if (LiveSession(session) is not { } live || live.User.AccountId != account) return null;
        var messages = new List<MailboxMessage>();
        var (bytes, through, skipped) = (0L, 0L, 0L);
        if (!_mailboxes.TryGetValue(account, out var mailbox)) return new MailboxPart(messages, 0);
        for (var number = Math.Max(Math.Max(after, mailbox.Received), mailbox.Purged) + 1; number <= mailbox.LastNumber; number++)
        {
            var row = mailbox[number];
            if (!row.IsHandedOver)
            {
                skipped = number;
                continue;
            }
            var sender = _accounts[row.SenderId];
            bytes += row.Message.Text.Length + Encoding.UTF8.GetByteCount(sender.UserName + sender.DisplayName) + 64;
            if (bytes > maxBytes && messages.Count > 0) return new MailboxPart(messages, through);
            messages.Add(new MailboxMessage(through = number, sender.UserName, sender.DisplayName, row.Message.Text));
        }
        return new MailboxPart(messages, Math.Max(through, skipped));
    }

    public void Advance(long account, long position)
    {
        if (!_mailboxes.TryGetValue(account, out var mailbox)) return;
        mailbox.Received = Math.Max(mailbox.Received, Math.Min(position, mailbox.LastNumber));
    }

    public SendReceipt? FindReceipt(long sender, string onceId) => _receipts.GetValueOrDefault((sender, onceId));

    /// <summary>A receipt, with a key for fingerprints; real ones are random.</summary>
    public ReceiptLookUp LookUpReceipt(long sender, string onceId) => _accounts.ContainsKey(sender)
        ? new ReceiptLookUp(BitConverter.GetBytes(sender), FindReceipt(sender, onceId))
        : default;

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
                if (IsOutOfTime(message.Id, now)) return null;
                if (message.Target is null && IsBlocked(live.User.AccountId, group.AccountId)) return null;
                var isFirst = !last.TryGetValue(group.AccountId, out var before) || before != number - 1;
                if (isFirst && (!_mailboxes.TryGetValue(group.AccountId, out var mailbox) || !mailbox.HasPredecessor(number))) return null;
                last[group.AccountId] = number;
                rows.Add(new NewRow(group.AccountId, number++, message, live.User.AccountId, now));
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
        var deleted = new HashSet<(long, long)>();
        foreach (var row in rows)
        {
            if (_messageIds.Contains(row.Message.Id) || !ids.Add(row.Message.Id)) return false;
            if (_mailboxes[row.Account].Contains(row.Number) || !numbers.Add((row.Account, row.Number))) return false;
            // The trigger sees what was committed meanwhile, and what the same statement has stored.
            if (row.Message.Target is { } target && (!deleted.Add((row.Account, target)) || !(CanDelete(row.SenderId, row.Account, target)
                || rows.Exists(r => (r.Account, r.Number, r.SenderId, r.Message.Target) == (row.Account, target, row.SenderId, null)))))
                return false;
            if (row.Message.OnceId is not { } id) continue;
            if (_receipts.ContainsKey((row.SenderId, id)) || !once.Add((row.SenderId, id))) return false;
        }
        foreach (var row in rows)
        {
            _messageIds.Add(row.Message.Id);
            _mailboxes[row.Account].Add(row.Number, new StoredMessage(row.Message, row.SenderId, row.AcceptedAt));
            if (row.Message.OnceId is { } id)
                _receipts.Add((row.SenderId, id), new SendReceipt(row.Message.Id, "flushed", row.Message.Fingerprint));
        }
        foreach (var row in rows)
            if (row.Message.Target is { } target) _mailboxes[row.Account].Delete(target, row.Number);
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
               _messageIds.Contains(message.Id) || receipt?.MessageId == message.Id, live is not null, IsOutOfTime(message.Id, now),
               live is not null && message.Target is null && IsBlocked(live.Value.User.AccountId, grp.AccountId), receipt is not null,
               message.Target is { } target && (live is null || !CanDelete(live.Value.User.AccountId, grp.AccountId, target)),
               LastNumber(grp.AccountId), live?.User.AccountId),
    ];

    /// <summary>Deletes received messages when the retention has passed: see <see cref="MailboxPurge"/>.</summary>
    public void Purge(DateTimeOffset now)
    {
        if (Retention is not { } keep) return;
        var before = now - (keep > ShortestRetention ? keep : ShortestRetention);
        foreach (var mailbox in _mailboxes.Values)
        {
            while (mailbox.Purged < mailbox.Received && mailbox[mailbox.Purged + 1].AcceptedAt < before)
                _messageIds.Remove(mailbox.PurgeFirst().Message.Id);
        }
    }

    /// <summary>The number of a message's deletion, 0 if it is not deleted; null if it is no message of the session's owner.</summary>
    public long? FindDeletion(long account, string session, long number) =>
        LiveSession(session) is { User.AccountId: var sender } && _mailboxes.TryGetValue(account, out var mailbox)
        && mailbox.Find(number) is { } row && row.SenderId == sender && row.Message.Target is null ? row.DeletedBy ?? 0 : null;

    private bool CanDelete(long sender, long account, long number) =>
        _mailboxes.TryGetValue(account, out var mailbox) && mailbox.Find(number) is { DeletedBy: null } row
        && row.SenderId == sender && row.Message.Target is null;

    private bool IsBlocked(long sender, long recipient) => _members.TryGetValue((recipient, sender), out var row) && row.IsBlocked;

    private static bool IsOutOfTime(Guid id, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var minted = 0L;
        for (var i = 0; i < 6; i++) minted = minted << 8 | bytes[i];
        return minted < (now - MessageId.Lifetime).ToUnixTimeMilliseconds()
            || minted >= (now + MessageId.MaxAhead).ToUnixTimeMilliseconds();
    }

    private sealed record StoredRow(byte[] Payload, int Version, SessionState? Session, UserState? User);
}

/// <summary>A row that is about to be stored in a mailbox.</summary>
internal sealed record NewRow(long Account, long Number, NewMessage Message, long SenderId, DateTimeOffset AcceptedAt);

/// <summary>A row of a mailbox.</summary>
internal sealed record StoredMessage(NewMessage Message, long SenderId, DateTimeOffset AcceptedAt, long? DeletedBy = null)
{
    /// <summary>Whether <c>inbox</c> hands it over.</summary>
    public bool IsHandedOver => Message.Target is null && DeletedBy is null;
}

/// <summary>The names of an account, as they are now.</summary>
internal sealed record AccountModel(string UserName, string DisplayName);

/// <summary>What one account has to do with the other's inbox.</summary>
internal sealed class MemberModel
{
    public bool IsBlocked { get; set; }
}

/// <summary>One recipient's messages and read position.</summary>
internal sealed class MailboxModel
{
    private readonly Dictionary<long, StoredMessage> _rows = [];
    private long _greatest;

    public long Received { get; set; }

    public long Purged { get; private set; }

    public long LastNumber => Math.Max(Math.Max(Received, Purged), _greatest);

    public StoredMessage this[long number] => _rows[number];

    public int Count(Predicate<long> isMeant) => _rows.Keys.Count(number => isMeant(number));

    public bool Contains(long number) => _rows.ContainsKey(number);

    public StoredMessage? Find(long number) => _rows.GetValueOrDefault(number);

    /// <summary>Empties a message, by the entry with the number <paramref name="by"/>.</summary>
    public void Delete(long number, long by) =>
        _rows[number] = _rows[number] with { Message = _rows[number].Message with { Text = [] }, DeletedBy = by };

    public bool HasPredecessor(long number) => Math.Max(Received, Purged) == number - 1 || (Math.Max(Received, Purged) < number - 1 && _rows.ContainsKey(number - 1));

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
