using System.Globalization;
using OrleansChat.Silo.Settings;

namespace OrleansChat.Deployment.Tests;

/// <summary>The load balancer's configuration fits the services beside it.</summary>
public sealed class LoadBalancerTests
{
    private readonly ComposeFile _compose = ComposeFile.Read();
    private readonly ComposeFile _tls = ComposeFile.Read("docker-compose.tls.yml");
    private readonly HaproxyConfig _config = HaproxyConfig.Read("deploy/haproxy.cfg", "deploy/haproxy-https.cfg");

    [Fact]
    public void It_knows_each_gateway_and_its_ports()
    {
        string[] gateways = [.. _compose.BuiltFrom("gateway").Select(gateway => gateway.Key)];
        foreach (var (backend, compose, setting) in new[]
        {
            ("gateways", _compose, "Listen"), ("tls-gateways", _tls, "Tls__Listen"), ("web-gateways", _compose, "Web__Listen"),
        })
        {
            Assert.Equal(gateways.Select(name => $"{name} {name}:{PortOf(compose, name, setting)}"),
                _config.Backend(backend).Own("server").Select(words => $"{words[1]} {words[2]}"));
        }
        Assert.Equal(gateways, _compose.Services["load-balancer"].DependsOn.Keys);
        Assert.Equal(gateways, _tls.Services.Keys.Where(name => name != "load-balancer"));
        Assert.All(_config.Backend("tls-gateways").Own("server"), words => Assert.Equal($"gateways/{words[1]}", words[^1]));
    }

    [Fact]
    public void It_listens_on_the_ports_that_are_published()
    {
        var published = _compose.Services["load-balancer"].Ports.Concat(_tls.Services["load-balancer"].Ports);
        Assert.Equal(published.Select(IPPort).Order(),
            _config.All("frontend").Select(frontend => frontend.Value("bind")[0].TrimStart(':')).Order());
        Assert.Equal(
            ["clients gateways", "tls-clients tls-gateways", "web web-gateways", "web-tls web-gateways"],
            _config.All("frontend").Select(frontend => $"{frontend.Name} {frontend.Value("default_backend")[0]}"));
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
    public void It_passes_the_bytes_of_the_text_protocol_on_and_asks_gateways_for_an_answer()
    {
        string[] sections = ["clients", "tls-clients", "gateways", "tls-gateways"];
        Assert.Equal(sections, _config.All("frontend").Concat(_config.All("backend"))
            .Where(section => section.Value("mode")[0] == "tcp").Select(section => section.Name));
        Assert.Single(_config.Backend("gateways").Own("option", "tcp-check"));
        Assert.Contains("check", _config.Backend("gateways").Value("default-server"));
    }

    [Fact]
    public void It_says_whose_connections_it_passes_on_to_gateways_that_believe_it_and_so_do_its_checks()
    {
        Assert.All(_config.All("backend"), backend => Assert.Contains("send-proxy-v2", backend.Value("default-server")));
        Assert.Equal(["send-proxy"], _config.Backend("gateways").Value("tcp-check", "connect"));
        Assert.Contains("edge", _compose.Services["load-balancer"].Networks);
        Assert.All(_compose.BuiltFrom("gateway"),
            gateway => Assert.NotEmpty(gateway.Value.Environment["Chat__Proxies__Trusted"]));
    }

    [Theory]
    [InlineData("client")]
    [InlineData("server")]
    public void A_connection_of_the_text_protocol_may_be_silent_for_as_long_as_a_session(string side) =>
        Assert.Equal(new SessionOptions().IdleTimeout, _config.Backend("gateways").Time("timeout", side));

    [Theory]
    [InlineData("cli", "frontend", "bind")]
    [InlineData("srv", "backend", "default-server")]
    public void A_peer_that_vanished_is_noticed_within_20_seconds(string side, string kind, string line) =>
        Assert.All(_config.All(kind), section =>
        {
            Assert.Empty(section.Value("option", $"{side}tcpka"));
            var interval = section.Time($"{side}tcpka-intvl");
            var count = int.Parse(section.Value($"{side}tcpka-cnt")[0], CultureInfo.InvariantCulture);
            Assert.Equal(TimeSpan.FromSeconds(20), section.Time($"{side}tcpka-idle") + interval * count);
            var words = section.Value(line);
            Assert.Equal("20s", words[Array.IndexOf(words, "tcp-ut") + 1]);
        });

    [Fact]
    public void It_stops_in_time_and_has_the_files_for_its_connections()
    {
        var (service, process) = (_compose.Services["load-balancer"], _config.All("global").Single());
        Assert.True(service.StopsWithin > process.Time("hard-stop-after"));
        // Two for each connection, and some of its own.
        Assert.True(service.Ulimits!.Nofile > 2 * int.Parse(process.Value("maxconn")[0], CultureInfo.InvariantCulture) + 100);
    }

    private static string IPPort(string address) => address.Split(':')[^1];

    private static string PortOf(ComposeFile compose, string service, string setting) =>
        IPPort(compose.Services[service].Environment["Chat__" + setting]);
}
