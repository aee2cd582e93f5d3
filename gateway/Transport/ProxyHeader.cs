using System.Net;

namespace OrleansChat.Gateway.Transport;

/// <summary>
/// The PROXY header that a connection began with; a connection feature where there was one. Its presence means that a proxy's TCP,
/// not the client's, acknowledges what is sent.
/// </summary>
/// <param name="Length">How many bytes of the connection's input the header took.</param>
/// <param name="Source">The client's address; null where the header names none, or one that this service cannot use.</param>
/// <param name="Destination">The address that the client connected to; null together with <paramref name="Source"/>.</param>
internal sealed record ProxyHeader(int Length, IPEndPoint? Source, IPEndPoint? Destination);

/// <summary>What the bytes that have arrived so far contain.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>The beginning of a header, or nothing yet.</summary>
    Incomplete,

    /// <summary>A whole header, whatever may follow it.</summary>
    Complete,

    /// <summary>Not a header, whatever may follow.</summary>
    Malformed,
}
