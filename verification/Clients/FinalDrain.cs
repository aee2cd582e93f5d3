using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

/// <summary>Reads every mailbox until it is empty, after the last fault.</summary>
internal static class FinalDrain
{
    private const int Tries = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Logs each user in again, reads their inbox until it is empty twice, and has the ledger judge what never came.</summary>
    /// <returns>The users whose mailboxes could not be read; the ledger does not judge what is in them.</returns>
    public static async Task<IReadOnlyList<ChatUser>> RunAsync(
        IReadOnlyList<ChatUser> users, IWires wires, Ledger ledger, TimeProvider time, ActorOptions options)
    {
        var left = new List<ChatUser>();
        for (var i = 0; i < users.Count; i++)
        {
            var actor = new ChatActor(wires, ledger, time, users[i], $"{users[i].Name}-drain", options);
            if (await DrainAsync(actor, wires, time, i)) ledger.Drained(ledger.User(users[i].Name));
            else left.Add(users[i]);
            await actor.EndAsync();
        }
        ledger.Finish();
        return left;
    }

    private static async Task<bool> DrainAsync(ChatActor actor, IWires wires, TimeProvider time, int first)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            await actor.ConnectAsync((first + attempt) % wires.Gateways);
            await actor.LogInAsync();
            var empty = 0;
            while (empty < 2 && actor is { IsConnected: true, HasSession: true })
            {
                await actor.ReadInboxAsync();
                if (actor.LastOutcome != RequestOutcome.Done) break;
                empty = actor.LastHanded == 0 ? empty + 1 : 0;
            }
            if (empty == 2) return true;
            await Task.Delay(Pause, time);
        }
        return false;
    }
}
