using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Simulation;

/// <summary>What a simulated client does.</summary>
internal enum OperationKind
{
    Connect, LogIn, Adopt, Send, SendMany, SendOnce, RepeatOnce, ReuseOnce, Inbox, ListUsers, LogOut, LogOutWhileSending, TryLoggedOut,
    HalfLine, Reset, End, Vanish, Wait, Share,
    ReadPages, ListConversations, FindConversation, MarkRead, Mute, Block, Unblock, Delete, ReadLog, Receive, ReadLoggedOut,
    CreateRoom, JoinRoom, AddToRoom, LeaveRoom, RemoveFromRoom, GiveRole, SetRoom, DeleteRoom,
    ReadRoom, ReadRoomLog, ShowRoom, ListRooms, MarkRoomRead, DeleteInRoom,
}

/// <summary>The kinds of faults.</summary>
internal enum SimulatedFault
{
    KillSilo, KillGateway, LoseGatewayMachine, FreezeSilo, FreezeGateway, KillDatabase, FreezeDatabase, LoseStatements,
    LoseAnswers, DelayStatements, ActivateTwice, ClockJump,
}

/// <summary>One step of one actor.</summary>
/// <param name="Actor">The actor's number.</param>
/// <param name="Kind">What the actor does.</param>
/// <param name="Choice">Decides what the kind leaves open: a recipient, a gateway, a way to read.</param>
/// <param name="Pause">How long the actor waits first.</param>
internal sealed record Operation(int Actor, OperationKind Kind, int Choice, TimeSpan Pause);

/// <summary>One fault.</summary>
/// <param name="Kind">The kind of the fault.</param>
/// <param name="At">When it begins.</param>
/// <param name="Choice">Decides which process it hits.</param>
/// <param name="Lasts">How long it lasts.</param>
internal sealed record PlannedFault(SimulatedFault Kind, TimeSpan At, int Choice, TimeSpan Lasts);

