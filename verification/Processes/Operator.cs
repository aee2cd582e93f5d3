using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Processes;

/// <summary>
/// Changes accounts with the commands of operators while clients send: users block each other and no longer, and users are added who
/// write, are removed, and are erased while they write.
/// </summary>
internal sealed class Operator(AdminProgram admin, IWires wires, Ledger ledger, TimeProvider time, IReadOnlyList<ChatUser> users, int seed)
{
    /// <summary>More would leave the clients little to send.</summary>
    private const int MostBlocked = 8;

    private static readonly TimeSpan BetweenBlocks = TimeSpan.FromSeconds(1), BetweenLeavers = TimeSpan.FromSeconds(10),
        BetweenMembers = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(seed);

    /// <summary>The rooms that it makes, as recipients.</summary>
    public static IReadOnlyList<string> RoomNames { get; } = ["#plaza", "#den"];

    /// <summary>Has what was received go as soon as it may, so that the purge has work before the run ends.</summary>
    public Task ShortenRetentionAsync() => admin.RunAsync(null, "retention", "0", "--now", "--yes");

    /// <summary>Works until it is told to stop, and ends what it has begun.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        [BlockAsync(stop), HaveUsersLeaveAsync(new Random(seed + 1), stop), .. RoomNames.Select((_, index) => KeepRoomAsync(index, stop))]);

    private Task KeepRoomAsync(int index, CancellationToken stop) =>
        new RoomKeeper(admin, ledger, users, RoomNames[index], isPublic: index % 2 == 0, new Random(seed + 2 + index))
            .RunAsync(() => PauseAsync(BetweenMembers, stop), stop);

    private async Task BlockAsync(CancellationToken stop)
    {
        var blocked = new List<(ChatUser Owner, ChatUser Peer)>();
        while (!stop.IsCancellationRequested)
        {
            var isBlocked = blocked.Count == 0 || (blocked.Count < MostBlocked && _random.Next(2) == 0);
            var (owner, peer) = isBlocked ? (Pick(_random), Pick(_random)) : blocked[_random.Next(blocked.Count)];
            if (owner != peer)
            {
                await SetBlockedAsync(owner, peer, isBlocked);
                blocked.Remove((owner, peer));
                if (isBlocked) blocked.Add((owner, peer));
            }
            await PauseAsync(BetweenBlocks, stop);
        }
    }

    private async Task SetBlockedAsync(ChatUser owner, ChatUser peer, bool isBlocked)
    {
        var wish = ledger.BeginBlock(ledger.User(owner.Name), ledger.User(peer.Name), isBlocked);
        ledger.WishEnded(wish, await admin.RunAsync(null, isBlocked ? "block" : "unblock", owner.Name, peer.Name));
    }

    private async Task HaveUsersLeaveAsync(Random random, CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            var user = new ChatUser($"leaver{number}", $"password-{seed}-{number}");
            if (await admin.RunAsync(user.Password, "add", user.Name, $"Leaver {number}"))
                await new LeavingUser(wires, ledger, time, user, random).PlayAsync(
                    Pick(random), command => admin.RunAsync(null, command, user.Name, "--yes"));
            await PauseAsync(BetweenLeavers, stop);
        }
    }

    private ChatUser Pick(Random random) => users[random.Next(users.Count)];

    private async Task PauseAsync(TimeSpan length, CancellationToken stop) => await Task.WhenAny(Task.Delay(length, time, stop));
}
