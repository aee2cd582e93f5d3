using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Verification.Wires;

/// <summary>TCP connections to gateways in processes of their own.</summary>
internal sealed class TcpWires(IReadOnlyList<EndPoint> gateways) : IWires
{
    public int Gateways => gateways.Count;

    public async Task<IWire> ConnectAsync(int gateway)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(gateways[gateway]);
            return new TcpWire(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new WireBrokenException($"no connection: {exception.SocketErrorCode}", exception);
        }
    }
}
