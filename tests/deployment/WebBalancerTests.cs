using System.Text.Json;
using OrleansChat.Gateway.Doors.Web;
using OrleansChat.Gateway.Options;

namespace OrleansChat.Deployment.Tests;

/// <summary>What the load balancer does with HTTP fits what the gateways do with it.</summary>
public sealed class WebBalancerTests
{
    private readonly ComposeFile _compose = ComposeFile.Read();
    private readonly ComposeFile _tls = ComposeFile.Read("docker-compose.tls.yml");
    private readonly HaproxyConfig _config = HaproxyConfig.Read("deploy/haproxy.cfg", "deploy/haproxy-https.cfg");

    private HaproxyConfig.Section Gateways => _config.Backend("web-gateways");

    private IEnumerable<HaproxyConfig.Section> Frontends =>
        _config.All("frontend").Where(frontend => frontend.Value("default_backend")[0] == Gateways.Name);

    [Fact]
    public void It_reads_requests_and_gives_them_to_gateways_that_say_that_they_are_ready()
    {
        Assert.Equal(["web", "web-tls"], Frontends.Select(frontend => frontend.Name));
        Assert.All(Frontends.Append(Gateways), section => Assert.Equal("http", section.Value("mode")[0]));
        Assert.Empty(Gateways.Value("option", "httpchk"));
        Assert.Equal(["meth", "GET", "uri", WebDoor.ReadyPath], Gateways.Value("http-check", "send"));
        Assert.Equal(["status", "200"], Gateways.Value("http-check", "expect"));
        Assert.Contains("check", Gateways.Value("default-server"));
        // A check with a port of its own would not begin with a PROXY header.
        Assert.DoesNotContain("port", Gateways.Value("default-server"));
    }

    [Fact]
    public void A_connection_to_a_gateway_whose_PROXY_header_names_a_client_is_for_that_client_alone() =>
        Assert.Equal(["never"], Gateways.Value("http-reuse"));

    [Fact]
    public void It_is_as_patient_as_the_gateways_and_more_so_with_what_they_answer()
    {
        var limits = new LimitOptions();
        foreach (var section in Frontends)
        {
            Assert.True(section.Time("timeout", "http-request") >= limits.LineTimeout, section.Name);
            Assert.True(section.Time("timeout", "http-keep-alive") >= WebConnections.KeepAlive, section.Name);
            Assert.True(section.Time("timeout", "client") > limits.LineTimeout, section.Name);
            Assert.Empty(section.Value("option", "http-no-delay"));
        }
        Assert.True(Gateways.Time("timeout", "server") > Price.LongestWait);
    }

    [Theory]
    [InlineData(502, "unavailable")]
    [InlineData(503, "overloaded")]
    [InlineData(504, "unavailable")]
    public void Its_own_errors_are_problems_too(int status, string code)
    {
        var line = string.Join(' ', Gateways.Value("http-error", "status", $"{status}"));
        Assert.StartsWith("content-type application/problem+json hdr Cache-Control no-store ", line, StringComparison.Ordinal);
        Assert.Contains(" hdr Retry-After 2 ", line, StringComparison.Ordinal);
        var body = JsonDocument.Parse(line[(line.IndexOf('\'', StringComparison.Ordinal) + 1)..^1]).RootElement;
        Assert.Equal(["type", "title", "status", "detail", "code"], body.EnumerateObject().Select(field => field.Name));
        Assert.Equal((status, code), (body.GetProperty("status").GetInt32(), body.GetProperty("code").GetString()));
    }

    [Fact]
    public void With_TLS_it_reads_both_files_and_finds_the_certificate_with_its_key_beside_it()
    {
        var (usual, tls) = (_compose.Services["load-balancer"], _tls.Services["load-balancer"]);
        var mounted = usual.Volumes.Concat(tls.Volumes).Select(volume => volume.Split(':')).ToArray();
        Assert.Equal(["./deploy/haproxy.cfg", "./deploy/haproxy-https.cfg"], mounted.Select(parts => parts[0]));
        Assert.All(mounted, parts => Assert.True(Checkout.Has(parts[0]), parts[0]));
        Assert.Equal(["haproxy", .. mounted.SelectMany(parts => new[] { "-f", parts[1] })], tls.Command);

        var bind = _config.All("frontend").Single(frontend => frontend.Name == "web-tls").Value("bind");
        var certificate = Path.GetFileName(bind[Array.IndexOf(bind, "crt") + 1]);
        Assert.Equal(["server.pem", "server.key"], new[] { certificate, $"{certificate}.key" }.Select(file => tls.SecretFiles[file]));
        Assert.All(tls.SecretFiles.Values, secret => Assert.Contains(secret, _tls.Secrets.Keys));
    }
}
