using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

/// <summary>The number of actors, and how often they do what.</summary>
internal sealed record WorkloadOptions
{
    public required IReadOnlyList<ChatUser> Users { get; init; }

    /// <summary>Rooms to write to, whether or not one may, such as <c>#general</c>.</summary>
    public IReadOnlyList<string> Rooms { get; init; } = [];

    /// <summary>How many of 1,000 batches, and repeatable sends, go to rooms: each of their messages comes to many.</summary>
    public int ToRooms { get; init; } = 30;

    /// <summary>Whose one session is used on two connections at once; null for nobody.</summary>
    public ChatUser? Sharer { get; init; }

    /// <summary>Actors per user, at least 2; the first of them reads, the others send.</summary>
    public int ActorsPerUser { get; init; } = 3;

    /// <summary>Decides what each actor does, but not when.</summary>
    public int Seed { get; init; } = 1;

    public ActorOptions Actor { get; init; } = new();

    /// <summary>The fewest and most messages in one write.</summary>
    public (int Fewest, int Most) Batch { get; init; } = (16, 64);

    /// <summary>How many of 1,000 actions are neither a plain batch nor a plain inbox.</summary>
    public int Unusual { get; init; } = 60;

    /// <summary>The time between two logouts, over all actors.</summary>
    public TimeSpan LogOutEvery { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many of 1,000 actions of a sending actor ask who is online.</summary>
    public int List { get; init; } = 10;

    /// <summary>The time between two departures, over all users.</summary>
    public TimeSpan LeaveEvery { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long all of a user's actors are then gone: some return before the service has to notice, others long after.
    /// </summary>
    public (TimeSpan Shortest, TimeSpan Longest) Absence { get; init; } = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(50));

    /// <summary>A sender slows down while the recipient has more unread messages than this.</summary>
    public int Backlog { get; init; } = 2000;
}

/// <summary>Many actors, each in a loop of its own, until they are told to stop.</summary>
internal sealed class Workload(IWires wires, Ledger ledger, TimeProvider time, WorkloadOptions options)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(10);
    private readonly UserEntry[] _users = [.. options.Users.Select(user => ledger.User(user.Name))];
    private readonly long _start = time.GetTimestamp();
    private readonly TimeSpan[] _awayUntil = new TimeSpan[options.Users.Count];
    private readonly Lock _leaving = new();
    private TimeSpan _nextLeave = options.LeaveEvery;
    private long _logOuts;

