using System.Net;
using OrleansChat.Verification.Clients.Conversations;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients.Web;

/// <summary>The HTTP doors of gateways, for one client.</summary>
/// <param name="gateways">Their addresses.</param>
/// <param name="user">The client's user.</param>
/// <param name="settleAsync">Waits until the ledger knows all that was committed before.</param>
internal sealed class WebDoors(IReadOnlyList<EndPoint> gateways, string user, Func<Task> settleAsync) : IConversationDoors
{
    private readonly WebMemory _memory = new() { User = user };

    public bool IsShown => false;

    public bool IsLate => true;

    public Task SettleAsync() => settleAsync();

    public async Task<IConversationDoor?> OpenDoorAsync(int gateway)
    {
        try
        {
            return new WebDoor(await HttpWire.ConnectAsync(gateways[gateway]), _memory);
        }
        catch (WireBrokenException)
        {
            return null;
        }
    }
}
