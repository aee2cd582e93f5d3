using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Clients.Conversations;

// What it sees of rooms, and does there.
internal partial class ConversationActor
{
    private const int MostUnreadInList = 100;

    private readonly Dictionary<UserEntry, long> _roomPlaces = [];
    private readonly Dictionary<UserEntry, long> _roomLogs = [];

    /// <summary>The numbers up to which rooms were read, without a gap.</summary>
    private readonly Dictionary<UserEntry, long> _roomRead = [];

    private readonly List<(UserEntry Room, long Log, long Number)> _said = [];

    /// <summary>The inbox and the rooms that it has read by number, without a gap, and up to where.</summary>
    protected IEnumerable<(UserEntry Owner, Position At)> ReadUpTo => _roomRead
        .Select(room => (room.Key, new Position(_roomLogs[room.Key], room.Value)))
        .Prepend((_user, new Position(_user.Log.Id, _read))).Where(log => log.Item2.Number > 0);

    /// <summary>The number up to which it has read a room.</summary>
    public long ReadOf(UserEntry room) => _roomRead.GetValueOrDefault(room);

    /// <summary>Forgets which rooms it has read.</summary>
    protected void ForgetRoomsRead() => _roomRead.Clear();

    /// <summary>Changes a room, or who is in it.</summary>
    /// <param name="room">The room.</param>
    /// <param name="action">What to change.</param>
    /// <param name="user">Whom it is about, if it is about somebody.</param>
    /// <param name="choice">Any number; it decides the rest.</param>
    public async Task<RoomChangeReply?> ChangeRoomAsync(UserEntry room, RoomAction action, UserEntry user, int choice)
    {
        var isAbout = action is RoomAction.Add or RoomAction.Remove or RoomAction.SetRole;
        var describes = action is RoomAction.Create or RoomAction.Set;
        var change = new RoomChangeRequest(
            default, action, isAbout ? user.Name : null, (MemberRole)(1 + choice % 4), describes ? $"Title {choice % 3}" : null,
            describes ? choice / 3 % 2 == 0 : null, describes ? choice / 6 % 2 == 0 : null);
        // Entries do not say who may enter from then on: where they are all that is told, it never changes.
        if (action == RoomAction.Set && doors.IsLate) change = change with { IsPublic = null, ShowsAll = null };
        if (action == RoomAction.SetRole && choice % 5 == 4) change = change with { Role = MemberRole.Banned };
        var request = Begin(RequestKind.ChangeRoom);
        var wishes = doors.IsLate ? ledger.BeginChange(room, _user, change) : [];
        var why = default(Refusal?);
        var made = await AskAsync<RoomChangeReply>(
            request, (door, token) => door.ChangeRoomAsync(token, NameOf(room), change),
            reply => ledger.RoomChangeAnswered(request, room, change, reply), refusal =>
            {
                why = refusal;
                // Over HTTP, one who is not there, or has blocked the user, is not found either.
                if (!doors.IsLate || action is RoomAction.Create or RoomAction.Join or RoomAction.Set or RoomAction.Delete)
                    Refused(request, room, refusal);
            });
        // A role is given in two steps, of which one may have been made.
        if (why is Refusal.Forbidden or Refusal.NameTaken or Refusal.NoSession or Refusal.TooMany && action != RoomAction.SetRole)
            ledger.ChangeRefused(room, wishes);
        else foreach (var (_, wish) in wishes) ledger.WishEnded(wish, isDone: made is not null);
        return made;
    }

    /// <summary>Reads what a room is, and who is in it.</summary>
    public async Task ShowRoomAsync(UserEntry room)
    {
        var request = Begin(RequestKind.ShowRoom);
        await AskAsync<RoomInfo>(
            request, (door, token) => door.FindRoomAsync(token, NameOf(room)), shown => Shown(request, room, shown),
            refusal => Refused(request, room, refusal));
        if (!IsReady) return;
        var listing = Begin(RequestKind.ListRooms);
        await AskAsync<RoomMember[]>(
            listing, (door, token) => door.ListMembersAsync(token, NameOf(room)),
            members => ledger.MembersListed(listing, room, members), refusal => Refused(listing, room, refusal));
    }

    /// <summary>Lists the user's rooms, or the public ones.</summary>
    public async Task ListRoomsAsync(bool isMine, int limit)
    {
        var after = "";
        while (IsReady)
        {
            var (request, from) = (Begin(RequestKind.ListRooms), after);
            var rooms = await AskAsync<RoomInfo[]>(
                request, (door, token) => door.ListRoomsAsync(token, isMine, limit, from), rooms =>
                {
                    foreach (var shown in rooms)
                        ledger.RoomShown(request, ledger.User($"#{shown.Name}"), shown, MostUnreadInList);
                });
            if (rooms is not [.., var last] || rooms.Length < limit) return;
            after = last.Name;
        }
    }

