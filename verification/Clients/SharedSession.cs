using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

/// <summary>
/// Uses one session on two connections in turn, by a user who has no other: what a gateway remembers of a session matters then.
/// </summary>
internal sealed class SharedSession(IWires wires, Ledger ledger, TimeProvider time, ChatUser user, ActorOptions options)
{
    /// <summary>Long enough to tell two uses apart, and short enough to fall within a lease.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(600);

    /// <summary>More than the two seconds within which either of two uses may count as the last.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(2200);

    /// <summary>After this time, presence knows which of two uses was the last.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(4);

    private int _actors;

    /// <summary>Plays once; it gives up when the service does not answer.</summary>
    /// <param name="one">The first gateway.</param>
    /// <param name="other">The second gateway.</param>
    /// <param name="recipient">Who gets the messages.</param>
    /// <param name="watcher">Asks who is online; another user's.</param>
    public async Task PlayAsync(int one, int other, UserEntry recipient, ChatActor watcher)
    {
        var login = Create();
        await login.ConnectAsync(one);
        await login.LogInAsync();
        if (!login.HasSession) return;
        await login.EndAsync();

        var (stays, leaves) = (await AdoptAsync(login, one), await AdoptAsync(login, other));
        await LeaseAsync(stays, recipient);
        await leaves.SendAsync(recipient);
        await Task.Delay(Apart, time);
        // The session was used elsewhere meanwhile, and this gateway need not know that.
        await stays.SendAsync(recipient);
        leaves.Reset();
        await Task.Delay(Known, time);
        await watcher.ListUsersAsync();

        // The other way round: what was used under a lease comes first, and is reported after a use that its grain has counted.
        leaves = await AdoptAsync(login, other);
        await LeaseAsync(leaves, recipient);
        await stays.SendAsync(recipient);
        await Task.Delay(Apart, time);
        await leaves.SendAsync(recipient);
        await Task.Delay(Later, time);
        await stays.SendAsync(recipient);
        leaves.Reset();
        await Task.Delay(Known, time);
        await watcher.ListUsersAsync();

        await LeaseAsync(stays, recipient);
        leaves = await AdoptAsync(login, other);
        await leaves.LogOutAsync();
        await stays.TryLoggedOutAsync(ledger.User(Ledger.Nobody));
        await stays.EndAsync();
        await leaves.EndAsync();
    }

    /// <summary>Has the session leased to a gateway, with more permits than are spent: it borrows them at the rate of the sends.</summary>
    private static async Task LeaseAsync(ChatActor actor, UserEntry recipient)
    {
        await actor.SendAsync(recipient);
        await actor.SendAsync(recipient);
    }

    private async Task<ChatActor> AdoptAsync(ChatActor login, int gateway)
    {
        var actor = Create();
        await actor.ConnectAsync(gateway);
        actor.Adopt(login);
        return actor;
    }

    private ChatActor Create() => new(wires, ledger, time, user, $"{user.Name}-{++_actors}", options);
}
