using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Conversations;

namespace OrleansChat.Grains.Server;

/// <summary>Asks the database, and remembers nothing: gateways do.</summary>
[GrainType("server")]
public sealed class ServerGrain(IConversations conversations) : Grain, IServerGrain
{
    /// <inheritdoc/>
    public Task<string> GetEpoch() => conversations.GetEpochAsync();
}
