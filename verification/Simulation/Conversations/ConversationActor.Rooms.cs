using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Simulation.Conversations;

// What it sees of rooms, and does there.
internal sealed partial class ConversationActor
{
    private const int MostUnreadInList = 100;

    private readonly Dictionary<UserEntry, long> _roomPlaces = [];
    private readonly Dictionary<UserEntry, long> _roomLogs = [];
    private readonly List<(UserEntry Room, long Log, long Number)> _said = [];

    /// <summary>Does one of the things that there are to do in rooms.</summary>
    public Task VisitAsync(OperationKind kind, UserEntry room, UserEntry peer, int choice) => kind switch
    {
        OperationKind.CreateRoom => ChangeRoomAsync(room, RoomAction.Create, peer, choice),
        OperationKind.JoinRoom => ChangeRoomAsync(room, RoomAction.Join, peer, choice),
        OperationKind.AddToRoom => ChangeRoomAsync(room, RoomAction.Add, peer, choice),
        OperationKind.LeaveRoom => ChangeRoomAsync(room, RoomAction.Leave, peer, choice),
        OperationKind.RemoveFromRoom => ChangeRoomAsync(room, RoomAction.Remove, peer, choice),
        OperationKind.GiveRole => ChangeRoomAsync(room, RoomAction.SetRole, peer, choice),
        OperationKind.SetRoom => ChangeRoomAsync(room, RoomAction.Set, peer, choice),
        OperationKind.DeleteRoom => ChangeRoomAsync(room, RoomAction.Delete, peer, choice),
        OperationKind.ReadRoom => WalkRoomAsync(room, choice),
        OperationKind.ReadRoomLog => ReadRoomLogAsync(room, 1 + choice % 20),
        OperationKind.ShowRoom => ShowRoomAsync(room),
        OperationKind.ListRooms => ListRoomsAsync(choice % 2 == 0, 1 + choice / 2 % 3),
        OperationKind.MarkRoomRead => MarkRoomReadAsync(room, choice),
        OperationKind.DeleteInRoom => DeleteInRoomAsync(room, choice),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Changes a room, or who is in it.</summary>
    /// <param name="room">The room.</param>
    /// <param name="action">What to change.</param>
    /// <param name="user">Whom it is about, if it is about somebody.</param>
    /// <param name="choice">Any number; it decides the rest.</param>
    private Task<RoomChangeReply?> ChangeRoomAsync(UserEntry room, RoomAction action, UserEntry user, int choice)
    {
        var isAbout = action is RoomAction.Add or RoomAction.Remove or RoomAction.SetRole;
        var describes = action is RoomAction.Create or RoomAction.Set;
        var change = new RoomChangeRequest(
            default, action, isAbout ? user.Name : null, (MemberRole)(1 + choice % 4), describes ? $"Title {choice % 3}" : null,
            describes ? choice / 3 % 2 == 0 : null, describes ? choice / 6 % 2 == 0 : null);
        if (action == RoomAction.SetRole && choice % 5 == 4) change = change with { Role = MemberRole.Banned };
        var request = Begin(RequestKind.ChangeRoom);
        return AskAsync<RoomChangeReply>(
            request, (client, key) => client.ChangeRoomAsync(key, NameOf(room), change with { Id = client.NewChange(action).Id }),
            reply => ledger.RoomChangeAnswered(request, room, change, reply),
            refusal => Refused(request, room, refusal));
    }

    /// <summary>Reads what a room is, and who is in it.</summary>
    private async Task ShowRoomAsync(UserEntry room)
    {
        var request = Begin(RequestKind.ShowRoom);
        await AskAsync<RoomInfo>(
            request, (client, key) => client.FindRoomAsync(key, NameOf(room)), shown => Shown(request, room, shown),
            refusal => Refused(request, room, refusal));
        if (!IsReady) return;
        var listing = Begin(RequestKind.ListRooms);
        await AskAsync<RoomMember[]>(
            listing, (client, key) => client.ListMembersAsync(key, NameOf(room), 50, 0),
            members => ledger.MembersListed(listing, room, members), refusal => Refused(listing, room, refusal));
    }

    /// <summary>Lists the user's rooms, or the public ones.</summary>
    private async Task ListRoomsAsync(bool isMine, int limit)
    {
        var after = "";
        while (IsReady)
        {
            var (request, from) = (Begin(RequestKind.ListRooms), after);
            var rooms = await AskAsync<RoomInfo[]>(
                request, (client, key) => client.ListRoomsAsync(key, isMine, limit, from), rooms =>
                {
                    foreach (var shown in rooms)
                        ledger.RoomShown(request, ledger.User($"#{shown.Name}"), shown, MostUnreadInList);
                });
            if (rooms is not [.., var last] || rooms.Length < limit) return;
            after = last.Name;
        }
    }

    /// <summary>Reads pages of a room: from somewhere to an end, and back.</summary>
    private async Task WalkRoomAsync(UserEntry room, int choice)
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
    private async Task ReadRoomLogAsync(UserEntry room, int limit)
    {
        if (!_roomLogs.ContainsKey(room)) await ShowRoomAsync(room);
        if (!_roomLogs.TryGetValue(room, out var log)) return;
        var after = 0L;
        while (IsReady)
        {
            var (request, from) = (Begin(RequestKind.ReadRoom), after);
            var part = await AskAsync<LogPart>(
                request, (client, key) => client.ReadRoomLogAsync(key, _epoch!, log, from, limit),
                part => ledger.RoomLogRead(request, room, from, part, log), refusal =>
                {
                    // Perhaps it is the log of a former room of this name.
                    if (refusal == Refusal.NotFound && room.Log.Id == log) ledger.RoomNotFound(request, room);
                });
            if (part?.Entries is not [.., var last]) return;
            after = last.Number;
        }
    }

    /// <summary>Marks a room as read up to a number: the end of what there is, an earlier one, or one that is too great.</summary>
    private Task<RoomInfo?> MarkRoomReadAsync(UserEntry room, int choice)
    {
        var known = room.Log.Rows.Count;
        var upTo = (choice % 4) switch { 0 => known, 1 => known + 1000, _ => choice / 4 % (known + 1) };
        var request = ledger.BeginMarkRead(_connection!, _session!, room, upTo);
        return AskAsync<RoomInfo>(
            request, IsInEpoch(choice), (client, key, epoch) => client.MarkRoomReadAsync(key, epoch, NameOf(room), upTo),
            shown => Shown(request, room, shown, upTo), () => ledger.RoomNotFound(request, room));
    }

    /// <summary>Deletes a message of a room that it has seen; it reads a page first if it knows none.</summary>
    private async Task DeleteInRoomAsync(UserEntry room, int choice)
    {
        if (_said.Count == 0) await ReadRoomPageAsync(room, new RoomPageRequest(NameOf(room), PageKind.Newest, 0, "", 9), isInEpoch: true);
        if (_said.Count == 0 || !IsReady) return;
        var (where, log, number) = _said[choice % _said.Count];
        // The numbers of a former room of this name are not this room's.
        if (where.Log.Id != log) return;
        var request = ledger.BeginDeleteInRoom(_connection!, _session!, where, number);
        await AskAsync<Position>(
            request, IsInEpoch(choice), (client, key, epoch) => client.DeleteInRoomAsync(key, epoch, NameOf(where), number),
            deletion => ledger.Deleted(request, where, number, deletion.Number), () => { });
    }

    private async Task<RoomPage?> ReadRoomPageAsync(UserEntry room, RoomPageRequest asked, bool isInEpoch)
    {
        var request = Begin(RequestKind.ReadRoom);
        var page = await AskAsync<RoomPage>(
            request, isInEpoch || asked.Kind == PageKind.Newest,
            (client, key, epoch) => client.ReadRoomPageAsync(key, asked with { Epoch = epoch }),
            page => ledger.RoomPageRead(request, room, asked, page), () =>
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
