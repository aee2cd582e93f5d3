using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Transport;

/// <summary>Makes the sockets that clients connect to. Every accepted connection inherits the options set here.</summary>
internal static class ListenSockets
{
    /// <summary>
    /// How long a client that vanished with its network may go unnoticed. More would have presence show it for longer than the
    /// protocol promises (30 s).
    /// </summary>
    public static readonly TimeSpan SilentLoss = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan FirstProbe = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(5);

    /// <summary>Binds an address for this process alone, or one that several processes of a machine share.</summary>
    /// <exception cref="ConfigurationException">This process cannot listen on the address.</exception>
    public static Socket Bind(EndPoint endPoint, bool isShared)
    {
        Socket socket;
        try
        {
            socket = isShared ? BindShared((IPEndPoint)endPoint) : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }
        catch (SocketException exception)
        {
            throw ListenAddress.Refusal(endPoint, exception);
        }
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)FirstProbe.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)ProbeInterval.TotalSeconds);
        var probes = (int)((SilentLoss - FirstProbe) / ProbeInterval);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, probes);
        // Keep-alive probes stop while data is unacknowledged, so that case needs a timeout of its own.
        var silentLoss = BitConverter.GetBytes((int)SilentLoss.TotalMilliseconds);
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(Linux.IpProtoTcp, Linux.TcpUserTimeout, silentLoss);
        return socket;
    }

    /// <summary>Binds with SO_REUSEPORT: all processes that share the address must run as the same user.</summary>
    private static Socket BindShared(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(Linux.SolSocket, Linux.SoReusePort, BitConverter.GetBytes(1));
        socket.Bind(endPoint);
        return socket;
    }

    /// <summary>Linux socket options that .NET has no names for.</summary>
    public static class Linux
    {
        public const int SolSocket = 1;
        public const int SoReusePort = 15;
        public const int IpProtoTcp = 6;
        public const int TcpUserTimeout = 18;
    }
}
