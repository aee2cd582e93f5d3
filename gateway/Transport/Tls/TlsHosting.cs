using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>Puts TLS in front of a door.</summary>
internal static class TlsHosting
{
    /// <summary>How long a client may take for its handshake before its connection ends.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes clients of this address speak TLS from their first byte.</summary>
    public static void UseTls(this ListenOptions listen)
    {
        var certificate = listen.ApplicationServices.GetRequiredService<ServerCertificate>();
        listen.Use(next => async connection =>
        {
            TlsProgress.Observe(connection);
            try
            {
                await next(connection);
            }
            catch (SocketException)
            {
                // The client left before its handshake was over: not an error of this service.
            }
        });
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = HandshakeTimeout,
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate.Current,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ApplicationProtocols = [],
            }),
        });
    }
}
