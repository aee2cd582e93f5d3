using System.Net;
using OrleansChat.Gateway.Options;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Tests.Options;

/// <summary>Whose PROXY headers are believed.</summary>
public sealed class TrustedNetworksTests
{
    [Theory]
    [InlineData("10.0.0.0/8, 192.0.2.1,::1", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8, 192.0.2.1,::1", "11.0.0.1", false)]
    [InlineData("10.0.0.0/8, 192.0.2.1,::1", "192.0.2.1", true)]
    [InlineData("10.0.0.0/8, 192.0.2.1,::1", "192.0.2.2", false)]
    [InlineData("10.0.0.0/8, 192.0.2.1,::1", "::1", true)]
    [InlineData("10.0.0.0/8, 192.0.2.1,::1", "::2", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.0.0.1", true)]
    [InlineData("10.1.2.3/8", "10.0.0.1", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("", "127.0.0.1", false)]
    public void An_address_is_in_the_list_or_not(string list, string peer, bool isTrusted)
    {
        var networks = TrustedNetworks.Parse(list);

        Assert.Equal(isTrusted, networks.Contains(new IPEndPoint(IPAddress.Parse(peer), 1)));
        Assert.Equal(list.Length == 0, networks.IsEmpty);
    }

    [Fact]
    public void Where_a_connection_has_no_address_nobody_is_trusted() =>
        Assert.False(TrustedNetworks.Parse("0.0.0.0/0,::/0").Contains(null));

    [Theory]
    [InlineData(",")]
    [InlineData("10.0.0.0/8,")]
    [InlineData("10/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("::ffff:10.0.0.0/104")]
    [InlineData("127.0.0.1:8889")]
    [InlineData("localhost")]
    public void A_malformed_one_is_refused(string list) =>
        Assert.Contains(
            "--trusted-proxies", Assert.Throws<ConfigurationException>(() => TrustedNetworks.Parse(list)).Message,
            StringComparison.Ordinal);
}
