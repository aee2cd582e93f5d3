using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Transport;
using OrleansChat.Limits;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Limits;

/// <summary>What counts as one address, and how long it is remembered.</summary>
public sealed class ClientAddressTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LimitMetrics _metrics = new();
    private readonly LogLines<Connections> _log = new();

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::1", "::2", false)]
    public void A_client_of_IPv6_has_a_network_of_64_bits(string one, string other, bool isSame) =>
        Assert.Equal(isSame, ClientAddress.NameOf(Peer(one)) == ClientAddress.NameOf(Peer(other)));

    [Fact]
    public void Behind_a_proxy_it_is_the_clients_or_nobodys()
    {
        var connections = new Connections(
            new LimitOptions { MaxConnectionsPerAddress = 1 }, new ProxyOptions { BehindProxy = true }, _metrics, _time, _log);
        Assert.True(TryAdd(connections, "10.0.0.1"));
        Assert.True(TryAdd(connections, "10.0.0.1"));
        Assert.True(TryAdd(connections, "192.0.2.1", new ProxyHeader(28, Peer("192.0.2.1"), null)));
        Assert.True(TryAdd(connections, "192.0.2.2", new ProxyHeader(28, Peer("192.0.2.2"), null)));
        Assert.False(TryAdd(connections, "192.0.2.1", new ProxyHeader(28, Peer("192.0.2.1"), null)));
        Assert.True(TryAdd(connections, "10.0.0.1", new ProxyHeader(16, null, null)));
        Assert.True(TryAdd(connections, "10.0.0.1", new ProxyHeader(16, null, null)));
    }

    [Fact]
    public void An_operator_is_told_once_that_a_proxy_hides_whose_connections_it_passes_on()
    {
        var connections = new Connections(new LimitOptions(), new ProxyOptions { BehindProxy = true }, _metrics, _time, _log);
        TryAdd(connections, "192.0.2.1", new ProxyHeader(28, Peer("192.0.2.1"), null));
        TryAdd(connections, "10.0.0.1", new ProxyHeader(16, null, null));
        Assert.Empty(_log.Lines);
        for (var i = 0; i < 3; i++) TryAdd(connections, "10.0.0.1");
        Assert.Contains("--trusted-proxies", Assert.Single(_log.At(LogLevel.Warning)), StringComparison.Ordinal);

        TryAdd(new Connections(new LimitOptions(), new ProxyOptions(), _metrics, _time, _log), "192.0.2.1");
        Assert.Single(_log.Lines);
    }

    [Fact]
    public void What_an_address_has_used_up_is_remembered_when_its_connections_have_ended()
    {
        var connections = new Connections(new LimitOptions { AttemptsPerMinute = 1 }, new ProxyOptions(), _metrics, _time, _log);
        Assert.True(connections.TryAdd(From("192.0.2.1"), 0, out var first));
        for (var i = 0; i < 5; i++) Assert.True(first.Address.TryToken());
        connections.Remove(first);
        connections.ForgetAddresses();

        Assert.True(connections.TryAdd(From("192.0.2.1"), 0, out var second));
        Assert.False(second.Address.TryToken());
        connections.Remove(second);
        _time.Advance(TimeSpan.FromMinutes(6));
        connections.ForgetAddresses();
        Assert.True(connections.TryAdd(From("192.0.2.1"), 0, out var third));
        Assert.NotSame(second.Address, third.Address);
    }

    private static bool TryAdd(Connections connections, string peer, ProxyHeader? header = null) =>
        connections.TryAdd(From(peer, header), 0, out _);

    private static DefaultConnectionContext From(string peer, ProxyHeader? header = null)
    {
        var transport = new DefaultConnectionContext("test") { RemoteEndPoint = Peer(peer) };
        if (header is not null) transport.Features.Set(header);
        return transport;
    }

    private static IPEndPoint Peer(string address) => new(IPAddress.Parse(address), 4711);
}
