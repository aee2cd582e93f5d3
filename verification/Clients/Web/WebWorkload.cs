using System.Net;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Clients.Web;

/// <summary>What clients over HTTP do.</summary>
internal sealed record WebWorkloadOptions
{
    public required IReadOnlyList<ChatUser> Users { get; init; }

    /// <summary>The addresses of the HTTP doors.</summary>
    public required IReadOnlyList<EndPoint> Gateways { get; init; }

    /// <summary>The number of clients.</summary>
    public required int Clients { get; init; }

    /// <summary>All rooms to write to; those of <see cref="OwnRooms"/> get other names when they are deleted.</summary>
    public required string[] Rooms { get; init; }

    /// <summary>How many of the rooms, the last ones, these clients make, and nobody else changes.</summary>
    public required int OwnRooms { get; init; }

    /// <summary>Decides what each client does, but not when.</summary>
    public required int Seed { get; init; }

    /// <summary>Waits until the ledger knows all that was committed before.</summary>
    public required Func<Task> SettleAsync { get; init; }

    /// <summary>The shortest and longest time between two requests of a client.</summary>
    public (int Shortest, int Longest) PauseMilliseconds { get; init; } = (10, 90);

    /// <summary>The time between two ends of sessions, over all clients: a login costs much.</summary>
    public TimeSpan EndEvery { get; init; } = TimeSpan.FromSeconds(8);
}

/// <summary>Many clients over HTTP, each in a loop of its own, until they are told to stop.</summary>
internal sealed partial class WebWorkload(Ledger ledger, TimeProvider time, WebWorkloadOptions options)
{
    private const int MostBlocked = 6;

    private readonly UserEntry[] _users = [.. options.Users.Select(user => ledger.User(user.Name))];
    private readonly HashSet<(UserEntry Owner, UserEntry Peer)> _blocked = [];
    private readonly long _start = time.GetTimestamp();
    private long _ends;

    /// <summary>Ends when <paramref name="stop"/> is cancelled and each client has finished its current action.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, options.Clients).Select(index =>
    {
        var user = options.Users[index % options.Users.Count];
        var doors = new WebDoors(options.Gateways, user.Name, options.SettleAsync);
        var actor = new WebActor(doors, ledger, time, user, $"{user.Name}-web-{index}", new ActorOptions());
        return LoopAsync(actor, new Random((options.Seed * 999_983) + index), stop);
    }));

    private async Task LoopAsync(WebActor actor, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            // Tokens open every door: mostly it takes one of another client, because a login costs much.
            var takes = actor.IsReady ? random.Next(200) == 0 : random.Next(8) > 0;
            var session = takes ? ledger.PickSession(actor.User, random.Next()) : null;
            if (!takes || session is not null) await actor.GetReadyAsync(random.Next(options.Gateways.Count), session);
            if (actor.IsReady)
            {
                if (IsTimeToEnd()) await EndSessionAsync(actor, random);
                else await ActAsync(actor, random);
            }
            var pause = random.Next(options.PauseMilliseconds.Shortest, options.PauseMilliseconds.Longest);
            await Task.Delay(TimeSpan.FromMilliseconds(pause), time, CancellationToken.None);
        }
        actor.Close();
    }

    private Task ActAsync(WebActor actor, Random random)
    {
        var (peer, choice) = (Pick(random), random.Next(1 << 20));
        return random.Next(100) switch
        {
            < 22 => actor.SendAsync(PickOrRoom(random), once: false),
            < 33 => actor.SendAsync(PickOrRoom(random), once: true),
            < 42 => actor.RepeatAsync(choice),
            < 44 => actor.ReuseAsync(PickOrRoom(random), choice),
            < 52 => actor.WalkAsync(peer, choice),
            < 57 => actor.ListAsync(limit: random.Next(3) == 0 ? 5 : 200),
            < 62 => actor.FindAsync(peer),
            < 66 => actor.MarkReadAsync(peer, choice),
            < 67 => actor.MuteAsync(peer, choice % 2 == 0),
            < 69 => BlockAsync(actor, peer),
            < 72 => actor.DeleteAsync(peer, choice),
            < 78 => actor.ReadLogAsync(fromTheBeginning: false, limit: 200, parts: 4),
            < 79 => actor.ReadLogAsync(fromTheBeginning: true, limit: 20, parts: 2),
            < 83 => actor.ReceiveLogsAsync(),
            < 84 => actor.ListSessionsAsync(),
            < 85 => actor.TryEndedAsync(peer),
            < 86 => CloseAsync(actor),
            _ => VisitAsync(actor, peer, random),
        };
    }

    private async Task BlockAsync(WebActor actor, UserEntry peer)
    {
        bool isBlocked;
        lock (_blocked)
        {
            isBlocked = !_blocked.Any(pair => pair.Owner == actor.User);
            if (isBlocked && _blocked.Count >= MostBlocked) return;
            if (!isBlocked) peer = _blocked.First(pair => pair.Owner == actor.User).Peer;
            _ = isBlocked ? _blocked.Add((actor.User, peer)) : _blocked.Remove((actor.User, peer));
        }
        await actor.BlockAsync(peer, isBlocked);
    }

    private static Task CloseAsync(WebActor actor)
    {
        actor.Close();
        return Task.CompletedTask;
    }

    private static Task EndSessionAsync(WebActor actor, Random random) =>
        random.Next(2) == 0 ? actor.LogOutAsync() : actor.EndSessionAsync(random.Next());

    private bool IsTimeToEnd()
    {
        var due = (long)(time.GetElapsedTime(_start) / options.EndEvery);
        var done = Interlocked.Read(ref _ends);
        return done + 1 <= due && Interlocked.CompareExchange(ref _ends, due, done) == done;
    }

    private UserEntry Pick(Random random) => _users[random.Next(_users.Length)];

    private UserEntry PickOrRoom(Random random) =>
        options.Rooms.Length > 0 && random.Next(5) == 0 ? ledger.User(options.Rooms[random.Next(options.Rooms.Length)]) : Pick(random);
}
