using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansChat.Gateway.Transport;

/// <summary>Ends connections with a TCP reset instead of an orderly close.</summary>
internal static class ConnectionReset
{
    /// <summary>Resets the connection, so that the client notices: old clients mistake a closed socket for a silent one.</summary>
    public static void Reset(this ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            try
            {
                socket.LingerState = new(enable: true, seconds: 0);
            }
            catch (ObjectDisposedException)
            {
                // The connection has ended already.
            }
            socket.Dispose();
        }
        connection.Abort();
    }
}
