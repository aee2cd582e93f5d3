using System.Net;
using System.Net.Sockets;
using OrleansChat.Gateway.Transport;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Tests.Transport;

/// <summary>What the connections of clients inherit from the socket that they connect to.</summary>
public sealed class ListenSocketTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_accepted_connection_notices_a_client_that_vanished_within_25_seconds(bool isShared)
    {
        using var listening = ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0), isShared);
        listening.Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listening.LocalEndPoint!);
        using var accepted = await listening.AcceptAsync();

        Assert.Equal(1, accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        int Tcp(SocketOptionName name) => (int)accepted.GetSocketOption(SocketOptionLevel.Tcp, name)!;
        var probing = Tcp(SocketOptionName.TcpKeepAliveInterval) * Tcp(SocketOptionName.TcpKeepAliveRetryCount);
        Assert.Equal(25, Tcp(SocketOptionName.TcpKeepAliveTime) + probing);
        var userTimeout = new byte[4];
        accepted.GetRawSocketOption(ListenSockets.Linux.IpProtoTcp, ListenSockets.Linux.TcpUserTimeout, userTimeout);
        Assert.Equal(25_000, BitConverter.ToInt32(userTimeout));
    }

    [Fact]
    public void Two_processes_may_share_an_address_and_nobody_else_takes_it()
    {
        using var first = ListenSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0), isShared: true);
        var address = (IPEndPoint)first.LocalEndPoint!;
        using var second = ListenSockets.Bind(address, isShared: true);
        first.Listen();
        second.Listen();

        Assert.Throws<ConfigurationException>(() => ListenSockets.Bind(address, isShared: false).Listen());
    }
}
