using System.Net;

namespace OrleansChat.Gateway.Transport;

/// <summary>
/// The PROXY header that a connection began with; a connection feature where there was one, and so the sign that the TCP of a
/// proxy, not the client's, acknowledges what is sent.
/// </summary>
/// <param name="Length">What it took of the connection's input, in bytes.</param>
/// <param name="Source">The client's address; null where the header names none that this service can use.</param>
/// <param name="Destination">Where the client connected to; null with <paramref name="Source"/>.</param>
internal sealed record ProxyHeader(int Length, IPEndPoint? Source, IPEndPoint? Destination);

/// <summary>What the bytes that arrived so far are.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>The beginning of a header, or nothing yet.</summary>
    Incomplete,

    /// <summary>A header, whatever may follow it.</summary>
    Complete,

    /// <summary>No header, whatever may follow.</summary>
    Malformed,
}
