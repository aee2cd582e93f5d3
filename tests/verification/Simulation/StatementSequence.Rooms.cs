using OrleansChat.Identifiers;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;
using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>The statements on rooms.</summary>
internal sealed partial class StatementSequence
{
    private static readonly string[] RoomNames = ["den", "plaza", "cellar"];

    private readonly List<(string? Actor, RoomChange Change)> _changes = [];

    private Task VisitAsync()
    {
        var room = _random.Next(20) == 0 ? "nowhere" : Pick(RoomNames);
        var session = PickVisitor(room);
        var epoch = _random.Next(20) == 0 ? "another" : _model.Epoch;
        return _random.Next(14) switch
        {
            < 7 => ChangeRoomAsync(_random.Next(8) == 0 ? null : session, room),
            < 10 => ReadRoomPageAsync(session, room, epoch),
            10 => ReadRoomLogAsync(session, epoch),
            11 => MarkRoomReadAsync(session, room, epoch),
            12 => ShowRoomAsync(session, room),
            _ => ListRoomsAsync(session, room),
        };
    }

    // Mostly a member's session, where the room has one.
    private string PickVisitor(string room)
    {
        var members = _sessions.FindAll(session => _model.AdmitToRoom(session, room) is { LogId: > 0 });
        return members.Count == 0 || _random.Next(3) == 0 ? PickSession() : Pick(members);
    }

    // The real one first: the model's entries get the ids that the database has given.
    private async Task ChangeRoomAsync(string? session, string room)
    {
        // An id is one client's.
        var actor = session is null ? null : _model.LiveSession(session)?.Owner ?? "";
        var before = _changes.FindAll(made => made.Actor == actor);
        var change = before.Count > 0 && _random.Next(10) == 0 ? Pick(before).Change : MakeChange(session, room);
        _changes.Add((actor, change));
        if (_random.Next(3) == 0) await FreeNamesAsync();
        var made = session is null ? await real.Rooms.OperateAsync(change) : await real.Rooms.ChangeAsync(session, change);
        var log = _model.Rooms.GetValueOrDefault(change.Room) is { RemovedAt: null } found ? found.Log : made.LogId;
        var at = AnyTime() ?? Now;
        var above = _model.Mailboxes.TryGetValue(log, out var mailbox) ? mailbox.LastNumber : 0;
        var ids = new Queue<Guid>(log == 0 ? [] : await real.AcceptedAtAsync(log, above, at));
        if (ids.Count > 0) ids.Dequeue();
        _model.NextId = ids.Dequeue;
        // The id is not too old by the time that it says.
        var changing = _model.BeginChange(session, change, RealTables.Limits, Now, Now);
        changing.End();
        _model.Redate(changing.Rows, at);
        // Where it was refused, its log is nobody's business.
        Same($"{change} by {session}", changing.Outcome, made.Result == RoomResult.Done ? made : new(made.Result, 0, 0));
        Outcomes.Add($"change {made.Result}");
        Outcomes.Add($"succession {changing.Rows.Count > 1}");
    }

    private RoomChange MakeChange(string? session, string room)
    {
        var kind = (RoomChangeKind)_random.Next(8);
        var isThere = _model.Rooms.TryGetValue(room, out var found) && found.RemovedAt is null;
        if (!isThere && _random.Next(3) != 0) kind = RoomChangeKind.Create;
        if (kind is RoomChangeKind.Set or RoomChangeKind.Delete && _random.Next(4) != 0) kind = RoomChangeKind.Add;
        // Adding those who have left is refused, but to operators.
        var left = _model.RoomMembers.Where(member => member.Key.Log == found?.Log && member.Value.HasLeft).ToList();
        if (left.Count > 0 && _random.Next(2) == 0) kind = RoomChangeKind.Add;
        var isAbout = kind is RoomChangeKind.Add or RoomChangeKind.Remove or RoomChangeKind.Role
            || (session is null && kind == RoomChangeKind.Create);
        // Operators neither join nor leave.
        if (session is null && kind is RoomChangeKind.Join or RoomChangeKind.Leave) (kind, isAbout) = (RoomChangeKind.Remove, true);
        var describes = kind is RoomChangeKind.Create or RoomChangeKind.Set;
        return new RoomChange(
            MessageId.New(_random.Next(30) == 0 ? Now - TooOldToPurge : Now), kind, room,
            !isAbout ? null
                : kind == RoomChangeKind.Add && left.Count > 0 && _random.Next(3) != 0 ? $"user{Pick(left).Key.Account}"
                : AnyUser(kind is RoomChangeKind.Remove or RoomChangeKind.Role ? found : null),
            (RoomRole)(kind == RoomChangeKind.Role ? _random.Next(5) : 1 + _random.Next(4)),
            describes && (kind == RoomChangeKind.Create || _random.Next(2) == 0) ? $"Title {_random.Next(2)}" : null,
            kind == RoomChangeKind.Create || (describes && _random.Next(2) == 0) ? _random.Next(2) == 0 : null,
            kind == RoomChangeKind.Create || (describes && _random.Next(2) == 0) ? _random.Next(2) == 0 : null);
    }

