using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Clients.Web;

// What clients do in rooms.
internal sealed partial class WebWorkload
{
    /// <summary>Has a walk begin at the newest page, and ask for few entries.</summary>
    private const int Newest = 0;

    private Task VisitAsync(WebActor actor, UserEntry peer, Random random)
    {
        if (options.Rooms.Length == 0) return Task.CompletedTask;
        var slot = random.Next(options.Rooms.Length);
        var (room, choice) = (ledger.User(options.Rooms[slot]), random.Next(1 << 20));
        return random.Next(14) switch
        {
            < 3 => actor.WalkRoomAsync(room, choice),
            < 5 => actor.ReadRoomLogAsync(room, 100, actor.ReadOf(room), parts: 4),
            5 => actor.ShowRoomAsync(room),
            6 => actor.ListRoomsAsync(choice % 2 == 0, 1 + (choice / 2 % 9)),
            7 => actor.MarkRoomReadAsync(room, choice),
            8 => actor.FindRoomConversationAsync(room),
            9 => actor.DeleteInRoomAsync(room, choice),
            _ when options.OwnRooms > 0 =>
                ChangeAsync(actor, options.Rooms.Length - options.OwnRooms + (slot % options.OwnRooms), peer, random),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>Changes a room of these clients, mostly as its user may.</summary>
    private async Task ChangeAsync(WebActor actor, int slot, UserEntry peer, Random random)
    {
        var (name, choice) = (options.Rooms[slot], random.Next(1 << 20));
        var room = ledger.User(name);
        var (isThere, isGone, isPublic, role) = ledger.StandingIn(room, actor.User);
        if (isGone)
        {
            // A deleted room keeps its name for 12 minutes.
            Interlocked.CompareExchange(ref options.Rooms[slot], NextName(name), name);
            return;
        }
        var action = (isThere, random.Next(20)) switch
        {
            (false, _) => RoomAction.Create,
            (_, 0) => (RoomAction)random.Next((int)RoomAction.Join, (int)RoomAction.SetRole + 1),
            _ when role < MemberRole.Reader => isPublic ? RoomAction.Join : RoomAction.Create,
            (_, < 3) => RoomAction.Leave,
            (_, < 6) => RoomAction.Remove,
            (_, < 10) => RoomAction.SetRole,
            (_, < 12) => RoomAction.Set,
            (_, 12) when role == MemberRole.Owner && choice % 4 == 0 => RoomAction.Delete,
            _ => RoomAction.Add,
        };
        // Who leaves has read the room, and looks whether they still can.
        if (action == RoomAction.Leave) await actor.WalkRoomAsync(room, Newest);
        if (actor.IsReady) await actor.ChangeRoomAsync(room, action, peer, choice);
        if (action == RoomAction.Leave && actor.IsReady) await actor.WalkRoomAsync(room, Newest);
    }

    private static string NextName(string name)
    {
        var dash = name.LastIndexOf('-');
        return $"{name[..dash]}-{int.Parse(name.AsSpan(dash + 1), System.Globalization.CultureInfo.InvariantCulture) + 1}";
    }
}
