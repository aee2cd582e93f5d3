using System.Globalization;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Silo;

namespace OrleansChat.Deployment.Tests;

/// <summary>The load balancer's configuration fits the services beside it.</summary>
public sealed class LoadBalancerTests
{
    private readonly ComposeFile _compose = ComposeFile.Read();
    private readonly string[][] _lines = [.. Checkout.ReadLines("deploy/haproxy.cfg").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [Fact]
    public void It_knows_each_gateway_and_its_port()
    {
        var gateways = _compose.BuiltFrom("gateway").Select(g => $"{g.Key}:{IPPort(g.Value.Environment["Chat__" + nameof(GatewayOptions.Listen)])}");
        Assert.Equal(gateways, All("server").Select(words => words[2]));
        Assert.All(_compose.Services["load-balancer"].DependsOn.Keys.Zip(All("server")), pair => Assert.Equal(pair.First, pair.Second[1]));
    }

    [Fact]
    public void It_listens_on_the_port_that_is_published() =>
        Assert.Equal(IPPort(_compose.Services["load-balancer"].Ports.Single()), Only("bind")[1].TrimStart(':'));

    [Fact]
    public void It_passes_bytes_on_and_asks_gateways_for_an_answer()
    {
        Assert.Equal("tcp", Only("mode")[1]);
        Assert.Contains(All("option"), words => words[1] == "tcp-check");
        Assert.Contains("check", Only("default-server"));
        Assert.Equal("gateways", Only("default_backend")[1]);
    }

    [Fact]
    public void It_says_whose_connections_it_passes_on_to_gateways_that_believe_it_and_so_do_its_checks()
    {
        Assert.Contains("send-proxy-v2", Only("default-server"));
        Assert.Equal(["tcp-check connect send-proxy"], All("tcp-check").Where(words => words[1] == "connect").Select(words => string.Join(' ', words)));
        Assert.Contains("edge", _compose.Services["load-balancer"].Networks);
        Assert.All(_compose.BuiltFrom("gateway"), gateway => Assert.NotEmpty(gateway.Value.Environment["Chat__" + nameof(GatewayOptions.TrustedProxies)]));
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_connection_may_be_silent_for_as_long_as_a_session(string side) =>
        Assert.Equal(new ChatOptions().SessionIdleTimeout, TimeSpan.FromDays(int.Parse(Timeout(side).TrimEnd('d'), CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("cli", "bind")]
    [InlineData("srv", "default-server")]
    public void A_peer_that_vanished_is_noticed_within_20_seconds(string side, string line)
    {
        Assert.Contains(All("option"), words => words[1] == $"{side}tcpka");
        var (idle, interval, count) = (Only($"{side}tcpka-idle")[1], Only($"{side}tcpka-intvl")[1], Only($"{side}tcpka-cnt")[1]);
        Assert.Equal(20, Seconds(idle) + Seconds(interval) * int.Parse(count, CultureInfo.InvariantCulture));
        var words = Only(line);
        Assert.Equal(20, Seconds(words[Array.IndexOf(words, "tcp-ut") + 1]));
    }

    [Fact]
    public void It_stops_in_time_and_has_the_files_for_its_connections()
    {
        var service = _compose.Services["load-balancer"];
        Assert.True(service.StopsWithin > TimeSpan.FromSeconds(Seconds(Only("hard-stop-after")[1])));
        // Two for each connection, and some of its own.
        Assert.True(service.Ulimits!.Nofile > 2 * int.Parse(Only("maxconn")[1], CultureInfo.InvariantCulture) + 100);
    }

    private static string IPPort(string address) => address.Split(':')[^1];

    private static int Seconds(string text) => int.Parse(text.TrimEnd('s'), CultureInfo.InvariantCulture);

    private string Timeout(string of) => _lines.Single(words => words[0] == "timeout" && words[1] == of)[2];

    private string[] Only(string keyword) => All(keyword).Single();

    private IEnumerable<string[]> All(string keyword) => _lines.Where(words => words[0] == keyword);
}
