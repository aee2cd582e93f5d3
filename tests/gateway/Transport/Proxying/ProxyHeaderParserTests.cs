using System.Buffers;
using System.Net;
using System.Text;
using OrleansChat.Gateway.Transport;
using OrleansChat.Gateway.Transport.Proxying;

namespace OrleansChat.Gateway.Tests.Transport.Proxying;

/// <summary>What is a PROXY header, and what is none.</summary>
public sealed class ProxyHeaderParserTests
{
    private static readonly IPEndPoint Client = new(IPAddress.Parse("192.0.2.1"), 56324), Server = new(IPAddress.Parse("192.0.2.2"), 443);

    [Theory]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\n", "192.168.0.1:56324", "192.168.0.11:443")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 0.0.0.0 1.2.3.4 0 1\r\n", "0.0.0.0:0", "1.2.3.4:1")]
    [InlineData("PROXY TCP6 2001:DB8::1 ::1 1 2\r\n", "[2001:db8::1]:1", "[::1]:2")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN \r \r\n", null, null)]
    [InlineData(
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", null, null)]
    public void A_line_of_version_1_ends_with_CR_LF(string text, string? source, string? destination)
    {
        var status = Parse(Encoding.Latin1.GetBytes(text), out var header);

        Assert.Equal(ProxyHeaderStatus.Complete, status);
        Assert.Equal(
            (text.IndexOf('\n', StringComparison.Ordinal) + 1, source, destination),
            (header!.Length, header.Source?.ToString(), header.Destination?.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROXY")]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r")]
    [InlineData("\r\n\r\n\0")]
    public void What_may_become_a_header_is_waited_for(string text) =>
        Assert.Equal(ProxyHeaderStatus.Incomplete, Parse(Encoding.Latin1.GetBytes(text), out _));

    [Theory]
    [InlineData("auth")]
    [InlineData("proxy")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY tcp4 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY UNKNOWN\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\rPROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 1 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 -1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 00\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\0\r\n")]
    [InlineData("PROXY TCP4 1.2.3.04 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.256 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 ::1 1 1\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 1 1\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 1\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 1\r\n")]
    public void Everything_else_is_refused(string text) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(Encoding.Latin1.GetBytes(text), out _));

    [Fact]
    public void A_line_has_107_bytes_at_most()
    {
        var longest = Encoding.ASCII.GetBytes($"PROXY UNKNOWN {new string('x', 91)}\r\n");
        Assert.Equal(107, longest.Length);
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(longest, out _));

        byte[] longer = [.. longest[..^2], .. "x\r\n"u8];
        Assert.Equal(ProxyHeaderStatus.Incomplete, Parse(longer[..106], out _));
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(longer[..107], out _));
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(longer, out _));
    }

    [Fact]
    public void Version_2_ends_where_it_says_and_what_follows_the_addresses_is_skipped()
    {
        byte[] plain = Headers.Binary(Client, Server);
        byte[] padded = Headers.Binary(Client, Server, Headers.Padding(ProxyHeaderParser.MaxLength - plain.Length));

        Assert.Equal(new ProxyHeader(28, Client, Server), Header(plain));
        Assert.Equal(new ProxyHeader(4096, Client, Server), Header(padded));
        Assert.Equal(ProxyHeaderStatus.Incomplete, Parse(padded[..^1], out _));
    }

    // LOCAL with anything, unspecified, UDP, UNIX: with addresses in it, and without.
    [Theory]
    [InlineData(Headers.LocalCommand, Headers.Tcp4)]
    [InlineData(Headers.LocalCommand, 0xff)]
    [InlineData(Headers.ProxyCommand, 0x00)]
    [InlineData(Headers.ProxyCommand, 0x01)]
    [InlineData(Headers.ProxyCommand, 0x10)]
    [InlineData(Headers.ProxyCommand, 0x12)]
    [InlineData(Headers.ProxyCommand, 0x22)]
    [InlineData(Headers.ProxyCommand, 0x31)]
    [InlineData(Headers.ProxyCommand, 0x32)]
    public void Who_is_no_client_by_TCP_keeps_the_address_of_the_proxy(byte command, byte family)
    {
        foreach (var length in new[] { 0, 12, 216 })
            Assert.Equal(new ProxyHeader(16 + length, null, null), Header(Headers.Binary(command, family, new byte[length])));
    }

    [Theory]
    [InlineData(0x11, Headers.Tcp4, 12)]
    [InlineData(0x31, Headers.Tcp4, 12)]
    [InlineData(0x22, Headers.Tcp4, 12)]
    [InlineData(0x2f, Headers.Tcp4, 12)]
    [InlineData(Headers.ProxyCommand, 0x41, 12)]
    [InlineData(Headers.ProxyCommand, 0x13, 12)]
    [InlineData(Headers.ProxyCommand, Headers.Tcp4, 11)]
    [InlineData(Headers.ProxyCommand, Headers.Tcp6, 35)]
    [InlineData(Headers.ProxyCommand, Headers.Tcp6, 4096 - 15)]
    [InlineData(Headers.LocalCommand, 0x00, 65_535)]
    public void Unknown_versions_commands_and_families_are_refused_and_lengths_that_are_wrong_as_soon_as_they_are_known(
        byte command, byte family, int length) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(Headers.Binary(command, family, new byte[length])[..16], out _));

    [Fact]
    public void A_signature_with_another_byte_is_none()
    {
        var good = Headers.Binary(Client, Server);
        for (var i = 0; i < 12; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= 1;
            Assert.Equal(ProxyHeaderStatus.Malformed, Parse(bad[..(i + 1)], out _));
        }
    }

    private static ProxyHeaderStatus Parse(byte[] received, out ProxyHeader? header) =>
        ProxyHeaderParser.Parse(new ReadOnlySequence<byte>(received), out header);

    private static ProxyHeader? Header(byte[] received)
    {
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(received, out var header));
        return header;
    }
}