    /// <summary>Ends when <paramref name="stop"/> is cancelled and each actor has finished its current action.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        var loops = new List<Task>();
        foreach (var (index, user) in options.Users.Index())
        {
            var actors = Enumerable.Range(0, options.ActorsPerUser)
                .Select(n => new ChatActor(wires, ledger, time, user, $"{user.Name}-{n}", options.Actor)).ToArray();
            for (var n = 0; n < actors.Length; n++)
                loops.Add(LoopAsync(index, actors, n, new Random((options.Seed * 1_000_003) + (index * 1009) + n), stop));
        }
        if (options.Sharer is { } sharer) loops.Add(ShareAsync(sharer, new Random(options.Seed), stop));
        return Task.WhenAll(loops);
    }

    private async Task ShareAsync(ChatUser sharer, Random random, CancellationToken stop)
    {
        var shared = new SharedSession(wires, ledger, time, sharer, options.Actor);
        while (!stop.IsCancellationRequested)
        {
            var one = random.Next(wires.Gateways);
            var watcher = new ChatActor(wires, ledger, time, options.Users[0], "watcher", options.Actor);
            await watcher.ConnectAsync(random.Next(wires.Gateways));
            await watcher.LogInAsync();
            await shared.PlayAsync(one, (one + 1) % wires.Gateways, Pick(random), watcher);
            await watcher.EndAsync();
            await Task.Delay(Pause, time, CancellationToken.None);
        }
    }

    private async Task LoopAsync(int user, ChatActor[] actors, int index, Random random, CancellationToken stop)
    {
        var actor = actors[index];
        while (!stop.IsCancellationRequested)
        {
            if (IsAway(user, random))
            {
                await LeaveAsync(actor, random);
                await Task.Delay(Pause, time, CancellationToken.None);
                continue;
            }
            if (!await GetReadyAsync(actors, actor, random) || actor.LastOutcome == RequestOutcome.Unavailable)
                await Task.Delay(Pause, time, CancellationToken.None);
            if (!actor.IsConnected || !actor.HasSession) continue;
            if (random.Next(1000) < options.Unusual) await ActUnusuallyAsync(actor, random);
            else if (IsTimeToLogOut()) await LogOutAsync(actor, random);
            else if (index == 0) await ReadAsync(actor);
            else if (random.Next(1000) < options.List) await actor.ListUsersAsync();
            else await SendAsync(actor, random);
        }
        await actor.EndAsync();
    }

    /// <summary>Whether the user is away; now and then one leaves, but never more than a third of all users at once.</summary>
    private bool IsAway(int user, Random random)
    {
        var now = time.GetElapsedTime(_start);
        lock (_leaving)
        {
            if (now < _awayUntil[user]) return true;
            if (now < _nextLeave || _awayUntil.Count(until => until > now) >= _users.Length / 3) return false;
            _nextLeave = now + options.LeaveEvery;
            _awayUntil[user] = now + options.Absence.Shortest
                + (random.NextDouble() * (options.Absence.Longest - options.Absence.Shortest));
            return true;
        }
    }

    private static async Task LeaveAsync(ChatActor actor, Random random)
    {
        if (!actor.IsConnected) return;
        switch (random.Next(10))
        {
            case 0: actor.Vanish(); break;
            case <= 5: actor.Reset(); break;
            default: await actor.EndAsync(); break;
        }
    }

    private async Task<bool> GetReadyAsync(ChatActor[] actors, ChatActor actor, Random random)
    {
        if (!actor.IsConnected) await actor.ConnectAsync(random.Next(wires.Gateways));
        if (!actor.IsConnected) return false;
        if (actor.HasSession) return true;
        var other = actors.FirstOrDefault(a => a.HasSession);
        if (other is not null && random.Next(4) > 0) actor.Adopt(other);
        else await actor.LogInAsync();
        return actor.HasSession;
    }

    private async Task ReadAsync(ChatActor actor)
    {
        await actor.ReadInboxAsync();
        if (actor.LastHanded == 0) await Task.Delay(Idle, time, CancellationToken.None);
    }

    private async Task SendAsync(ChatActor actor, Random random)
    {
        var recipients = new UserEntry[random.Next(options.Batch.Fewest, options.Batch.Most + 1)];
        var (one, other) = (PickOrRoom(random), Pick(random));
        if (ledger.BacklogOf(one) > options.Backlog) one = Pick(random);
        for (var i = 0; i < recipients.Length; i++) recipients[i] = random.Next(4) == 0 ? other : one;
        if (ledger.BacklogOf(one) > options.Backlog) await Task.Delay(Pause, time, CancellationToken.None);
        await actor.SendAsync(recipients);
    }

    private async Task ActUnusuallyAsync(ChatActor actor, Random random)
    {
        switch (random.Next(20))
        {
            case <= 4: await actor.SendOnceAsync(PickOrRoom(random)); break;
            case <= 7: await actor.RepeatOnceAsync(random.Next()); break;
            case 8: await actor.ReuseOnceAsync(PickOrRoom(random), random.Next()); break;
            case <= 11: await actor.ListUsersAsync(); break;
            case 12: await actor.HalfLineThenResetAsync(); break;
            case 13: actor.Reset(); break;
            case 14: await actor.EndAsync(); break;
            case 15 when random.Next(4) == 0: actor.Vanish(); break;
            case 16: await actor.TryLoggedOutAsync(Pick(random)); break;
            default: await actor.ReadInboxAsync((InboxWay)random.Next((int)InboxWay.Slow + 1)); break;
        }
    }

    private Task LogOutAsync(ChatActor actor, Random random) =>
        random.Next(2) == 0 ? actor.LogOutAsync() : actor.LogOutWhileSendingAsync(Pick(random));

    private bool IsTimeToLogOut()
    {
        var due = time.GetElapsedTime(_start) / options.LogOutEvery;
        var done = Interlocked.Read(ref _logOuts);
        return done + 1 <= due && Interlocked.CompareExchange(ref _logOuts, (long)due, done) == done;
    }

    private UserEntry Pick(Random random) => _users[random.Next(_users.Length)];

    private UserEntry PickOrRoom(Random random) =>
        options.Rooms.Count > 0 && random.Next(1000) < options.ToRooms
            ? ledger.User(options.Rooms[random.Next(options.Rooms.Count)])
            : Pick(random);
}
