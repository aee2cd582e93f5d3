using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Doors.Line;
using OrleansChat.Gateway.Doors.Web;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Gateway.Sessions.Push;
using OrleansChat.Gateway.Transport;
using OrleansChat.Gateway.Transport.Proxying;
using OrleansChat.Gateway.Transport.Tls;
using OrleansChat.Limits;

namespace OrleansChat.Gateway;

/// <summary>Adds the gateway to a host that has an <see cref="IGrainFactory"/>.</summary>
public static class GatewayHosting
{
    /// <summary>
    /// How much unread input one connection may buffer, in bytes; it holds a line of the greatest length. Beyond it the client's TCP
    /// has to wait.
    /// </summary>
    private const int ReadBufferBytes = 128 << 10;

    /// <summary>Counts the limits that are reached, here or by grains of this process, and says so in the log.</summary>
    public static void AddLimits(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options.Limits);
        services.AddSingleton(options.Proxies);
        services.AddSingleton<LimitMetrics>();
        services.AddHostedService<LimitLog>();
    }

    /// <summary>Answers HTTP, if the options have addresses for it.</summary>
    public static void MapGateway(this WebApplication app, GatewayOptions options)
    {
        if (options.Web.EndPoints.Any()) WebDoor.Map(app);
    }

    /// <summary>Adds everything that serves clients, and listens on the addresses of the options.</summary>
    public static void AddGateway(this WebApplicationBuilder builder, GatewayOptions options)
    {
        builder.Services.AddSingleton(options.Tls);
        builder.Services.AddSingleton(options.Line);
        builder.Services.AddSingleton<IChatGrains, ChatGrains>();
        builder.Services.AddSingleton<Presence>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Presence>());
        builder.Services.AddSingleton<GatewayServices>();
        builder.Services.AddSingleton<StreamHub>();
        builder.Services.AddHostedService(services => services.GetRequiredService<StreamHub>());
        builder.Services.AddSingleton<ProxyHeaders>();
        builder.Services.AddSingleton<LineConnectionHandler>();
        builder.Services.AddSingleton(options.Web);
        builder.Services.AddSingleton<WebDoor>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<Connections>();
        builder.Services.AddHostedService<ConnectionWatch>();
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.CreateBoundListenSocket = endPoint =>
                ListenSockets.Bind(endPoint, isShared: endPoint.Equals(options.SharedListenEndPoint));
            sockets.MaxReadBufferSize = ReadBufferBytes;
        });
        builder.Services.AddSingleton<IConnectionListenerFactory, BoundedTransport>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.SetWebLimits(options.Limits);
            foreach (var endPoint in options.LineEndPoints)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    ProxyHeaders.Use(listen);
                    var isTls = endPoint.Equals(options.Tls.EndPoint);
                    listen.UseConnectionLimits(isTls);
                    if (isTls) listen.UseTls();
                    listen.UseConnectionHandler<LineConnectionHandler>();
                });
            }
            foreach (var endPoint in options.Web.EndPoints)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    ProxyHeaders.Use(listen);
                    var isTls = endPoint.Equals(options.Web.TlsEndPoint);
                    listen.UseConnectionLimits(isTls);
                    if (isTls) listen.UseTls();
                    listen.UseWeb();
                });
            }
        });
        if (options.Tls.EndPoint is null && options.Web.TlsEndPoint is null) return;
        builder.Services.AddSingleton<ServerCertificate>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ServerCertificate>());
    }
}
