using System.Text;
using OrleansChat.Limits;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Verification.Simulation;

/// <summary>The statements that change rooms: see migrations 14, 16 and 17.</summary>
internal sealed partial class Tables
{
    /// <summary>The rank of operators is above those of all roles.</summary>
    private const int Operator = 5;

    // See MessageId: until then, a late repetition of a message may come.
    private static readonly TimeSpan NameStaysTaken = TimeSpan.FromMinutes(12);

    private readonly Dictionary<string, RoomModel> _rooms = [];
    private readonly SortedDictionary<(long Log, long Account), RoomMemberModel> _roomMembers = [];
    private int _unasked;

    /// <summary>The rooms by name, the deleted ones too.</summary>
    public IReadOnlyDictionary<string, RoomModel> Rooms => _rooms;

    /// <summary>Their members, and those who were.</summary>
    public IReadOnlyDictionary<(long Log, long Account), RoomMemberModel> RoomMembers => _roomMembers;

    /// <summary>The ids of entries that nobody has asked for.</summary>
    public Func<Guid> NextId
    {
        get => field ??= () => new Guid(++_unasked, 0, 0, new byte[8]);
        set;
    }

    /// <summary>The first half of a change: what its actor may do is asked, and its entry is stored.</summary>
    /// <param name="session">The session of who makes it; null for an operator.</param>
    /// <param name="change">The change.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="began">When its transaction began.</param>
    /// <param name="now">The time of the database.</param>
    /// <returns>The outcome, and the second half. Nothing may come between the two: they are one transaction.</returns>
    public ChangingRoom BeginChange(string? session, RoomChange change, RoomLimits limits, DateTimeOffset began, DateTimeOffset now)
    {
        var actor = session is null ? null : AccountOf(session);
        if (session is not null && actor is null) return No(RoomResult.NoSession);
        if (IsOutOfTime(change.Id, began)) return No(RoomResult.OutOfTime);
        if (FindChange(change, actor) is { } made) return new ChangingRoom(made);
        var target = change.Kind is RoomChangeKind.Set or RoomChangeKind.Delete ? null
            : change.User is { } user ? AccountNamed(user) : actor;
        var changing = new ChangingRoom(default) { Id = change.Id, Actor = actor ?? 0, AcceptedAt = began, Now = now };
        if (change.Kind == RoomChangeKind.Create) return Create(changing, change, target, limits, now);

        var rank = session is null ? Operator : 0;
        if (RoomNamed(change.Room) is not { } room || (actor is { } me && (rank = (int)(RoleOf(me, room.Log) ?? 0)) == 0 && !room.IsPublic))
            return No(RoomResult.NoSuchRoom);
        var was = target is { } account ? (int?)RoleOf(account, room.Log) : null;
        var kind = change.Kind == RoomChangeKind.Remove && actor is not null && target == actor ? RoomChangeKind.Leave : change.Kind;
        if (!IsAllowed(kind, rank, (int)change.Role, was, isSelf: target == actor)) return No(RoomResult.Forbidden);
        if (kind is RoomChangeKind.Add or RoomChangeKind.Role or RoomChangeKind.Remove && target is null) return No(RoomResult.NoSuchUser);
        if (kind == RoomChangeKind.Add && was is null or 0 && actor is { } asks && IsBlocked(asks, target!.Value))
            return No(RoomResult.NoSuchUser);
        if (kind == RoomChangeKind.Add && was is null or 0 && actor is not null
            && _roomMembers.GetValueOrDefault((room.Log, target!.Value)) is { HasLeft: true }) return No(RoomResult.HasLeft);
        return kind switch
        {
            RoomChangeKind.Join => Join(changing, room, target!.Value, RoomRole.Member, limits),
            RoomChangeKind.Add => Join(changing, room, target!.Value, change.Role, limits),
            RoomChangeKind.Role => GiveRole(changing, room, target!.Value, change.Role),
            RoomChangeKind.Leave or RoomChangeKind.Remove => Leave(changing, room, target!.Value, kind),
            RoomChangeKind.Set => Set(changing, room, change),
            _ => Done(changing, room, 0, () => Delete(room, change.Id, now)),
        };
    }

    private static ChangingRoom No(RoomResult result) => new(new RoomOutcome(result, 0, 0));

    private RoomOutcome? FindChange(RoomChange change, long? actor) =>
        _messageIds.TryGetValue(change.Id, out var place) && _mailboxes[place.LogId][place.Number].SenderId == (actor ?? 0)
            ? new RoomOutcome(RoomResult.Done, place.LogId, place.Number)
        : _rooms.TryGetValue(change.Room, out var room) && room.RemovedBy == change.Id ? new RoomOutcome(RoomResult.Done, room.Log, 0)
        : null;

