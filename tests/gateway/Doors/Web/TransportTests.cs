using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Limits;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>HTTP below the requests: versions, lengths, proxies, names of hosts.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task With_TLS_it_has_the_certificate_of_the_text_protocol_and_its_cookie_is_secure()
    {
        using var files = new TestCertificate("web");
        await using var world = await WebWorld.StartAsync(options =>
        {
            (options.Web.Listen, options.Web.TlsListen) = ("", "127.0.0.1:0");
            (options.Tls.Certificate, options.Tls.Key) = (files.CertificateFile, files.KeyFile);
        });
        using var handler = new SocketsHttpHandler { UseCookies = false, SslOptions = files.Trusted };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{world.Address.Port}") };
        const string LogIn = $$"""{"user": "{{ScriptedChat.Owner}}", "password": "{{ScriptedChat.Password}}", "cookie": true}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions")
        {
            Content = new StringContent(LogIn, Encoding.UTF8, "application/json"),
            Headers = { { "Origin", $"https://localhost:{world.Address.Port}" } },
        };
        using var response = await client.SendAsync(request);
        Assert.Equal(201, (int)response.StatusCode);
        Assert.StartsWith("__Host-orleanschat=", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_1_0_is_answered()
    {
        var answer = await _world.SendRawAsync(Encoding.ASCII.GetBytes(
            $"GET /v1/account HTTP/1.0\r\nAuthorization: Bearer {_world.Token}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("\"user\":\"messi\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HTTP_2_by_prior_knowledge_is_refused()
    {
        var answer = await _world.SendRawAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n", 400, "bad-request")]
    [InlineData("GET /v1/account HTTP/1.1\r\n\r\n", 400, "bad-request")]
    [InlineData("GET /v1/account HTTP/3.0\r\nHost: localhost\r\n\r\n", 400, "bad-request")]
    [InlineData("GET /v1/account HTTP/1.1\r\nHost localhost\r\n\r\n", 400, "bad-request")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "bad-request")]
    [InlineData("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400, "bad-request")]
    public async Task What_is_no_HTTP_is_refused_as_a_problem_too(string request, int status, string code)
    {
        var answer = await _world.SendRawAsync(Encoding.ASCII.GetBytes(request));
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Cache-Control: no-store\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith($"\"code\":\"{code}\"}}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000, 414, "uri-too-long", "GET /v1/blocks?x={0} HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData(100_000, 431, "headers", "GET /v1/account HTTP/1.1\r\nHost: localhost\r\nX: {0}\r\n\r\n")]
    public async Task Nor_does_the_server_fall_silent_where_something_is_much_too_long(int length, int status, string code, string request)
    {
        var answer = await _world.SendRawAsync(Encoding.ASCII.GetBytes(
            request.Replace("{0}", new string('x', length), StringComparison.Ordinal)));
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.EndsWith($"\"code\":\"{code}\"}}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_refused()
    {
        var answer = await _world.SendRawAsync("GET", "/v1/blocks?x=" + new string('x', 9_000));
        Assert.StartsWith("HTTP/1.1 414", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"uri-too-long\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_are_too_large_are_refused()
    {
        var answer = await _world.SendRawAsync("GET", "/v1/account", $"X-Large: {new string('x', 33_000)}");
        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"headers\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_a_connection_are_answered_in_order()
    {
        var request = $"GET /v1/account HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_world.Token}\r\n";
        var answer = await _world.SendRawAsync(Encoding.ASCII.GetBytes($"{request}\r\n{request}Connection: close\r\n\r\n"));
        Assert.Equal(3, answer.Split("HTTP/1.1 200 OK").Length);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8080", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("chat.localhost", true)]
    [InlineData("chat.example.org", false)]
    [InlineData("127.0.0.1.example.org", false)]
    [InlineData("10.0.0.1", false)]
    public async Task Without_origins_only_loopback_names_are_served(string host, bool isServed)
    {
        var answer = await GetAsync(_world, host);
        Assert.StartsWith(isServed ? "HTTP/1.1 200" : "HTTP/1.1 403", answer, StringComparison.Ordinal);
        if (!isServed) Assert.Contains("\"code\":\"forbidden\"", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(_world, host, "/ready"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_origins_every_name_is_served()
    {
        await using var world = await WebWorld.StartAsync(options => options.Web.Origins = "https://chat.example.org");
        Assert.StartsWith("HTTP/1.1 200", await GetAsync(world, "chat.example.org"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_is_a_status_and_nothing_else()
    {
        var answer = await GetAsync(_world, "localhost", "/ready");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 0", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_proxy_names_the_client_before_the_request()
    {
        await using var world = await WebWorld.StartAsync(options =>
        {
            options.Proxies.Trusted = "127.0.0.1";
            options.Limits.MaxConnectionsPerAddress = 1;
        });
        var request = $"GET /v1/account HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {world.Token}\r\n\r\n";
        var answer = await world.SendRawAsync(Encoding.ASCII.GetBytes($"PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n{request}"));
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Empty(await world.SendRawAsync(Encoding.ASCII.GetBytes(request)));
    }

    [Fact]
    public async Task Requests_over_the_budget_of_their_address_wait()
    {
        await using var world = await WebWorld.StartAsync(options => options.Limits.LinesPerSecond = 20);
        for (var i = 0; i < 8; i++) await world.SendAsync("GET", "/v1/openapi.json");
        Assert.True(world.Services.GetRequiredService<LimitMetrics>().CountOf(LimitNames.Pace) > 0);
    }

    private static Task<string> GetAsync(WebWorld world, string host, string path = "/v1/account") =>
        world.SendRawAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {world.Token}\r\n\r\n"));
}
