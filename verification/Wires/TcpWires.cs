using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Verification.Wires;

/// <summary>Connections to gateways in processes of their own, by TCP.</summary>
internal sealed class TcpWires(IReadOnlyList<EndPoint> gateways) : IWires
{
    /// <inheritdoc/>
    public int Gateways => gateways.Count;

    /// <inheritdoc/>
    public async Task<IWire> ConnectAsync(int gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(gateways[gateway]);
            return new TcpWire(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new WireBrokenException($"no connection: {e.SocketErrorCode}", e);
        }
    }
}
