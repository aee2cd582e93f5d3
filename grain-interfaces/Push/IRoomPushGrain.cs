using Orleans.Concurrency;

namespace OrleansChat.GrainInterfaces.Push;

/// <summary>
/// What gateways hear of a room. The same grain as <see cref="Rooms.IRoomGrain"/>, with the same key. All calls interleave. As
/// <see cref="IInboxPushGrain"/>; who may read is for the gateway to know.
/// </summary>
[Alias("OrleansChat.IRoomPushGrain"), GrainInterfaceType("OrleansChat.IRoomPushGrain")]
public interface IRoomPushGrain : IGrainWithStringKey
{
    /// <summary>Attaches a gateway to a log of the room, or renews its attachment.</summary>
    /// <param name="gateway">Names the gateway process.</param>
    /// <param name="observer">The gateway.</param>
    /// <param name="number">The gateway's own number of the attachment; it rises.</param>
    /// <param name="log">The log: a room that was made again under its name has another one.</param>
    /// <param name="head">The number up to which the gateway holds the log; negative if it holds nothing yet.</param>
    [Alias("Attach"), AlwaysInterleave]
    Task<LogAttachment> Attach(string gateway, IGatewayObserver observer, long number, long log, long head);

    /// <summary>Ends an attachment, unless the gateway has attached itself again.</summary>
    [Alias("Detach"), AlwaysInterleave]
    Task Detach(string gateway, long number);
}