/// <summary>
/// What happens in a schedule; the order and the speed are drawn when it runs. A plan is drawn from a seed, and cut down if a shorter
/// one shows the same violation.
/// </summary>
internal sealed record Plan(
    int Seed, int Users, int Actors, bool IsSpread, IReadOnlyList<Operation> Operations, IReadOnlyList<PlannedFault> Faults)
{
    /// <summary>The fault planted in the service itself; null for none.</summary>
    public Variant? Variant { get; init; }

    /// <summary>The messages per second that an account may send.</summary>
    public int SendsPerSecond { get; init; } = Usual;

    /// <summary>Whether messages stay no longer than they must; otherwise for a year.</summary>
    public bool IsForgetful { get; init; }

    /// <summary>Whether there are rooms, which clients write to, and change.</summary>
    public bool HasRooms { get; init; }

    /// <summary>
    /// How long nothing happens in the midst of the operations, so that what was received before is deleted after it; null for no pause.
    /// </summary>
    public TimeSpan? Pause { get; init; }

    public const int FewestOperations = 50;

    /// <summary>More than the clients of a schedule send.</summary>
    private const int Usual = 50;

    /// <summary>So few that most of what the clients send in some schedules is refused.</summary>
    private const int Few = 3;

    private static readonly OperationKind[] Common =
    [
        OperationKind.Send, OperationKind.Send, OperationKind.SendMany,
        OperationKind.SendMany, OperationKind.SendOnce, OperationKind.SendOnce,
        OperationKind.RepeatOnce, OperationKind.Inbox, OperationKind.Inbox, OperationKind.Inbox, OperationKind.ListUsers,
    ];

    private static readonly OperationKind[] Rare =
    [
        OperationKind.Adopt, OperationKind.LogOut, OperationKind.LogOutWhileSending, OperationKind.TryLoggedOut, OperationKind.HalfLine,
        OperationKind.Reset, OperationKind.End, OperationKind.Vanish, OperationKind.Wait, OperationKind.RepeatOnce, OperationKind.Connect,
        OperationKind.Share, OperationKind.ReuseOnce,
    ];

    private static readonly OperationKind[] Conversing =
    [
        OperationKind.ReadPages, OperationKind.ReadPages, OperationKind.ListConversations, OperationKind.FindConversation,
        OperationKind.MarkRead, OperationKind.MarkRead, OperationKind.Mute, OperationKind.Block, OperationKind.Block, OperationKind.Unblock,
        OperationKind.Delete, OperationKind.Delete, OperationKind.ReadLog, OperationKind.Receive, OperationKind.ReadLoggedOut,
    ];

    private static readonly OperationKind[] InRooms =
    [
        OperationKind.JoinRoom, OperationKind.JoinRoom, OperationKind.AddToRoom, OperationKind.AddToRoom, OperationKind.LeaveRoom,
        OperationKind.RemoveFromRoom, OperationKind.RemoveFromRoom, OperationKind.GiveRole, OperationKind.GiveRole, OperationKind.SetRoom,
        OperationKind.CreateRoom, OperationKind.DeleteRoom, OperationKind.ReadRoom, OperationKind.ReadRoom, OperationKind.ReadRoom,
        OperationKind.ReadRoomLog, OperationKind.ShowRoom, OperationKind.ListRooms, OperationKind.MarkRoomRead, OperationKind.DeleteInRoom,
    ];

    /// <summary>Draws a plan from a seed.</summary>
    public static Plan Draw(int seed)
    {
        var random = new Random(seed);
        var users = 3 + random.Next(2);
        var actors = users + random.Next(users + 1);
        var operations = new List<Operation>();
        var pace = random.Next(4) == 0 ? 4000 : 400;
        var converses = random.Next(2) == 0;
        var hasRooms = random.Next(2) == 0;
        for (var i = 0; i < FewestOperations + random.Next(20); i++)
        {
            var kind = hasRooms && random.Next(3) == 0 ? InRooms[random.Next(InRooms.Length)]
                : converses && random.Next(5) < 2 ? Conversing[random.Next(Conversing.Length)]
                : random.Next(4) == 0 ? Rare[random.Next(Rare.Length)] : Common[random.Next(Common.Length)];
            var pause = random.Next(3) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(pace));
            operations.Add(new Operation(random.Next(actors), kind, random.Next(1 << 20), pause));
        }
        var faults = new List<PlannedFault>();
        for (var i = 1 + random.Next(4); i > 0; i--)
        {
            faults.Add(new PlannedFault(
                (SimulatedFault)random.Next(Enum.GetValues<SimulatedFault>().Length), TimeSpan.FromMilliseconds(random.Next(10 * pace)),
                random.Next(1 << 20), TimeSpan.FromMilliseconds(200 + random.Next(random.Next(4) == 0 ? 25_000 : 4_000))));
        }
        var isSpread = random.Next(2) == 0;
        var isForgetful = random.Next(3) == 0;
        var midst = isForgetful && random.Next(6) == 0 ? TimeSpan.FromSeconds(random.Next(11 * 60, 14 * 60)) : default(TimeSpan?);
        // Whole inboxes expire only if they were read before.
        for (var i = 0; midst is not null && i < 3 * users; i++)
            operations.Insert(operations.Count / 2, new(i % users, OperationKind.Inbox, 0, TimeSpan.FromMilliseconds(random.Next(pace))));
        return new Plan(seed, users, actors, isSpread, operations, faults)
        {
            SendsPerSecond = random.Next(4) == 0 ? Few : Usual,
            IsForgetful = isForgetful,
            HasRooms = hasRooms,
            Pause = midst,
        };
    }

    /// <summary>How many messages an operation's choice sends together: most of a burst where accounts may send few.</summary>
    public int BatchOf(int choice) => SendsPerSecond == Few ? 10 + choice % 20 : 2 + choice % 7;

    /// <summary>How an operation's choice reads an inbox: most choices read plainly.</summary>
    public static InboxWay WayOf(int choice)
    {
        var ways = Enum.GetValues<InboxWay>();
        return choice % 2 == 0 ? InboxWay.Plain : ways[choice / 2 % ways.Length];
    }
}