    // Only owners appoint moderators and owners, or take that away; everybody may step down.
    private static bool IsAllowed(RoomChangeKind kind, int rank, int role, int? was, bool isSelf) => kind switch
    {
        RoomChangeKind.Add or RoomChangeKind.Role => rank > 3 || (rank == 3 && role < 3 && (was is null or < 3 || isSelf)),
        RoomChangeKind.Join => was != 0,
        RoomChangeKind.Remove => rank > 3 || (rank == 3 && was is null or < 3),
        RoomChangeKind.Set or RoomChangeKind.Delete => rank > 3,
        _ => true,
    };

    private ChangingRoom Create(ChangingRoom changing, RoomChange change, long? owner, RoomLimits limits, DateTimeOffset now)
    {
        if (owner is not { } account) return No(RoomResult.NoSuchUser);
        if (_rooms.TryGetValue(change.Room, out var former) && !(former.RemovedAt <= now - NameStaysTaken)) return No(RoomResult.NameTaken);
        _rooms.Remove(change.Room);
        if (CountRooms(account) >= limits.RoomsPerUser) return No(RoomResult.TooManyRooms);
        var log = _mailboxes.Count + 1L;
        _mailboxes.Add(log, new MailboxModel());
        var room = _rooms[change.Room] = new RoomModel(log, change.Room)
        {
            Title = change.Title!,
            IsPublic = change.IsPublic!.Value,
            ShowsAll = change.ShowsAll!.Value,
        };
        var number = AddEntry(changing, log, StoredKind.Joined, account, "owner");
        return Done(changing, room, number, () => Enter(room, account, RoomRole.Owner, number, isFirst: true));
    }

    private ChangingRoom Join(ChangingRoom changing, RoomModel room, long account, RoomRole role, RoomLimits limits)
    {
        if (_roomMembers.GetValueOrDefault((room.Log, account)) is { IsMember: true } member)
            return Done(changing, room, member.Joined, () => { });
        if (MembersOf(room) >= limits.Members) return No(RoomResult.RoomFull);
        if (CountRooms(account) >= limits.RoomsPerUser) return No(RoomResult.TooManyRooms);
        var number = AddEntry(changing, room.Log, StoredKind.Joined, account, NameOf(role));
        return Done(changing, room, number, () =>
        {
            Enter(room, account, role, number, isFirst: false);
            AppointOwner(changing, room.Log, former: 0);
        });
    }

    private ChangingRoom GiveRole(ChangingRoom changing, RoomModel room, long account, RoomRole role)
    {
        var was = RoleOf(account, room.Log);
        if (was == role) return Done(changing, room, 0, () => { });
        if (was is null or RoomRole.Banned && role > RoomRole.Banned) return No(RoomResult.NotAMember);
        if (was == RoomRole.Owner && !_roomMembers.Any(m =>
                m.Key.Log == room.Log && m.Key.Account != account && m.Value.Role >= RoomRole.Member)) return No(RoomResult.LastOwner);
        var number = AddEntry(changing, room.Log, StoredKind.Role, account, NameOf(role));
        return Done(changing, room, number, () =>
        {
            if (role == RoomRole.Banned && was >= RoomRole.Reader)
            {
                EndMembership(changing, room, account, number, RoomRole.Banned);
                return;
            }
            if (!_roomMembers.TryGetValue((room.Log, account), out var member))
                _roomMembers[(room.Log, account)] = member = new RoomMemberModel();
            (member.Role, member.HasLeft) = (role, false);
            if (role > RoomRole.Banned) AppointOwner(changing, room.Log, account);
        });
    }

    private ChangingRoom Leave(ChangingRoom changing, RoomModel room, long account, RoomChangeKind kind)
    {
        if (RoleOf(account, room.Log) is null or RoomRole.Banned) return No(RoomResult.NotAMember);
        var isRemoved = kind == RoomChangeKind.Remove;
        var number = AddEntry(changing, room.Log, isRemoved ? StoredKind.Removed : StoredKind.Left, account, "");
        return Done(changing, room, number, () =>
        {
            _roomMembers[(room.Log, account)].HasLeft = !isRemoved;
            EndMembership(changing, room, account, number, isRemoved && room.IsPublic ? RoomRole.Banned : null);
        });
    }