    /// <summary>Reads pages of a room: from somewhere to an end, and back.</summary>
    public async Task WalkRoomAsync(UserEntry room, int choice)
    {
        var kind = (PageKind)(choice % 4);
        if (!_roomPlaces.TryGetValue(room, out var place)) kind = PageKind.Newest;
        var isBack = kind != PageKind.After;
        for (var pages = 0; pages < MostPages && IsReady; pages++)
        {
            var asked = new RoomPageRequest(NameOf(room), kind, place, _epoch!, 1 + (choice / 4 % 9));
            if (await ReadRoomPageAsync(room, asked, IsInEpoch(choice)) is not { } page) return;
            if (isBack && page.Older is null && page.Newer is not null) isBack = false;
            if ((isBack ? page.Older : page.Newer) is not { } next) return;
            _roomPlaces[room] = place = next;
            kind = isBack ? PageKind.Before : PageKind.After;
        }
    }

    /// <summary>Reads a room's log by number, from its beginning to its end.</summary>
    /// <param name="room">The room.</param>
    /// <param name="limit">How many entries to ask for at once.</param>
    /// <param name="after">The number after which to begin.</param>
    /// <param name="parts">The most requests.</param>
    public async Task ReadRoomLogAsync(UserEntry room, int limit, long after = 0, int parts = int.MaxValue)
    {
        if (!_roomLogs.ContainsKey(room)) await ShowRoomAsync(room);
        if (!_roomLogs.TryGetValue(room, out var log)) return;
        while (IsReady && parts-- > 0)
        {
            var (request, from) = (Begin(RequestKind.ReadRoom), after);
            var part = await AskAsync<LogPart>(
                request, (door, token) => door.ReadRoomLogAsync(token, _epoch!, log, from, limit),
                part => ledger.RoomLogRead(request, room, from, part, log), refusal =>
                {
                    // Perhaps it is the log of a former room of this name.
                    if (refusal == Refusal.NotFound && room.Log.Id == log) ledger.RoomNotFound(request, room);
                });
            if (part?.Entries is not [.., var last]) return;
            after = last.Number;
            if (from <= _roomRead.GetValueOrDefault(room)) _roomRead[room] = Math.Max(after, _roomRead.GetValueOrDefault(room));
        }
    }

    /// <summary>Marks a room as read up to a number: the end of what there is, an earlier one, or one that is too great.</summary>
    public async Task MarkRoomReadAsync(UserEntry room, int choice)
    {
        // There the log is named too.
        if (doors.IsLate && !_roomLogs.ContainsKey(room)) await ShowRoomAsync(room);
        if (doors.IsLate && (!IsReady || !_roomLogs.ContainsKey(room))) return;
        var known = room.Log.Rows.Count;
        var upTo = (choice % 4) switch { 0 => known, 1 => known + 1000, _ => choice / 4 % (known + 1) };
        var request = ledger.BeginMarkRead(_connection!, _session!, room, upTo);
        await AskAsync<RoomInfo>(
            request, IsInEpoch(choice),
            (door, token, epoch) => door.MarkRoomReadAsync(token, epoch, NameOf(room), _roomLogs.GetValueOrDefault(room), upTo),
            shown => Shown(request, room, shown, upTo), () => ledger.RoomNotFound(request, room));
    }

    /// <summary>Deletes a message of a room that it has seen; it reads a page first if it knows none.</summary>
    public async Task DeleteInRoomAsync(UserEntry room, int choice)
    {
        if (_said.Count == 0) await ReadRoomPageAsync(room, new RoomPageRequest(NameOf(room), PageKind.Newest, 0, "", 9), isInEpoch: true);
        if (_said.Count == 0 || !IsReady) return;
        var (where, log, number) = _said[choice % _said.Count];
        // The numbers of a former room of this name are not this room's.
        if (where.Log.Id != log) return;
        var request = ledger.BeginDeleteInRoom(_connection!, _session!, where, number);
        await AskAsync<Position>(
            request, IsInEpoch(choice), (door, token, epoch) => door.DeleteInRoomAsync(token, epoch, NameOf(where), log, number),
            deletion => ledger.Deleted(request, where, number, deletion.Number), () => { });
    }

    private async Task<RoomPage?> ReadRoomPageAsync(UserEntry room, RoomPageRequest asked, bool isInEpoch)
    {
        var request = Begin(RequestKind.ReadRoom);
        var page = await AskAsync<RoomPage>(
            request, isInEpoch || asked.Kind == PageKind.Newest,
            (door, token, epoch) => door.ReadRoomPageAsync(token, asked with { Epoch = epoch }, _roomLogs.GetValueOrDefault(room)),
            page =>
            {
                if (doors.IsLate) _roomLogs[room] = page.LogId;
                ledger.RoomPageRead(request, room, asked, page);
            }, () =>
            {
                if (asked.Kind != PageKind.Around) ledger.RoomNotFound(request, room);
            });
        foreach (var entry in page?.Entries ?? [])
            if (entry is { Kind: EntryKind.Message, Target: null }) _said.Add((room, entry.LogId, entry.Number));
        return page;
    }

    private void Shown(RequestEntry request, UserEntry room, RoomInfo shown, long marked = 0)
    {
        if (shown.Mine is { } mine) _roomLogs[room] = mine.LogId;
        ledger.RoomShown(request, room, shown, marked: marked);
    }

    private void Refused(RequestEntry request, UserEntry room, Refusal refusal)
    {
        if (refusal == Refusal.NotFound) ledger.RoomNotFound(request, room);
    }

    private static string NameOf(UserEntry room) => room.Name[1..];
}
