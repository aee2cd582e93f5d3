using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

/// <summary>A user who writes until they are removed and erased: what they wrote stays, the name and the sessions do not.</summary>
internal sealed class LeavingUser(IWires wires, Ledger ledger, TimeProvider time, ChatUser user, Random random)
{
    private const int Batches = 40, Batch = 20;
    private readonly ActorOptions _options = new();

    /// <summary>Plays once; it gives up where the service does not answer.</summary>
    /// <param name="peer">Who gets the messages, and answers.</param>
    /// <param name="runAsync">Runs a command of operators on the user; whether it said that it is done.</param>
    public async Task PlayAsync(ChatUser peer, Func<string, Task<bool>> runAsync)
    {
        var (self, other) = (ledger.User(user.Name), ledger.User(peer.Name));
        var leaver = await LogInAsync(user);
        var friend = await LogInAsync(peer);
        await leaver.SendAsync([.. Enumerable.Repeat(other, Batch)]);
        await friend.SendAsync(self);

        ledger.BeginRemoval(self);
        var removing = runAsync("remove");
        for (var i = 0; i < Batches && !removing.IsCompleted; i++) await leaver.SendAsync([.. Enumerable.Repeat(other, Batch)]);
        if (!await removing) return;
        ledger.Removed(self);
        await leaver.SendAsync(other);
        await friend.SendAsync(self);

        ledger.BeginErasure(self);
        if (await runAsync("erase")) ledger.Erased(self);
        await friend.ReadInboxAsync();
        await friend.SendAsync(self);
        await leaver.EndAsync();
        await friend.EndAsync();
    }

    private async Task<ChatActor> LogInAsync(ChatUser account)
    {
        var actor = new ChatActor(wires, ledger, time, account, $"{account.Name}-leaving", _options);
        await actor.ConnectAsync(random.Next(wires.Gateways));
        await actor.LogInAsync();
        return actor;
    }
}
