using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansChat.Gateway.Transport;

/// <summary>What a client's going looks like.</summary>
internal static class TransportFaults
{
    /// <summary>Whether an exception may be a client's going.</summary>
    public static bool IsOfTransport(this Exception exception) => exception is IOException or SocketException or ConnectionAbortedException;
}
