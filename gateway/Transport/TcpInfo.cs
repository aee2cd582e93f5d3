using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Gateway.Transport;

/// <summary>Reads what Linux tells of a TCP connection: struct tcp_info (linux/tcp.h), which only grows; its fields never move.</summary>
internal static class TcpInfo
{
    /// <summary>The bytes up to the end of the last field used, tcpi_bytes_retrans, which Linux has since 4.19.</summary>
    public const int Length = 216;

    private const int ProtocolTcp = 6;
    private const int OptionTcpInfo = 11;
    private const int StateEstablished = 1;
    private const int StateCloseWait = 8;

    private static readonly Lazy<bool> Answer = new(Ask);

    /// <summary>
    /// Whether this kernel supplies all the fields. It is found out once, by a connection of this process to itself: an old kernel
    /// knows fewer fields, a sandbox may leave counters at zero, and other systems do not have them at all.
    /// </summary>
    public static bool IsSupported => Answer.Value;

    /// <summary>Takes a sample; false where the socket is gone.</summary>
    public static bool TryRead(Socket socket, out TransportSample sample)
    {
        sample = default;
        Span<byte> info = stackalloc byte[Length];
        try
        {
            return TryParse(info[..socket.GetRawSocketOption(ProtocolTcp, OptionTcpInfo, info)], out sample);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Parses what the kernel wrote; false where a field is missing.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> info, out TransportSample sample)
    {
        sample = default;
        if (info.Length < Length) return false;
        var queued = BinaryPrimitives.ReadUInt32LittleEndian(info[144..]);
        var taken = Number(info, 200) - Number(info, 208) + queued;
        sample = new TransportSample(info[0] == StateCloseWait, Number(info, 120), taken, Number(info, 128), info[0] == StateEstablished);
        return true;

        static long Number(ReadOnlySpan<byte> info, int offset) => BinaryPrimitives.ReadInt64LittleEndian(info[offset..]);
    }

    /// <summary>Whether a sample shows an open connection that has sent and received these many bytes, all acknowledged.</summary>
    internal static bool IsRight(in TransportSample sample, int sent, int received) =>
        sample.IsOpen && sample.Taken >= sent && sample.Acknowledged >= sent && sample.Received >= received;

    private static bool Ask()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start(1);
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(listener.LocalEndpoint);
            using var server = listener.AcceptSocket();
            var one = new byte[1];
            // The third byte acknowledges the second.
            client.Send(one);
            server.Receive(one);
            server.Send(one);
            client.Receive(one);
            client.Send(one);
            server.Receive(one);
            return TryRead(server, out var sample) && IsRight(sample, sent: 1, received: 2);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