    // Mostly a member of a room, if one is given.
    private string AnyUser(RoomModel? room)
    {
        var members = _model.RoomMembers.Where(member => member.Key.Log == room?.Log && member.Value.IsMember).ToList();
        return _random.Next(20) == 0 ? "nobody"
            : members.Count > 0 && _random.Next(3) != 0 ? $"user{Pick(members).Key.Account}"
            : $"user{_random.Next(Users) + 1}";
    }

    private Task FreeNamesAsync()
    {
        foreach (var room in _model.Rooms.Values) room.RemovedAt -= TimeSpan.FromMinutes(12);
        return real.FreeNamesAsync();
    }

    private RoomModel? AnyRoom() =>
        _model.Rooms.Values.Where(room => room.RemovedAt is null).ToList() is { Count: > 0 } rooms ? Pick(rooms) : null;

    private List<LogNumber> AnyRoomPositions() =>
        [.. _model.Rooms.Values.Where(room => room.RemovedAt is null && _random.Next(3) == 0)
            .Select(room => new LogNumber(room.Log, AnyPosition(room.Log)))];

    private async Task ReadRoomPageAsync(string session, string room, string epoch)
    {
        var last = _model.Rooms.TryGetValue(room, out var found) ? _model.Mailboxes[found.Log].LastNumber : 0;
        var query = new RoomPageQuery(room, (PageSide)_random.Next(4), _random.NextInt64(-1, last + 3), epoch, _random.Next(1, 6));
        var page = _model.ReadRoomPage(session, query, RealTables.MaxBytes);
        Same($"{query} by {session}", page, await real.Rooms.ReadPageAsync(session, query));
        Outcomes.Add($"room page {query.Side} {page.Reason}");
        if (page.Value?.Entries is not [.., { LogId: var log, Number: var number }]) return;
        var deletable = _model.FindDeletionInRoom(session, log, number);
        Same($"deletion of {number} by {session}", deletable, await real.Rooms.FindDeletionAsync(session, log, number));
        Outcomes.Add($"deletable {deletable is not null}");
    }

    private async Task ReadRoomLogAsync(string session, string epoch)
    {
        var log = AnyRoom()?.Log ?? 99;
        var (after, limit) = (log == 99 ? 0 : AnyPosition(log) - _random.Next(10), _random.Next(1, 6));
        var part = _model.ReadRoomLog(session, epoch, log, after, limit, RealTables.MaxBytes);
        Same($"room log {log} after {after}, {limit} by {session}", part, await real.Rooms.ReadLogAsync(session, epoch, log, after, limit));
        Outcomes.Add($"room log {part.Reason}");
    }

    private async Task MarkRoomReadAsync(string session, string room, string epoch)
    {
        var upTo = _model.Rooms.TryGetValue(room, out var found) ? AnyPosition(found.Log) : 3;
        _model.MarkRoomRead(session, epoch, room, upTo);
        var answer = await real.Rooms.MarkReadAsync(session, epoch, room, upTo);
        var shown = _model.FindRoom(session, room);
        var expected = shown.Value is not { } known ? shown : known.Mine is null ? NoAnswer.NotFound
            : epoch == _model.Epoch ? shown : NoAnswer.OtherEpoch;
        Same($"mark {room} up to {upTo} by {session}", expected, answer);
    }

    private async Task ShowRoomAsync(string session, string room)
    {
        if (_random.Next(3) == 0)
        {
            var isMuted = _random.Next(2) == 0;
            _model.SetRoomMuted(session, room, isMuted);
            var muted = _model.FindRoom(session, room);
            Same($"mute {room} by {session}",
                muted is { Value.Mine: null } ? NoAnswer.NotFound : muted, await real.Rooms.SetMutedAsync(session, room, isMuted));
        }
        var shown = _model.FindRoom(session, room);
        Same($"room {room} by {session}", shown, await real.Rooms.FindAsync(session, room));
        Same($"admit {session} to {room}", _model.AdmitToRoom(session, room), await real.Rooms.AdmitAsync(session, room));
        Outcomes.Add($"room {shown.Reason}");
    }

    private async Task ListRoomsAsync(string session, string room)
    {
        var (isMine, limit, after) = (_random.Next(2) == 0, _random.Next(1, 4), Pick(["", "den", "d", "plaza"]));
        Same($"rooms {isMine} {limit} after {after} by {session}",
            _model.ListRooms(session, isMine, limit, after), await real.Rooms.ListAsync(session, isMine, limit, after));
        var from = _random.Next(3);
        var members = _model.ListMembers(session, room, limit, from);
        Same($"members of {room} by {session}", members, await real.Rooms.ListMembersAsync(session, room, limit, from));
        Outcomes.Add($"members {members.Reason}");
    }
}
