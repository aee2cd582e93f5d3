using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansChat.Gateway.Hosting;

namespace OrleansChat.Gateway;

/// <summary>Adds the gateway to a host that has an <see cref="IGrainFactory"/>.</summary>
public static class GatewayHosting
{
    /// <summary>How long a stop waits for commands in flight, and a silo for its grains.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Listens for clients where the options say.</summary>
    public static void AddGateway(this WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<Presence>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Presence>());
        builder.Services.AddSingleton<GatewayServices>();
        builder.Services.AddSingleton<ChatConnectionHandler>();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endPoint =>
            endPoint.Equals(options.SharedListenEndPoint) ? BindShared(options.SharedListenEndPoint) : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var endPoint in new[] { options.ListenEndPoint, options.SharedListenEndPoint }.OfType<IPEndPoint>())
                kestrel.Listen(endPoint, listen => listen.UseConnectionHandler<ChatConnectionHandler>());
        });
    }

    /// <summary>Binds with SO_REUSEPORT, which .NET has no name for. Every process that shares the address must run as the same user.</summary>
    private static Socket BindShared(IPEndPoint endPoint)
    {
        const int SolSocket = 1, SoReusePort = 15;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
        socket.Bind(endPoint);
        return socket;
    }
}
