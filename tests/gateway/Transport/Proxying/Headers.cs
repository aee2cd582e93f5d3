using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace OrleansChat.Gateway.Tests.Transport.Proxying;

/// <summary>PROXY headers. Written from the specification, not from the code under test.</summary>
internal static class Headers
{
    public const byte ProxyCommand = 0x21, LocalCommand = 0x20;
    public const byte Tcp4 = 0x11, Tcp6 = 0x21;

    /// <summary>A line of version 1.</summary>
    public static byte[] Line(IPEndPoint source, IPEndPoint destination)
    {
        var family = source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        return Encoding.ASCII.GetBytes($"PROXY {family} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n");
    }

    /// <summary>Version 2, with more bytes behind the addresses.</summary>
    public static byte[] Binary(IPEndPoint source, IPEndPoint destination, params byte[] more)
    {
        var family = source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? Tcp4 : Tcp6;
        byte[] addresses = [.. source.Address.GetAddressBytes(), .. destination.Address.GetAddressBytes()];
        return Binary(ProxyCommand, family, [.. addresses, .. Port(source), .. Port(destination), .. more]);
    }

    /// <summary>Version 2, of whatever kind.</summary>
    public static byte[] Binary(byte command, byte family, params byte[] block) =>
        [
            0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
            command, family, (byte)(block.Length >> 8), (byte)block.Length, .. block,
        ];

    /// <summary>Padding (a TLV of type NOOP) of that many bytes in all.</summary>
    public static byte[] Padding(int length) => [4, (byte)((length - 3) >> 8), (byte)(length - 3), .. new byte[length - 3]];

    private static byte[] Port(IPEndPoint end)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)end.Port);
        return bytes;
    }
}
