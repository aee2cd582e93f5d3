using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Verification.Processes;

/// <summary>
/// Free ports for processes that restart on them. They are below those of outgoing connections, which could otherwise take a port while
/// its process is down.
/// </summary>
internal static class Ports
{
    private const int First = 12_000, Last = 31_000;
    // A random start keeps away from the ports of another run, whose processes may be down at the moment.
    private static int _next = Random.Shared.Next(First, Last);

    /// <summary>A port on which nobody listens, and which was not returned before.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = _next = _next >= Last ? First : _next + 1;
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another process listens there.
            }
        }
    }
}
