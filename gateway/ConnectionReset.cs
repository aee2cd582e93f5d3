using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansChat.Gateway;

/// <summary>Ends connections so that the client notices: old clients take a closed socket for a silent one.</summary>
internal static class ConnectionReset
{
    /// <summary>Has TCP reset a connection, whatever is under way on it.</summary>
    public static void Reset(ConnectionContext connection)
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
