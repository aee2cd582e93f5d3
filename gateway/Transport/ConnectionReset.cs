using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansChat.Gateway.Transport;

/// <summary>How this service ends a connection that it must end.</summary>
internal static class ConnectionReset
{
    /// <summary>Ends the connection so that the client notices: old clients take a closed socket for a silent one.</summary>
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
                // It has ended already.
            }
            socket.Dispose();
        }
        connection.Abort();
    }
}
