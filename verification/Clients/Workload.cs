using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

internal sealed record WorkloadOptions
{
    public required IReadOnlyList<ChatUser> Users { get; init; }
    public int ActorsPerUser { get; init; } = 3;
    public int Seed { get; init; } = 1;
    public ActorOptions Actor { get; init; } = new();
}

internal sealed class Workload(IWires wires, Ledger ledger, TimeProvider time, WorkloadOptions options)
{
    public Task RunAsync(CancellationToken stop) { _ = (wires, ledger, time, options); return Task.Delay(TimeSpan.Zero, stop); }
}
