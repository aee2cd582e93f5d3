using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansChat.Gateway;

/// <summary>
/// How far a TCP connection has got, as Linux tells it (<c>TCP_INFO</c>). Other systems do not tell: there
/// <see cref="TryRead"/> answers false.
/// </summary>
internal sealed class TcpProgress(ConnectionContext transport) : ITransportProgress
{
    private const int ProtocolTcp = 6;
    private const int OptionTcpInfo = 11;
    private const int StateCloseWait = 8;

    private readonly Socket? _socket = OperatingSystem.IsLinux() ? transport.Features.Get<IConnectionSocketFeature>()?.Socket : null;
    private readonly byte[] _info = new byte[216];

    /// <inheritdoc/>
    public bool TryRead(out TransportSample sample)
    {
        sample = default;
        try
        {
            if (_socket is null || _socket.GetRawSocketOption(ProtocolTcp, OptionTcpInfo, _info) < _info.Length) return false;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
        // Offsets in struct tcp_info (linux/tcp.h): they never change, the structure only grows.
        var acknowledged = Number(120);
        var queued = BinaryPrimitives.ReadUInt32LittleEndian(_info.AsSpan(144));
        sample = new TransportSample(_info[0] == StateCloseWait, acknowledged, Number(200) - Number(208) + queued, Number(128));
        return true;
    }

    private long Number(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_info.AsSpan(offset));
}