    private ChangingRoom Set(ChangingRoom changing, RoomModel room, RoomChange change)
    {
        var next = (change.Title ?? room.Title, change.IsPublic ?? room.IsPublic, change.ShowsAll ?? room.ShowsAll);
        if (next == (room.Title, room.IsPublic, room.ShowsAll)) return Done(changing, room, 0, () => { });
        var number = AddEntry(changing, room.Log, StoredKind.Title, null, next.Item1);
        return Done(changing, room, number, () =>
        {
            if (next.Item2 && !room.IsPublic) room.ShownAfter = number - 1;
            (room.Title, room.IsPublic, room.ShowsAll) = next;
        });
    }

    private void Delete(RoomModel room, Guid? by, DateTimeOffset now)
    {
        (room.RemovedAt, room.RemovedBy) = (now, by);
        foreach (var key in _roomMembers.Keys.Where(key => key.Log == room.Log).ToList()) _roomMembers.Remove(key);
    }

    private static ChangingRoom Done(ChangingRoom changing, RoomModel room, long number, Action end) =>
        changing with { Outcome = new RoomOutcome(RoomResult.Done, room.Log, number), Room = room, End = end };

    private void Enter(RoomModel room, long account, RoomRole role, long number, bool isFirst)
    {
        if (!_roomMembers.TryGetValue((room.Log, account), out var member))
            _roomMembers[(room.Log, account)] = member = new RoomMemberModel();
        var showsAll = !isFirst && room.ShowsAll && (room.IsPublic || member.Joined == 0);
        member.Visible.AddFrom(showsAll ? room.ShownAfter + 1 : number);
        (member.Role, member.Joined, member.Received, member.Read, member.HasLeft) = (role, number, number, number, false);
    }

    private void EndMembership(ChangingRoom changing, RoomModel room, long account, long number, RoomRole? role)
    {
        var member = _roomMembers[(room.Log, account)];
        var was = member.Role;
        member.Role = role;
        member.Visible.EndAt(number);
        if (MembersOf(room) == 0) Delete(room, null, changing.Now);
        else if (was == RoomRole.Owner) AppointOwner(changing, room.Log, account);
    }

    /// <summary>Makes the longest-standing moderator, else member, the owner of a room that has none.</summary>
    private void AppointOwner(ChangingRoom changing, long log, long former)
    {
        var members = _roomMembers.Where(m => m.Key.Log == log).ToList();
        if (members.Exists(m => m.Value.Role == RoomRole.Owner)) return;
        var next = members
            .Where(m => m.Value.Role is RoomRole.Member or RoomRole.Moderator && m.Key.Account != former)
            .OrderByDescending(m => m.Value.Role).ThenBy(m => m.Value.Joined).ThenBy(m => m.Key.Account).FirstOrDefault();
        if (next.Value is not { } member) return;
        AddEntry(changing with { Id = NextId(), Actor = 0 }, log, StoredKind.Role, next.Key.Account, "owner");
        member.Role = RoomRole.Owner;
    }

    private long AddEntry(ChangingRoom changing, long log, StoredKind kind, long? user, string text)
    {
        var row = new NewRow(
            log, _mailboxes[log].LastNumber + 1, new NewMessage(changing.Id, Encoding.UTF8.GetBytes(text)), changing.Actor,
            changing.AcceptedAt, new RoomEntryModel(kind, user));
        _mailboxes[log].Add(row.Number, new StoredMessage(row.Message, row.SenderId, row.AcceptedAt, Entry: row.Entry));
        _messageIds[row.Message.Id] = new StoredPlace(log, row.Number, row.AcceptedAt);
        changing.Rows.Add(row);
        return row.Number;
    }

    /// <summary>Frees the names of rooms that were deleted long enough ago.</summary>
    public void ForgetRooms(DateTimeOffset now)
    {
        foreach (var room in _rooms.Values.Where(room => room.RemovedAt <= now - NameStaysTaken).ToList()) _rooms.Remove(room.Name);
    }

    /// <summary>Says when rows were accepted.</summary>
    public void Redate(IEnumerable<NewRow> rows, DateTimeOffset at)
    {
        foreach (var row in rows)
        {
            _mailboxes[row.Account].Redate(row.Number, at);
            _messageIds[row.Message.Id] = new StoredPlace(row.Account, row.Number, at);
        }
    }

    private RoomModel? RoomNamed(string name) => _rooms.TryGetValue(name, out var room) && room.RemovedAt is null ? room : null;

    private RoomRole? RoleOf(long account, long log) => _roomMembers.GetValueOrDefault((log, account))?.Role;

    private int MembersOf(RoomModel room) => _roomMembers.Count(m => m.Key.Log == room.Log && m.Value.IsMember);

    private int CountRooms(long account) => _roomMembers.Count(m => m.Key.Account == account && m.Value.IsMember);

    private static string NameOf(RoomRole role) => role.ToString().ToLowerInvariant();
}
