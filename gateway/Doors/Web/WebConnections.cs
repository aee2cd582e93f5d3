using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Doors.Web.Requests;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>Makes an address one of the HTTP door.</summary>
internal static class WebConnections
{
    /// <summary>How long a connection without a request stays open, where the operator has set no time.</summary>
    internal static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);

    /// <summary>
    /// What Kestrel takes: more than the door does, so that the door refuses nearly everything that is too long, in its own words.
    /// </summary>
    private const int MaxRequestLine = 32 << 10, MaxHeaders = 64 << 10, MaxBuffered = 128 << 10, MaxHeaderCount = 500;

    /// <summary>Gives each connection what its requests share, and tells presence when it has ended.</summary>
    public static void UseWeb(this ListenOptions listen)
    {
        var services = listen.ApplicationServices.GetRequiredService<GatewayServices>();
        // One request at a time: HTTP/2 would mix those of many on a connection.
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => async transport =>
        {
            var connection = new WebConnection(transport, services);
            transport.Features.Set(connection);
            transport.Transport = BareErrors.Over(transport.Transport);
            try
            {
                await next(transport);
            }
            finally
            {
                connection.Session.Leave();
            }
        });
    }

    /// <summary>Sets what the server takes of a request.</summary>
    public static void SetWebLimits(this KestrelServerOptions kestrel, LimitOptions limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBufferSize = MaxBuffered;
        kestrel.Limits.MaxRequestLineSize = MaxRequestLine;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaders;
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaderCount;
        kestrel.Limits.MaxRequestBodySize = BodyLimits.MaxBytes;
        // As of the other door's clients, also when the end of the last answer waits in Kestrel's hands.
        kestrel.Limits.MinResponseDataRate = new MinDataRate(
            ConnectionWatch.FastEnough / Math.Max(1, limits.SlowReaderTimeout.TotalSeconds), TimeSpan.FromSeconds(10));
        kestrel.Limits.RequestHeadersTimeout = limits.LineTimeout;
        kestrel.Limits.KeepAliveTimeout = limits.IdleTimeout > TimeSpan.Zero ? limits.IdleTimeout : KeepAlive;
    }
}
