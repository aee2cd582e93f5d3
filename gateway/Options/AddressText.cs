using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Gateway.Options;

/// <summary>IP addresses in the one form that PROXY headers and their settings have.</summary>
internal static class AddressText
{
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>
    /// Parses an IP address in the form that the specification asks for: no short forms, octal numbers, brackets, scopes.
    /// </summary>
    public static bool TryParse(string text, out IPAddress address)
    {
        var isAddress = IPAddress.TryParse(text, out var parsed) && !text.AsSpan().ContainsAnyExcept(AddressCharacters)
            && (parsed.AddressFamily == AddressFamily.InterNetworkV6 || parsed.ToString() == text);
        address = isAddress ? parsed! : IPAddress.None;
        return isAddress;
    }
}
