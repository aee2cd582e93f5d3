using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansChat.Gateway.Transport;

/// <summary>The progress of a plain TCP connection, where the platform exposes it: see <see cref="TcpInfo"/>.</summary>
internal sealed class TcpProgress(ConnectionContext transport) : ITransportProgress
{
    private readonly Socket? _socket = TcpInfo.IsSupported ? transport.Features.Get<IConnectionSocketFeature>()?.Socket : null;

    // The client's bytes begin after the proxy's header.
    private readonly long _headerLength = transport.Features.Get<ProxyHeader>()?.Length ?? 0;

    /// <inheritdoc/>
    public bool IsSupported => _socket is not null;

    /// <inheritdoc/>
    public long Seen { get; private set; }

    /// <inheritdoc/>
    public void Arrived(long consumed, long arrived) => Seen = arrived;

    /// <inheritdoc/>
    public bool TryRead(out TransportSample sample)
    {
        sample = default;
        if (_socket is null || !TcpInfo.TryRead(_socket, out var ofTransport)) return false;
        sample = ofTransport with { Received = ofTransport.Received - _headerLength };
        return true;
    }
}
