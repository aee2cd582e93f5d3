using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Transport;

namespace OrleansChat.Gateway.Limits;

/// <summary>Applies the limits of connections before anything else is done for them.</summary>
internal static class LimitHosting
{
    /// <summary>What a connection costs its address, in lines: accepting it, and with TLS signing its handshake.</summary>
    private const double LinesPerConnection = 10, LinesPerTlsConnection = 50;

    /// <summary>
    /// Resets the connections that a limit refuses; the others get a <see cref="ClientConnection"/> as a feature.
    /// </summary>
    public static void UseConnectionLimits(this ListenOptions listen, bool isTls)
    {
        var connections = listen.ApplicationServices.GetRequiredService<Connections>();
        listen.Use(next => async transport =>
        {
            if (!connections.TryAdd(transport, isTls ? LinesPerTlsConnection : LinesPerConnection, out var connection))
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
