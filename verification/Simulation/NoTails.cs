using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Push;

namespace OrleansChat.Verification.Simulation;

/// <summary>What streams would read: there are none in the simulation.</summary>
internal sealed class NoTails : ILogTails
{
    public Task<IReadOnlyList<LogTail>> ReadAsync(IReadOnlyList<LogNumber> logs, int entries, long bytes) => throw Fault();

    public Task<ILookup<long, LogNumber>> ReadMembershipsAsync(IReadOnlyList<long> accounts) => throw Fault();

    public Task<Answer<StoredStanding>> ReadStandingAsync(string sessionKey) => throw Fault();

    private static NotSupportedException Fault() => new("The simulation has no event streams.");
}
