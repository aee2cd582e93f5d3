using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OrleansChat.Gateway.Proxying;

namespace OrleansChat.Gateway;

/// <summary>
/// How far a TCP connection has got, as Linux tells it (<c>TCP_INFO</c>). Other systems do not tell: there
/// <see cref="TryRead"/> answers false.
/// </summary>
internal sealed class TcpProgress(ConnectionContext transport) : ITransportProgress
{
    private const int ProtocolTcp = 6;
    private const int OptionTcpInfo = 11;
    private const int InfoLength = 216;
    private const int StateEstablished = 1;
    private const int StateCloseWait = 8;

    private readonly Socket? _socket = OperatingSystem.IsLinux() ? transport.Features.Get<IConnectionSocketFeature>()?.Socket : null;

    // The client's bytes begin behind it.
    private readonly long _headerLength = transport.Features.Get<ProxyHeader>()?.Length ?? 0;

    /// <inheritdoc/>
    public bool CanTell => _socket is not null;

    /// <inheritdoc/>
    public bool TryRead(out TransportSample sample)
    {
        sample = default;
        Span<byte> info = stackalloc byte[InfoLength];
        try
        {
            if (_socket is null || _socket.GetRawSocketOption(ProtocolTcp, OptionTcpInfo, info) < InfoLength) return false;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
        // Offsets in struct tcp_info (linux/tcp.h): they never change, the structure only grows.
        var queued = BinaryPrimitives.ReadUInt32LittleEndian(info[144..]);
        sample = new TransportSample(
            info[0] == StateCloseWait, Number(info, 120), Number(info, 200) - Number(info, 208) + queued, Number(info, 128) - _headerLength, info[0] == StateEstablished);
        return true;

        static long Number(ReadOnlySpan<byte> info, int offset) => BinaryPrimitives.ReadInt64LittleEndian(info[offset..]);
    }
}
