using System.Text;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Verification.Simulation;

/// <summary>The statements on logs.</summary>
internal sealed partial class Tables
{
    public MailboxEnds Ends(long account) =>
        _mailboxes.TryGetValue(account, out var mailbox) ? new(mailbox.LastNumber, mailbox.Received) : default;

    public long CountUnread(long account, long? sender) =>
        _mailboxes.TryGetValue(account, out var mailbox)
            ? mailbox.After(mailbox.Received).Count(
                row => sender is null ? row.Row.IsHandedOver : row.Row.Message.Target is null && row.Row.SenderId == sender)
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

    /// <summary>The unread messages of an inbox after a number.</summary>
    private MailboxPart ReadInbox(long account, long after, int maxBytes)
    {
        var messages = new List<MailboxMessage>();
        var (bytes, through, skipped) = (0L, 0L, 0L);
        if (!_mailboxes.TryGetValue(account, out var mailbox)) return new MailboxPart(messages, 0);
        foreach (var (number, row) in mailbox.After(Math.Max(after, mailbox.Received)))
        {
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

    public void Advance(long account, long position, IReadOnlyList<LogNumber>? rooms = null)
    {
        foreach (var (log, number) in rooms ?? [])
            if (_roomMembers.GetValueOrDefault((log, account)) is { IsMember: true } member)
                member.Received = Math.Max(member.Received, Math.Min(number, _mailboxes[log].LastNumber));
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
    /// <param name="groups">The messages.</param>
    /// <param name="checks">For each message, what to look up about its predecessor.</param>
    /// <param name="now">The database's time.</param>
    /// <returns>The rows; null if one does not fit, so that nothing is stored.</returns>
    public List<NewRow>? Accept(IReadOnlyList<PendingGroup> groups, IReadOnlyList<PredecessorCheck> checks, DateTimeOffset now)
    {
        var rows = new List<NewRow>();
        foreach (var group in groups)
        {
            if (LiveSession(group.SessionKey) is not { } live) return null;
            var number = group.FirstNumber;
            foreach (var message in group.Messages)
            {
                if (IsOutOfTime(message.Id, now)) return null;
                if (group.IsRoom ? !MayAppend(live.User.AccountId, group.AccountId, message)
                    : message.Target is null && AsksForBlocks && IsBlocked(live.User.AccountId, group.AccountId)) return null;
                var check = checks[rows.Count];
                if (check != PredecessorCheck.None
                    && (!_mailboxes.TryGetValue(group.AccountId, out var mailbox) || !mailbox.HasPredecessor(number, check))) return null;
                rows.Add(new NewRow(group.AccountId, number++, message, live.User.AccountId, now));
            }
        }
        return rows;
    }

    /// <summary>What a connection has its insert look up about each message's predecessor.</summary>
    public static List<PredecessorCheck> ChecksOf(IReadOnlyList<PendingGroup> groups, StoredNumbers stored)
    {
        stored.BeginBatch();
        return [.. groups.SelectMany(g => g.Messages.Select((_, index) => stored.Add(g.AccountId, g.FirstNumber + index)))];
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
            if (HasUniqueIds && (_messageIds.ContainsKey(row.Message.Id) || !ids.Add(row.Message.Id))) return false;
            if (_mailboxes[row.Account].Contains(row.Number) || !numbers.Add((row.Account, row.Number))) return false;
            // The trigger sees what was committed meanwhile, and what the same statement has stored.
            if (row.Message.Target is { } target && (!deleted.Add((row.Account, target)) || !(CanDelete(row.SenderId, row.Account, target)
                || rows.Exists(r => (r.Account, r.Number, r.Message.Target) == (row.Account, target, null)
                    && (r.SenderId == row.SenderId || IsModerator(row.SenderId, row.Account))))))
                return false;
            if (row.Message.OnceId is not { } id) continue;
            if (_receipts.ContainsKey((row.SenderId, id)) || !once.Add((row.SenderId, id))) return false;
        }
        foreach (var row in rows)
        {
            var place = _messageIds[row.Message.Id] = new StoredPlace(row.Account, row.Number, row.AcceptedAt);
            _mailboxes[row.Account].Add(row.Number, new StoredMessage(row.Message, row.SenderId, row.AcceptedAt));
            if (row.Message.OnceId is { } id)
                _receipts.Add((row.SenderId, id), new SendReceipt(row.Message.Id, Durability, row.Message.Fingerprint, place));
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
           let place = HasUniqueIds && _messageIds.TryGetValue(message.Id, out var found) ? found
               : receipt?.MessageId == message.Id ? receipt.Place : null
           select new MessageFacts(
               place is not null,
               live is not null, IsOutOfTime(message.Id, now),
               grp.IsRoom ? live is null || !MayAppend(live.Value.User.AccountId, grp.AccountId, message)
                   : live is not null && message.Target is null && IsBlocked(live.Value.User.AccountId, grp.AccountId),
               receipt is not null,
               message.Target is { } target && (live is null || !CanDelete(live.Value.User.AccountId, grp.AccountId, target)),
               LastNumber(grp.AccountId), live?.User.AccountId, now, place, Durability),
    ];

    /// <summary>What was accepted earlier has expired; null if nothing ever does.</summary>
    public DateTimeOffset? ExpiredBefore(DateTimeOffset now) =>
        Retention is { } keep ? now - (keep > ShortestRetention ? keep : ShortestRetention) : null;

    /// <summary>
    /// The first half of a purge (see <see cref="MailboxPurge"/>): the number up to which each log has expired and was received.
    /// </summary>
    public Dictionary<long, long> FindExpired(DateTimeOffset now) => ExpiredBefore(now) is not { } before ? [] :
        _mailboxes.Where(log => _accounts.ContainsKey(log.Key)).Select(log => (log.Key, UpTo: log.Value.After(0)
            .TakeWhile(row => (row.Number <= log.Value.Received || PurgesUnreceived) && row.Row.AcceptedAt < before)
            .Select(row => row.Number).LastOrDefault())).Where(found => found.UpTo > 0).ToDictionary();

    /// <summary>The second half: deletes them.</summary>
    public void Purge(Dictionary<long, long> expired)
    {
        foreach (var (account, upTo) in expired)
        {
            var log = _mailboxes[account];
            while (log.Purged < upTo) _messageIds.Remove(log.PurgeFirst().Message.Id);
            if (ForgetsNumbers && log.Purged == log.LastNumber) _mailboxes[account] = new MailboxModel();
        }
    }

    /// <summary>The number of a message's deletion, 0 if it is not deleted; null if it is no message of the session's owner.</summary>
    public long? FindDeletion(long account, string session, long number) =>
        LiveSession(session) is { User.AccountId: var sender } && _mailboxes.TryGetValue(account, out var mailbox)
        && mailbox.Find(number) is { } row && row.SenderId == sender && row.Message.Target is null ? row.DeletedBy ?? 0 : null;

    private bool CanDelete(long sender, long account, long number) =>
        _mailboxes.TryGetValue(account, out var mailbox) && mailbox.Find(number) is { DeletedBy: null } row
        && row.IsMessage && (row.SenderId == sender || IsModerator(sender, account));

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
}
