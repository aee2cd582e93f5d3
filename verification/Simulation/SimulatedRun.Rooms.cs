using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Rooms;
using OrleansChat.Verification.Clients.Conversations;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Simulation;

// The ledger hears of each row that is committed, and of rooms.
internal sealed partial class SimulatedRun
{
    /// <summary>A private one, with two owners who may remove each other; a public one; and one that nobody has made yet.</summary>
    private static readonly string[] RoomNames = ["den", "plaza", "cellar"];

    /// <summary>Does one of the things that there are to do in rooms.</summary>
    private static Task VisitAsync(ConversationActor reader, OperationKind kind, UserEntry room, UserEntry peer, int choice) => kind switch
    {
        OperationKind.CreateRoom => reader.ChangeRoomAsync(room, RoomAction.Create, peer, choice),
        OperationKind.JoinRoom => reader.ChangeRoomAsync(room, RoomAction.Join, peer, choice),
        OperationKind.AddToRoom => reader.ChangeRoomAsync(room, RoomAction.Add, peer, choice),
        OperationKind.LeaveRoom => reader.ChangeRoomAsync(room, RoomAction.Leave, peer, choice),
        OperationKind.RemoveFromRoom => reader.ChangeRoomAsync(room, RoomAction.Remove, peer, choice),
        OperationKind.GiveRole => reader.ChangeRoomAsync(room, RoomAction.SetRole, peer, choice),
        OperationKind.SetRoom => reader.ChangeRoomAsync(room, RoomAction.Set, peer, choice),
        OperationKind.DeleteRoom => reader.ChangeRoomAsync(room, RoomAction.Delete, peer, choice),
        OperationKind.ReadRoom => reader.WalkRoomAsync(room, choice),
        OperationKind.ReadRoomLog => reader.ReadRoomLogAsync(room, 1 + choice % 20),
        OperationKind.ShowRoom => reader.ShowRoomAsync(room),
        OperationKind.ListRooms => reader.ListRoomsAsync(choice % 2 == 0, 1 + choice / 2 % 3),
        OperationKind.MarkRoomRead => reader.MarkRoomReadAsync(room, choice),
        OperationKind.DeleteInRoom => reader.DeleteInRoomAsync(room, choice),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private void FurnishRooms()
    {
        var (first, second) = (_users[0].Name, _users[1].Name);
        Operate(new RoomChange(NewId(), RoomChangeKind.Create, RoomNames[0], first, Title: "Den", IsPublic: false, ShowsAll: false));
        Operate(new RoomChange(NewId(), RoomChangeKind.Add, RoomNames[0], second, RoomRole.Owner));
        Operate(new RoomChange(NewId(), RoomChangeKind.Create, RoomNames[1], second, Title: "Plaza", IsPublic: true, ShowsAll: true));
        Operate(new RoomChange(NewId(), RoomChangeKind.Add, RoomNames[1], _users[2].Name, RoomRole.Moderator));

        Guid NewId() => MessageId.New(_database.Now);

        void Operate(RoomChange change) =>
            _database.EndChange(_database.BeginChange(null, change, new RoomLimits(), _database.Now), change);
    }

    private void TellOfRows(List<NewRow> rows)
    {
        foreach (var row in rows)
        {
            var kind = (EntryKind?)row.Entry?.Kind ?? (row.Message.Target is null ? EntryKind.Message : EntryKind.Deleted);
            var user = row.Entry?.User is { } about ? OwnerOf(about) : null;
            var sender = row.SenderId == 0 ? UserEntry.Nobody : OwnerOf(row.SenderId);
            _ledger.Stored(OwnerOf(row.Account), row.Account,
                new StoredRow(row.Number, sender, kind, row.AcceptedAt, row.Message.Text, row.Message.Target, user));
        }
    }

    private void TellOfRoom(ChangingRoom changing, RoomChange change, bool isEnded)
    {
        if (changing.Room is not { } changed) return;
        var room = _ledger.User(RoomName.ToRecipient(changed.Name));
        if (!isEnded && change.Kind == RoomChangeKind.Create) _ledger.RoomCreated(room, changed.IsPublic, changed.ShowsAll);
        TellOfRows(changing.Rows);
        changing.Rows.Clear();
        if (!isEnded) return;
        if (change.Kind == RoomChangeKind.Set && changing.Outcome.Number > 0) _ledger.RoomSet(room, changed.IsPublic, changed.ShowsAll);
        // By request, or because nobody is left in it.
        if (changed.RemovedAt is not null) _ledger.RoomDeleted(room);
        _ledger.RoomChanged(room);
    }

    /// <summary>The accounts are those of the users, in their order, and the sharer's; what follows are rooms.</summary>
    private UserEntry OwnerOf(long log) => _ledger.User(
        log <= _users.Length ? _users[log - 1].Name
        : log == _users.Length + 1 ? Sharer
        : RoomName.ToRecipient(_database.Tables.Rooms.Values.Single(room => room.Log == log).Name));

    private UserEntry Room(int choice) => _ledger.User(RoomName.ToRecipient(RoomNames[choice % RoomNames.Length]));

    private UserEntry RecipientOrRoom(int choice) =>
        _plan.HasRooms && choice % 5 < 2 ? Room(choice / 5) : Recipient(choice);
}
