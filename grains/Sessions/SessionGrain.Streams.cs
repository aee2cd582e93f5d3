using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.Identifiers;

namespace OrleansChat.Grains.Sessions;

// The event streams of a session, which end with it.
public sealed partial class SessionGrain
{
    /// <summary>Has the gateways end its streams. One that cannot be reached ends them itself, when it cannot renew.</summary>
    private async Task EndStreams(string? owner)
    {
        if (string.IsNullOrEmpty(owner)) return;
        try
        {
            await GrainFactory.GetGrain<IInboxPushGrain>(GrainKeys.ForUser(owner)).EndStreams(Key);
        }
        catch (Exception exception)
        {
            LogStreamsNotEnded(exception);
        }
    }

    [LoggerMessage(4001, LogLevel.Warning, "Ending the streams of a session failed; its gateways end them within 20 s.")]
    private partial void LogStreamsNotEnded(Exception exception);
}
