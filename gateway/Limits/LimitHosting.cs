using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Transport;

namespace OrleansChat.Gateway.Limits;

/// <summary>Counts connections in front of everything that is done for them.</summary>
internal static class LimitHosting
{
    /// <summary>What a connection costs its address, in lines: to take it in, and for TLS to sign its handshake.</summary>
    private const double LinesAConnection = 10, LinesATlsConnection = 50;

    /// <summary>
    /// Resets the connections of this address for which there is no room; the others carry a <see cref="ClientConnection"/>.
    /// </summary>
    public static void UseConnectionLimits(this ListenOptions listen, bool isTls)
    {
        var connections = listen.ApplicationServices.GetRequiredService<Connections>();
        listen.Use(next => async transport =>
        {
            if (!connections.TryAdd(transport, isTls ? LinesATlsConnection : LinesAConnection, out var connection))
            {
                transport.Reset();
                return;
            }
            try
            {
                transport.Features.Set(connection);
                await next(transport);
            }
            finally
            {
                connections.Remove(connection);
            }
        });
    }
}
