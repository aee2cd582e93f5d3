using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Gateway.Tls;

namespace OrleansChat.Gateway;

/// <summary>Adds the gateway to a host that has an <see cref="IGrainFactory"/>.</summary>
public static class GatewayHosting
{
    /// <summary>How long a stop waits for commands in flight, and a silo for its grains.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Listens for clients where the options say.</summary>
    public static void AddGateway(this WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<Presence>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Presence>());
        builder.Services.AddSingleton<GatewayServices>();
        builder.Services.AddSingleton<ChatConnectionHandler>();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket =
            endPoint => ListenSockets.Bind(endPoint, isShared: endPoint.Equals(options.SharedListenEndPoint)));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var endPoint in options.EndPoints)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    if (endPoint.Equals(options.TlsListenEndPoint)) listen.UseTls();
                    listen.UseConnectionHandler<ChatConnectionHandler>();
                });
            }
        });
        if (options.TlsListenEndPoint is null) return;
        builder.Services.AddSingleton<ServerCertificate>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ServerCertificate>());
    }
}
