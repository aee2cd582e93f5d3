using OrleansChat.GrainInterfaces.Push;
using OrleansChat.Grains.Push;

namespace OrleansChat.Grains.Rooms;

// What gateways hear of the room. Null while none has attached itself.
public sealed partial class RoomGrain
{
    private Attachments? _gateways;

    /// <inheritdoc/>
    public Task<LogAttachment> Attach(string gateway, IGatewayObserver observer, long number, long log, long head)
    {
        _gateways ??= new Attachments(outboxes, time);
        return _gateways.AttachAsync(gateway, observer, number, log, head);
    }

    /// <inheritdoc/>
    public Task Detach(string gateway, long number)
    {
        _gateways?.Detach(gateway, number);
        CloseIfEmpty();
        return Task.CompletedTask;
    }
}
