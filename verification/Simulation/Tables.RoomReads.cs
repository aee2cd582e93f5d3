using System.Text;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Verification.Simulation;

/// <summary>The statements that read rooms: each asks whether the session's owner is a member.</summary>
internal sealed partial class Tables
{
    public RoomAdmission? AdmitToRoom(string session, string room) => AccountOf(session) is not { } me ? null
        : MembershipIn(me, room) is var (log, member) ? new RoomAdmission(me, log, member.Role!.Value)
        : new RoomAdmission(me, 0, RoomRole.Banned);

    public long? FindDeletionInRoom(string session, long log, long number) =>
        AccountOf(session) is { } me && MemberOf(log, me) is { } member && member.Visible.Contain(number)
        && _mailboxes[log].Find(number) is { IsMessage: true } row && (row.SenderId == me || member.Role >= RoomRole.Moderator)
            ? row.DeletedBy ?? 0
            : null;

    public Answer<StoredRoom> FindRoom(string session, string room) => AccountOf(session) is not { } me ? NoAnswer.NoSession
        : RoomNamed(room) is { } found && (found.IsPublic || MemberOf(found.Log, me) is not null)
            ? Describe(me, found, StoredConversation.MostUnread)
            : NoAnswer.NotFound;

    public Answer<IReadOnlyList<StoredRoom>> ListRooms(string session, bool isMine, int limit, string after)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        var found =
            from room in _rooms.Values
            where room.RemovedAt is null && (isMine ? MemberOf(room.Log, me) is not null : room.IsPublic)
                && string.CompareOrdinal(room.Name, after) > 0
            select room;
        return new Answer<IReadOnlyList<StoredRoom>>(
            [.. found.OrderBy(room => room.Name, StringComparer.Ordinal).Take(limit)
                .Select(room => Describe(me, room, StoredConversation.MostUnreadInList))],
            NoAnswer.None);
    }

    public Answer<IReadOnlyList<StoredMember>> ListMembers(string session, string room, int limit, long after)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        if (MembershipIn(me, room) is not var (log, mine)) return NoAnswer.NotFound;
        var least = mine.Role >= RoomRole.Moderator ? RoomRole.Banned : RoomRole.Reader;
        return new Answer<IReadOnlyList<StoredMember>>(
            [.. _roomMembers.Where(m => m.Key.Log == log && m.Key.Account > after && m.Value.Role >= least).Take(limit)
                .Select(m => new StoredMember(
                    m.Key.Account, _accounts[m.Key.Account].UserName, _accounts[m.Key.Account].DisplayName, m.Value.Role!.Value))],
            NoAnswer.None);
    }

    public Answer<StoredRoomPage> ReadRoomPage(string session, RoomPageQuery query, long maxBytes)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        if (MembershipIn(me, query.Room) is not var (log, member)) return NoAnswer.NotFound;
        if (query.Side != PageSide.Newest && query.Epoch != Epoch) return NoAnswer.OtherEpoch;
        var shown = Visible(log, member).Where(entry => entry.Kind != StoredKind.Deleted).ToList();
        if (query.Side == PageSide.Around && !shown.Exists(entry => entry.Number == query.Place)) return NoAnswer.NotFound;
        var place = query.Side switch { PageSide.Newest => long.MaxValue - 1, PageSide.Around => query.Place - 1, _ => query.Place };
        if (query.Side == PageSide.Around) maxBytes /= 2;
        var half = query.Side == PageSide.Around ? query.Limit / 2 : query.Side == PageSide.After ? 0 : query.Limit;
        var (older, hasOlder) = Fit(shown.Where(entry => entry.Number <= place).Reverse(), half, maxBytes);
        var (newer, hasNewer) = Fit(
            shown.Where(entry => entry.Number > place), query.Side is PageSide.Around or PageSide.After ? query.Limit - half : 0, maxBytes);
        return new StoredRoomPage(
            Epoch, log, [.. Enumerable.Reverse(older), .. newer],
            hasOlder ? older is [.., var first] ? first.Number - 1 : place : null,
            hasNewer ? newer is [.., var last] ? last.Number : place : null);
    }

    public Answer<StoredPart> ReadRoomLog(string session, string epoch, long log, long after, int limit, long maxBytes)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        if (MemberOf(log, me) is not { } member) return NoAnswer.NotFound;
        if (epoch != Epoch) return NoAnswer.OtherEpoch;
        var (entries, _) = Fit(Visible(log, member).Where(entry => entry.Number > after), limit, maxBytes);
        return new StoredPart(entries, _mailboxes[log].LastNumber, _mailboxes[log].Purged > after ? _mailboxes[log].Purged + 1 : null);
    }

    /// <summary>Moves a marker; nothing happens for a dead session, another epoch or a room that its owner is not a member of.</summary>
    public void MarkRoomRead(string session, string epoch, string room, long upTo)
    {
        if (AccountOf(session) is not { } me || epoch != Epoch || MembershipIn(me, room) is not var (log, member)) return;
        member.Read = Math.Max(member.Read, Math.Min(upTo, _mailboxes[log].LastNumber));
    }

    public void SetRoomMuted(string session, string room, bool isMuted)
    {
        if (AccountOf(session) is { } me && MembershipIn(me, room) is var (_, member)) member.IsMuted = isMuted;
    }

    /// <summary>What is unread in an inbox and in the rooms of its owner; null if the session is not alive.</summary>
    public MailboxPart? ReadMailbox(long account, string session, long after, int maxBytes, IReadOnlyList<LogNumber>? rooms = null)
    {
        if (AccountOf(session) != account) return null;
        var ends = (rooms ?? []).ToDictionary(room => room.LogId, room => room.Number);
        var through = 0L;
        while (true)
        {
            var starts = _roomMembers
                .Where(m => m.Key.Account == account && m.Value.IsMember)
                .Select(m => (m.Key.Log, Start: Math.Max(m.Value.Received, ends.GetValueOrDefault(m.Key.Log))))
                .Where(room => _mailboxes[room.Log].After(room.Start).Any()).ToList();
            if (starts.Count == 0)
            {
                var own = ReadInbox(account, Math.Max(after, through), maxBytes);
                return new MailboxPart(own.Messages, Math.Max(through, own.Through), Ends());
            }
            starts.Add((account, Math.Max(Math.Max(after, through), _mailboxes[account].Received)));
            var messages = new List<MailboxMessage>();
            var (inRooms, before) = (false, through);
            foreach (var (message, isShown) in Take(account, starts, maxBytes))
            {
                if (isShown) messages.Add(message);
                if (message.RoomLog == 0) through = message.Number;
                else (ends[message.RoomLog], inRooms) = (message.Number, true);
            }
            if (messages.Count > 0 || (!inRooms && through == before)) return new MailboxPart(messages, through, Ends());
        }

        IReadOnlyList<LogNumber> Ends() => [.. ends.Select(end => new LogNumber(end.Key, end.Value))];
    }

    /// <summary>
    /// The rows of several logs, each in the order of its numbers; of the next row of each, the one that was accepted first goes first.
    /// The real statement takes at most 1,000 rows of a log, which is more than there are here.
    /// </summary>
    private List<(MailboxMessage Message, bool IsShown)> Take(long account, List<(long Log, long Start)> starts, int maxBytes)
    {
        var (taken, total, shown) = (new List<(MailboxMessage, bool)>(), 0L, 0);
        foreach (var (message, isShown, _) in starts.SelectMany(log => Heads(account, log.Log, log.Start))
            .OrderBy(head => head.Place).ThenBy(head => LogOf(head.Message)).ThenBy(head => head.Message.Number))
        {
            if (isShown)
            {
                total += message.Text.Length + Encoding.UTF8.GetByteCount(message.Sender + message.SenderName) + 64;
                shown++;
            }
            if (total <= maxBytes || (isShown && shown == 1)) taken.Add((message, isShown));
        }
        return taken;

        long LogOf(MailboxMessage message) => message.RoomLog == 0 ? account : message.RoomLog;
    }

    private IEnumerable<(MailboxMessage Message, bool IsShown, DateTimeOffset Place)> Heads(long account, long log, long start)
    {
        var place = DateTimeOffset.MinValue;
        var room = log == account ? null : _rooms.Values.Single(room => room.Log == log);
        foreach (var (number, row) in _mailboxes[log].After(start))
        {
            if (row.AcceptedAt > place) place = row.AcceptedAt;
            var sender = _accounts.GetValueOrDefault(row.SenderId) ?? new AccountModel("", "");
            yield return (
                new MailboxMessage(number, sender.UserName, sender.DisplayName, row.Message.Text, room?.Name, room?.Log ?? 0),
                row.IsHandedOver && (room is null || row.SenderId != account), place);
        }
    }

    private bool MayAppend(long account, long log, NewMessage message) =>
        RoleOf(account, log) >= (message.Target is null ? RoomRole.Member : RoomRole.Reader);

    private bool IsModerator(long account, long log) => RoleOf(account, log) >= RoomRole.Moderator;

    private RoomMemberModel? MemberOf(long log, long account) =>
        _roomMembers.GetValueOrDefault((log, account)) is { IsMember: true } member ? member : null;

    private (long Log, RoomMemberModel Member)? MembershipIn(long account, string name) =>
        RoomNamed(name) is { } room && MemberOf(room.Log, account) is { } member ? (room.Log, member) : null;

    private IEnumerable<StoredEntry> Visible(long log, RoomMemberModel member) =>
        _mailboxes[log].After(0).Where(row => member.Visible.Contain(row.Number)).Select(row => Entry(log, row.Number, row.Row));

    private StoredRoom Describe(long me, RoomModel room, int mostUnread)
    {
        var mine = MemberOf(room.Log, me);
        var unread = mine is null ? 0 : _mailboxes[room.Log].After(mine.Read).Count(row => row.Row.IsMessage && row.Row.SenderId != me);
        return new StoredRoom(
            Epoch, room.Name, room.Title, room.IsPublic, room.ShowsAll, MembersOf(room),
            mine is null ? null : new Membership(
                room.Log, mine.Role!.Value, mine.Joined, mine.Received, mine.Read, mine.IsMuted, _mailboxes[room.Log].LastNumber,
                Math.Min(unread, mostUnread)));
    }
}
