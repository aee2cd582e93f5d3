using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansChat.Gateway.Options;

namespace OrleansChat.Gateway.Transport.Proxying;

/// <summary>
/// Reads PROXY protocol headers, version 1 (a line) and 2 (binary), as HAProxy's <c>proxy-protocol.txt</c> specifies them.
/// </summary>
/// <remarks>
/// Only TCP addresses are used. Every other valid header (<c>UNKNOWN</c>, <c>LOCAL</c>, unspecified, UDP, UNIX) counts as one
/// without addresses. The TLVs after the addresses of version 2 are skipped, and so is a checksum (CRC32c): TCP has its own.
/// </remarks>
internal static class ProxyHeaderParser
{
    /// <summary>
    /// The longest header of version 2 that is accepted, in bytes; the specification lets a sender announce 64 KiB. What senders add
    /// to the 52 bytes of addresses (names, a connection id, something about TLS) fits. nginx has the same limit.
    /// </summary>
    public const int MaxLength = 4096;

    /// <summary>The longest line of version 1 in bytes, its end included. The addresses of version 2 end before this length.</summary>
    public const int MaxLineLength = 107;

    private const int FixedLength = 16, VersionOffset = 12, FamilyOffset = 13, LengthOffset = 14;
    private const int Version = 2, Local = 0, Proxy = 1;
    private const int MaxFamily = 3, MaxProtocol = 2, Tcp4 = 0x11, Tcp6 = 0x21;

    private static ReadOnlySpan<byte> LineStart => "PROXY "u8;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Looks for a header at the start of a connection's input; <paramref name="header"/> is set when it is complete.</summary>
    public static ProxyHeaderStatus Parse(in ReadOnlySequence<byte> received, out ProxyHeader? header)
    {
        Span<byte> copy = stackalloc byte[MaxLineLength];
        var start = copy[..(int)Math.Min(received.Length, MaxLineLength)];
        received.Slice(0, start.Length).CopyTo(start);
        header = null;
        return BeginsLike(start, Signature) ? ParseBinary(start, received.Length, out header)
            : BeginsLike(start, LineStart) ? ParseLine(start, out header)
            : ProxyHeaderStatus.Malformed;
    }

    private static bool BeginsLike(ReadOnlySpan<byte> start, ReadOnlySpan<byte> expected) =>
        start.Length < expected.Length ? expected.StartsWith(start) : start.StartsWith(expected);

    private static ProxyHeaderStatus ParseLine(ReadOnlySpan<byte> start, out ProxyHeader? header)
    {
        header = null;
        var lineFeed = start.IndexOf((byte)'\n');
        if (lineFeed < 0) return start.Length < MaxLineLength ? ProxyHeaderStatus.Incomplete : ProxyHeaderStatus.Malformed;
        if (start[lineFeed - 1] != '\r') return ProxyHeaderStatus.Malformed;
        var length = lineFeed + 1;
        header = Encoding.Latin1.GetString(start[..(lineFeed - 1)]).Split(' ') switch
        {
            [_, "UNKNOWN", ..] => new ProxyHeader(length, null, null),
            [_, "TCP4", .. var ends] => FromText(length, AddressFamily.InterNetwork, ends),
            [_, "TCP6", .. var ends] => FromText(length, AddressFamily.InterNetworkV6, ends),
            _ => null,
        };
        return header is null ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.Complete;
    }

    private static ProxyHeader? FromText(int length, AddressFamily family, string[] ends) =>
        ends.Length == 4 && EndPoint(family, ends[0], ends[2]) is { } source && EndPoint(family, ends[1], ends[3]) is { } destination
            ? new ProxyHeader(length, source, destination)
            : null;

    private static IPEndPoint? EndPoint(AddressFamily family, string address, string port) =>
        AddressText.TryParse(address, out var ip) && ip.AddressFamily == family
        && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == port
            ? new IPEndPoint(ip, number)
            : null;

    private static ProxyHeaderStatus ParseBinary(ReadOnlySpan<byte> start, long received, out ProxyHeader? header)
    {
        header = null;
        if (start.Length < FixedLength) return ProxyHeaderStatus.Incomplete;
        var (version, command) = (start[VersionOffset] >> 4, start[VersionOffset] & 0xf);
        var family = command == Local ? 0 : start[FamilyOffset];
        var length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(start[LengthOffset..]);
        var addressLength = family switch { Tcp4 => 4, Tcp6 => 16, _ => 0 };
        var addressesEnd = FixedLength + (addressLength == 0 ? 0 : 2 * (addressLength + sizeof(ushort)));
        if (version != Version || command is not (Local or Proxy) || family >> 4 > MaxFamily || (family & 0xf) > MaxProtocol
            || length < addressesEnd || length > MaxLength)
        {
            return ProxyHeaderStatus.Malformed;
        }
        if (received < length) return ProxyHeaderStatus.Incomplete;
        header = addressLength == 0
            ? new ProxyHeader(length, null, null)
            : FromBytes(length, start[FixedLength..addressesEnd], addressLength);
        return ProxyHeaderStatus.Complete;
    }

    private static ProxyHeader FromBytes(int length, ReadOnlySpan<byte> block, int addressLength)
    {
        var ports = block[(2 * addressLength)..];
        return new ProxyHeader(
            length,
            new IPEndPoint(new IPAddress(block[..addressLength]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(
                new IPAddress(block.Slice(addressLength, addressLength)),
                BinaryPrimitives.ReadUInt16BigEndian(ports[sizeof(ushort)..])));
    }
}
