using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Clients.Conversations;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Simulation;

/// <summary>The result of one schedule.</summary>
/// <param name="Violations">The violations; empty if there were none.</param>
/// <param name="Statistics">What the clients did.</param>
/// <param name="Trace">A hash of every choice: two runs of one plan have the same hash.</param>
/// <param name="Steps">The number of steps.</param>
/// <param name="Meetings">Kinds of operations, each with a kind of fault that began while it was under way.</param>
internal sealed record ScheduleResult(
    IReadOnlyList<Violation> Violations, LedgerStatistics Statistics, ulong Trace,
    long Steps, IReadOnlySet<(OperationKind, SimulatedFault)> Meetings);

/// <summary>Runs one plan: the same plan runs the same way each time.</summary>
internal sealed partial class SimulatedRun
{
    /// <summary>A schedule takes some thousand steps; one that does not end has a loop in it.</summary>
    private const long MaxSteps = 200_000;

    private const string Sharer = "sharer";

    private static readonly ActorOptions Patience = new() { Timeout = TimeSpan.FromSeconds(45) };

    private readonly Plan _plan;
    private readonly Scheduler _scheduler;
    private readonly SimulatedProcess _clients;
    private readonly SimulatedProcess _server;
    private readonly SimulatedDatabase _database;
    private readonly SimulatedCluster _cluster;
    private readonly Ledger _ledger;
    private readonly ChatUser[] _users;
    private readonly ChatActor[] _actors;
    private readonly ConversationActor[] _readers;
    private readonly Dictionary<int, OperationKind> _underWay = [];
    private readonly HashSet<(OperationKind, SimulatedFault)> _meetings = [];
    private readonly SharedSession _shared;
    private bool _isSharing;
    private Task? _playing;

    private SimulatedRun(Plan plan)
    {
        _plan = plan;
        _scheduler = new Scheduler(plan.Seed);
        _clients = new SimulatedProcess(_scheduler, "clients");
        _server = new SimulatedProcess(_scheduler, "database");
        _database = new SimulatedDatabase(_scheduler, _server)
        {
            Tables = TablesOf(plan),
            SplitsChanges = plan.Variant == Variant.SplitChanges,
            Committed = TellOfRows,
            RoomChanged = TellOfRoom,
        };
        _users = [.. Enumerable.Range(1, plan.Users).Select(i => new ChatUser($"user{i}", $"password{i}"))];
        foreach (var user in _users) _database.Tables.AddUser(user.Name, user.Password);
        var sharer = new ChatUser(Sharer, "password");
        _database.Tables.AddUser(sharer.Name, sharer.Password);
        _cluster = new SimulatedCluster(_scheduler, _database, _clients, plan);
        _ledger = new Ledger(_clients.Time, plan.SendsPerSecond);
        _shared = new SharedSession(_cluster, _ledger, _clients.Time, sharer, Patience);
        _actors = [.. Enumerable.Range(0, plan.Actors)
            .Select(i => new ChatActor(_cluster, _ledger, _clients.Time, _users[i % _users.Length], $"actor{i}", Patience))];
        _readers = [.. _actors
            .Select(a => new ConversationActor(_cluster, _ledger, _clients.Time, a.User, $"{a.Name}'s reader", Patience))];
        if (plan.HasRooms) FurnishRooms();
    }

    /// <summary>Runs a plan.</summary>
    public static ScheduleResult Run(Plan plan)
    {
        var run = new SimulatedRun(plan);
        run._clients.Post(_ => run._playing = run.PlayAsync());
        while (run._playing?.IsCompleted != true && run._scheduler.Steps < MaxSteps
            && run._ledger.Violations.Count == 0 && run._scheduler.RunStep()) { }
        // A fault in the simulation itself is an exception.
        if (run._playing is { IsFaulted: true } playing) playing.GetAwaiter().GetResult();
        var violations = run._ledger.Violations;
        if (violations.Count == 0 && run._playing?.IsCompleted != true)
            violations = [new Violation("Ends", $"after {run._scheduler.Steps} steps and "
                + $"{TimeSpan.FromTicks(run._scheduler.Now)} the schedule had not ended", [])];
        return new ScheduleResult(violations, run._ledger.Statistics, run._scheduler.Trace, run._scheduler.Steps, run._meetings);
    }

    private async Task PlayAsync()
    {
        var faults = new FaultInjector(_scheduler, _cluster, _database, _server, _ledger);
        if (_plan.IsForgetful)
            _server.Post(_ => _ = new SimulatedPurge(_database, _server, _ledger, OwnerOf).RunAsync());
        if (_plan.Pause is { } pause)
        {
            var half = _plan.Operations.Count / 2;
            await PlayAsync(faults, _plan.Faults.Where(fault => fault.Choice % 2 == 0), _plan.Operations.Take(half));
            await Task.Delay(pause, _clients.Time);
            await PlayAsync(faults, _plan.Faults.Where(fault => fault.Choice % 2 != 0), _plan.Operations.Skip(half));
        }
        else
        {
            await PlayAsync(faults, _plan.Faults, _plan.Operations);
        }
        await Task.Delay(_scheduler.Delay(TimeSpan.Zero, TimeSpan.FromSeconds(5)), _clients.Time);
        faults.EndAll();
        if (await FinalDrain.RunAsync(_users, _cluster, _ledger, _clients.Time, Patience) is { Count: > 0 } left)
            throw new InvalidOperationException($"{left.Count} mailboxes could not be read.");
    }

