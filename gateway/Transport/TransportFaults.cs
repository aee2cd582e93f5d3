using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace OrleansChat.Gateway.Transport;

/// <summary>Tells the exceptions of a lost connection from others.</summary>
internal static class TransportFaults
{
    /// <summary>Whether an exception may mean that the client has gone.</summary>
    public static bool IsOfTransport(this Exception exception) => exception is IOException or SocketException or ConnectionAbortedException;
}
