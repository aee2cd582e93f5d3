using System.Text;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Names that a request is addressed to, and origins of pages, through a proxy or not.</summary>
public sealed class HostTests
{
    private const string Own = "https://chat.example.org", Header = "PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n";

    [Theory]
    [InlineData("chat.example.org", false)]
    [InlineData("chat.example.org", true)]
    [InlineData("gateway-1:8080", false)]
    [InlineData("gateway-1:8080", true)]
    [InlineData("localhost", true)]
    public async Task With_origins_a_program_may_use_any_name(string host, bool isProxied)
    {
        await using var world = await StartAsync(Own, isProxied);
        var answer = await SendAsync(world, isProxied, "GET", "/v1/account", host, $"Authorization: Bearer {world.Token}\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat.example.org", "403")]
    [InlineData("localhost", "200")]
    public async Task Without_origins_a_proxy_changes_nothing(string host, string status)
    {
        await using var world = await StartAsync("", isProxied: true);
        var answer = await SendAsync(world, true, "GET", "/v1/account", host, $"Authorization: Bearer {world.Token}\r\n");
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example", "https://evil.example", "403")]
    [InlineData("localhost", "http://localhost", "403")]
    [InlineData("chat.example.org", "http://chat.example.org", "403")]
    [InlineData("evil.example", Own, "204")]
    [InlineData("chat.example.org", Own, "204")]
    public async Task With_origins_a_cookie_goes_by_the_origin_whatever_the_name(string host, string origin, string status)
    {
        foreach (var isProxied in new[] { false, true })
        {
            await using var world = await StartAsync(Own, isProxied);
            var answer = await SendAsync(
                world, isProxied, "DELETE", "/v1/sessions/current", host,
                $"Cookie: __Host-orleanschat={world.Token}\r\nOrigin: {origin}\r\nContent-Type: application/json\r\n");
            Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://localhost:5173", "orleanschat")]
    [InlineData($"http://localhost:5173,{Own}", "__Host-orleanschat")]
    public async Task A_page_of_this_machine_that_is_named_as_an_origin_gets_a_cookie_that_counts(string origins, string name)
    {
        await using var world = await StartAsync(origins, isProxied: false);
        const string Body = $$"""{"user": "{{ScriptedChat.Owner}}", "password": "{{ScriptedChat.Password}}", "cookie": true}""";
        const string Page = "Origin: http://localhost:5173\r\nContent-Type: application/json\r\n";
        var login = await SendAsync(world, false, "POST", "/v1/sessions", "localhost:5173", Page, Body);
        var cookie = login.Split("Set-Cookie: ")[1].Split(';')[0];
        Assert.StartsWith($"{name}=", cookie, StringComparison.Ordinal);

        var answer = await SendAsync(world, false, "GET", "/v1/account", "localhost:5173", $"Cookie: {cookie}\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        answer = await SendAsync(world, false, "DELETE", "/v1/sessions/current", "localhost:5173", $"Cookie: {cookie}\r\n{Page}");
        Assert.StartsWith("HTTP/1.1 204", answer, StringComparison.Ordinal);
        Assert.Contains($"Set-Cookie: {name}=; Max-Age=0", answer, StringComparison.Ordinal);
    }

    private static Task<WebWorld> StartAsync(string origins, bool isProxied) => WebWorld.StartAsync(options =>
    {
        options.Web.Origins = origins;
        if (isProxied) options.Proxies.Trusted = "127.0.0.1";
    });

    private static Task<string> SendAsync(
        WebWorld world, bool isProxied, string method, string path, string host, string headers, string body = "") =>
        world.SendRawAsync(Encoding.ASCII.GetBytes(
            $"{(isProxied ? Header : "")}{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}"
            + $"Content-Length: {body.Length}\r\n\r\n{body}"));
}
