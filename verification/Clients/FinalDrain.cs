using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

internal static class FinalDrain
{
    public static Task RunAsync(IReadOnlyList<ChatUser> users, IWires wires, Ledger ledger, ActorOptions options)
    {
        _ = (users, wires, options);
        ledger.Finish();
        return Task.CompletedTask;
    }
}
