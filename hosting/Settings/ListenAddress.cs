using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Hosting.Settings;

/// <summary>Addresses that a program is told to listen on, and cannot.</summary>
public static class ListenAddress
{
    /// <summary>Checks that an address can be listened on, for a component that opens it later and would not say why it cannot.</summary>
    /// <exception cref="ConfigurationException">It cannot.</exception>
    public static void Require(IPEndPoint endPoint)
    {
        try
        {
            using var listener = new TcpListener(endPoint);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw Refusal(endPoint, exception);
        }
    }

    /// <summary>Says why it cannot be listened on.</summary>
    public static ConfigurationException Refusal(EndPoint endPoint, SocketException reason) => new(
        $"{endPoint} cannot be listened on: " + reason.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "another program has it. Give another port, or stop that one.",
            SocketError.AddressNotAvailable => "this machine has no such address.",
            SocketError.AccessDenied =>
                "ports below 1024 need a right of their own (CAP_NET_BIND_SERVICE; AmbientCapabilities= in systemd). Give another port.",
            SocketError.AddressFamilyNotSupported => "this machine does not speak that version of IP.",
            _ => reason.Message,
        }, reason);
}
