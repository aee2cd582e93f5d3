using System.Globalization;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>The load balancer's configuration fits the services beside it.</summary>
public sealed class LoadBalancerTests
{
    private readonly ComposeFile _compose = ComposeFile.Read();
    private readonly ComposeFile _tls = ComposeFile.Read("docker-compose.tls.yml");
    private readonly string[][] _lines = [.. Checkout.ReadLines("deploy/haproxy.cfg")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [Fact]
    public void It_knows_each_gateway_and_its_ports()
    {
        string[] gateways = [.. _compose.BuiltFrom("gateway").Select(gateway => gateway.Key)];
        Assert.Equal(gateways.Select(name => $"{name} {name}:{PortOf(_compose, name, "Listen")}"),
            Servers("gateways"));
        Assert.Equal(gateways.Select(name => $"{name} {name}:{PortOf(_tls, name, "Tls__Listen")}"),
            Servers("tls-gateways"));
        Assert.Equal(gateways, _compose.Services["load-balancer"].DependsOn.Keys);
        Assert.Equal(gateways, _tls.Services.Keys.Where(name => name != "load-balancer"));
        Assert.All(All("server").Where(words => words.Contains("track")), words => Assert.Equal($"gateways/{words[1]}", words[^1]));
    }

    [Fact]
    public void It_listens_on_the_ports_that_are_published()
    {
        var published = _compose.Services["load-balancer"].Ports.Concat(_tls.Services["load-balancer"].Ports);
        Assert.Equal(published.Select(IPPort), All("bind").Select(words => words[1].TrimStart(':')));
        Assert.Equal(["gateways", "tls-gateways"], All("default_backend").Select(words => words[1]));
    }

    [Fact]
    public void The_certificate_is_where_the_gateways_look_for_it() =>
        Assert.All(_tls.Services.Where(service => service.Key != "load-balancer"), gateway =>
        {
            var files = gateway.Value.SecretFiles;
            Assert.All(files, file => Assert.Contains(file.Value, _tls.Secrets.Keys));
            string[] settings = ["Tls__Certificate", "Tls__Key"];
            Assert.Equal(files.Keys.Select(file => $"/run/secrets/{file}"),
                settings.Select(name => gateway.Value.Environment["Chat__" + name]));
        });

    [Fact]
    public void It_passes_bytes_on_and_asks_gateways_for_an_answer()
    {
        Assert.Equal("tcp", Only("mode")[1]);
        Assert.Contains(All("option"), words => words[1] == "tcp-check");
        Assert.Single(All("default-server"), words => words.Contains("check"));
    }

    [Fact]
    public void It_says_whose_connections_it_passes_on_to_gateways_that_believe_it_and_so_do_its_checks()
    {
        Assert.All(All("default-server"), words => Assert.Contains("send-proxy-v2", words));
        Assert.Equal(["tcp-check connect send-proxy"],
            All("tcp-check").Where(words => words[1] == "connect").Select(words => string.Join(' ', words)));
        Assert.Contains("edge", _compose.Services["load-balancer"].Networks);
        Assert.All(_compose.BuiltFrom("gateway"),
            gateway => Assert.NotEmpty(gateway.Value.Environment["Chat__Proxies__Trusted"]));
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_connection_may_be_silent_for_as_long_as_a_session(string side) =>
        Assert.Equal(new SessionOptions().IdleTimeout,
            TimeSpan.FromDays(int.Parse(Timeout(side).TrimEnd('d'), CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("cli", "bind")]
    [InlineData("srv", "default-server")]
    public void A_peer_that_vanished_is_noticed_within_20_seconds(string side, string line)
    {
        Assert.Single(All("option"), words => words[1] == $"{side}tcpka");
        var (idle, interval, count) = (Only($"{side}tcpka-idle")[1], Only($"{side}tcpka-intvl")[1], Only($"{side}tcpka-cnt")[1]);
        Assert.Equal(20, Seconds(idle) + Seconds(interval) * int.Parse(count, CultureInfo.InvariantCulture));
        Assert.All(All(line), words => Assert.Equal(20, Seconds(words[Array.IndexOf(words, "tcp-ut") + 1])));
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

    private static string PortOf(ComposeFile compose, string service, string setting) =>
        IPPort(compose.Services[service].Environment["Chat__" + setting]);

    /// <summary>The names and addresses of a backend's servers.</summary>
    private IEnumerable<string> Servers(string backend) => _lines
        .SkipWhile(words => words is not ["backend", var name] || name != backend).Skip(1)
        .TakeWhile(words => words is not ["backend", ..])
        .Where(words => words is ["server", ..]).Select(words => $"{words[1]} {words[2]}");

    private string[] Only(string keyword) => All(keyword).Single();

    private IEnumerable<string[]> All(string keyword) => _lines.Where(words => words[0] == keyword);
}
