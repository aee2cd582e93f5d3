using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Options;

/// <summary>The addresses of the proxies whose PROXY headers are believed.</summary>
internal sealed class TrustedNetworks
{
    private const int Ipv4Bits = 32, Ipv6Bits = 128;

    private readonly IPNetwork[] _networks;

    private TrustedNetworks(IPNetwork[] networks) => _networks = networks;

    /// <summary>Nobody is trusted.</summary>
    public bool IsEmpty => _networks.Length == 0;

    /// <summary>Reads IP addresses and networks in CIDR notation, separated by commas; none of an empty text.</summary>
    /// <exception cref="ConfigurationException">One of them is malformed.</exception>
    public static TrustedNetworks Parse(string text) =>
        new([.. text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries).Select(ParseOne)]);

    /// <summary>Whether a connection from there is a trusted proxy's.</summary>
    public bool Contains(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: var address }) return false;
        // As a socket for both families shows IPv4.
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Array.Exists(_networks, network => network.Contains(address));
    }

    private static IPNetwork ParseOne(string text)
    {
        var parts = text.Split('/');
        if (parts.Length <= 2 && AddressText.TryParse(parts[0], out var address) && !address.IsIPv4MappedToIPv6)
        {
            var bits = address.AddressFamily == AddressFamily.InterNetwork ? Ipv4Bits : Ipv6Bits;
            if (parts.Length == 1) return new IPNetwork(address, bits);
            if (byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) && prefix <= bits)
                return new IPNetwork(address, prefix);
        }
        throw new ConfigurationException(
            $"'{text}' is not a valid address or network of proxies: give --trusted-proxies ADDRESS[/BITS],... "
            + "such as 10.0.0.0/8,192.0.2.1,::1 (IPv4 as such, not mapped).");
    }
}