    private Task PlayAsync(FaultInjector faults, IEnumerable<PlannedFault> planned, IEnumerable<Operation> operations)
    {
        foreach (var fault in planned)
            _scheduler.At(fault.At, () =>
            {
                foreach (var kind in _underWay.Values) _meetings.Add((kind, fault.Kind));
                faults.Begin(fault);
            });
        return Task.WhenAll(Enumerable.Range(0, _actors.Length)
            .Select(index => PlayActorAsync(index, [.. operations.Where(operation => operation.Actor == index)])));
    }

    private async Task PlayActorAsync(int index, List<Operation> operations)
    {
        foreach (var operation in operations)
        {
            await Task.Delay(operation.Pause, _clients.Time);
            _underWay[index] = operation.Kind;
            if (operation.Kind < OperationKind.ReadPages) await PlayAsync(_actors[index], operation);
            else await ConverseAsync(_readers[index], _actors[index], operation);
            _underWay.Remove(index);
        }
    }

    private async Task PlayAsync(ChatActor actor, Operation operation)
    {
        var choice = operation.Choice;
        if (operation.Kind == OperationKind.Wait)
        {
            await Task.Delay(TimeSpan.FromSeconds(choice % 40), _clients.Time);
            return;
        }
        if (operation.Kind == OperationKind.Connect && actor.IsConnected) await actor.EndAsync();
        if (!actor.IsConnected) await actor.ConnectAsync(choice % _cluster.Gateways);
        if (operation.Kind == OperationKind.Adopt) actor.Adopt(OfSameUser(actor, choice));
        if (operation.Kind == OperationKind.LogIn || !actor.HasSession) await actor.LogInAsync();
        await (operation.Kind switch
        {
            OperationKind.Send => actor.SendAsync(RecipientOrRoom(choice)),
            OperationKind.SendMany => actor.SendAsync(
                [.. Enumerable.Range(0, _plan.BatchOf(choice)).Select(i => RecipientOrRoom(choice >> (i % 8)))]),
            OperationKind.SendOnce => actor.SendOnceAsync(RecipientOrRoom(choice)),
            OperationKind.RepeatOnce => actor.RepeatOnceAsync(choice),
            OperationKind.ReuseOnce => actor.ReuseOnceAsync(RecipientOrRoom(choice), choice),
            OperationKind.Inbox => actor.ReadInboxAsync(Plan.WayOf(choice)),
            OperationKind.ListUsers => actor.ListUsersAsync(),
            OperationKind.LogOut => actor.LogOutAsync(),
            OperationKind.LogOutWhileSending => actor.LogOutWhileSendingAsync(Recipient(choice)),
            OperationKind.TryLoggedOut => actor.TryLoggedOutAsync(Recipient(choice)),
            OperationKind.HalfLine => actor.HalfLineThenResetAsync(),
            OperationKind.End => actor.EndAsync(),
            OperationKind.Share => ShareAsync(actor, choice),
            _ => Task.CompletedTask,
        });
        if (operation.Kind == OperationKind.Reset) actor.Reset();
        if (operation.Kind == OperationKind.Vanish) actor.Vanish();
    }

    private async Task ConverseAsync(ConversationActor reader, ChatActor actor, Operation operation)
    {
        var (choice, peer) = (operation.Choice / _users.Length, Recipient(operation.Choice));
        await reader.GetReadyAsync(choice % _cluster.Gateways, choice / 2 % 4 == 0 ? actor.Session : null);
        if (!reader.IsReady) return;
        if (operation.Kind >= OperationKind.CreateRoom)
        {
            await VisitAsync(reader, operation.Kind, Room(choice), peer, choice / RoomNames.Length);
            if (choice % 8 == 7) reader.Close();
            return;
        }
        await (operation.Kind switch
        {
            OperationKind.ReadPages => reader.WalkAsync(peer, choice),
            OperationKind.ListConversations => reader.ListAsync(1 + choice % 4),
            OperationKind.FindConversation => reader.FindAsync(peer),
            OperationKind.MarkRead => reader.MarkReadAsync(peer, choice),
            OperationKind.Mute => reader.MuteAsync(peer, choice % 2 == 0),
            OperationKind.Block => reader.BlockAsync(peer, isBlocked: true),
            OperationKind.Unblock => reader.BlockAsync(peer, isBlocked: false),
            OperationKind.Delete => reader.DeleteAsync(peer, choice),
            OperationKind.ReadLog => reader.ReadLogAsync(choice % 2 == 0, 1 + choice % 20),
            OperationKind.Receive => reader.ReceiveAsync(choice),
            OperationKind.ReadLoggedOut => reader.TryLoggedOutAsync(peer),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        });
        if (choice % 8 == 7) reader.Close();
    }

    /// <summary>The user of the shared session has no other.</summary>
    private async Task ShareAsync(ChatActor watcher, int choice)
    {
        if (_isSharing) return;
        _isSharing = true;
        await _shared.PlayAsync(choice % _cluster.Gateways, (choice + 1) % _cluster.Gateways, Recipient(choice), watcher);
        _isSharing = false;
    }

    private ChatActor OfSameUser(ChatActor actor, int choice)
    {
        var same = Array.FindAll(_actors, a => a.User == actor.User);
        return same[choice % same.Length];
    }

    private static Tables TablesOf(Plan plan) => new()
    {
        Retention = plan.IsForgetful ? TimeSpan.Zero : TimeSpan.FromDays(365),
        HasUniqueIds = plan.Variant != Variant.NoUniqueIds,
        AsksForBlocks = plan.Variant != Variant.IgnoreBlocks,
        PurgesUnreceived = plan.Variant == Variant.PurgeUnreceived,
        ForgetsNumbers = plan.Variant == Variant.ForgetNumbers,
    };

    private UserEntry Recipient(int choice) => _ledger.User(_users[choice % _users.Length].Name);
}
