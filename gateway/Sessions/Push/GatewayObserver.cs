using OrleansChat.GrainInterfaces.Push;

namespace OrleansChat.Gateway.Sessions.Push;

/// <summary>What grains tell this gateway. Calls come one at a time; none waits for anything.</summary>
internal sealed class GatewayObserver(StreamHub hub) : IGatewayObserver
{
    /// <inheritdoc/>
    public Task Arrived(PushBatch batch)
    {
        hub.Heard(batch.Silo);
        hub.Arrived(batch.Arrivals);
        foreach (var notice in batch.Notices) hub.Tell(notice);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Ended(string user, string? sessionKey, string? but)
    {
        hub.End(user, sessionKey, but);
        return Task.CompletedTask;
    }
}
