using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Verification.Processes;

/// <summary>
/// Free ports for processes that come back to them: below those that the kernel gives to outgoing connections, of which one
/// would take a port while its process is down.
/// </summary>
internal static class Ports
{
    private const int First = 12_000, Last = 31_000;
    // Far from those of another run, whose processes may be down just now.
    private static int _next = Random.Shared.Next(First, Last);

    /// <summary>A port that nobody listens on, and that was not given before.</summary>
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
                // Somebody listens there.
            }
        }
    }
}
