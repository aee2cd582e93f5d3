using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansChat.Gateway;

/// <summary>Adds the gateway to a host that has an <see cref="IGrainFactory"/>.</summary>
public static class GatewayHosting
{
    /// <summary>Listens for clients on the given address and port.</summary>
    public static void AddGateway(this WebApplicationBuilder builder, IPEndPoint endPoint)
    {
        builder.Services.AddSingleton<Presence>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Presence>());
        builder.Services.AddSingleton<GatewayServices>();
        builder.Services.AddSingleton<ChatConnectionHandler>();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(endPoint, listen => listen.UseConnectionHandler<ChatConnectionHandler>()));
    }
}
