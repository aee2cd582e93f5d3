using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansChat.Gateway;

/// <summary>
/// How far a TCP connection has got, as Linux tells it (<c>TCP_INFO</c>). Other systems do not tell: there
/// <see cref="TryRead"/> answers false.
/// </summary>
internal sealed class TcpProgress(ConnectionContext transport)
{
    private const int ProtocolTcp = 6;
    private const int OptionTcpInfo = 11;
    private const int StateCloseWait = 8;

    private readonly Socket? _socket = OperatingSystem.IsLinux() ? transport.Features.Get<IConnectionSocketFeature>()?.Socket : null;
    private readonly byte[] _info = new byte[216];

    /// <summary>Takes a sample. False where there is nothing to be learned: another system, or the socket is gone.</summary>
    public bool TryRead(out Sample sample)
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
        sample = new Sample(_info[0] == StateCloseWait, acknowledged, Number(200) - Number(208) + queued, Number(128));
        return true;
    }

    private long Number(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_info.AsSpan(offset));

    /// <summary>The state of a connection at one moment; all counts are bytes since it was opened.</summary>
    /// <param name="EndedByClient">The client has ended its side in order, and nothing was reset.</param>
    /// <param name="Acknowledged">What the client's TCP has acknowledged.</param>
    /// <param name="Taken">What the kernel has taken from this process to send.</param>
    /// <param name="Received">What arrived from the client, read or not.</param>
    public readonly record struct Sample(bool EndedByClient, long Acknowledged, long Taken, long Received);
}
