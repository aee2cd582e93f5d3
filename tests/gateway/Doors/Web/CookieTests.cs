using System.Net.Http.Headers;
using System.Text;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>The token of a page, in a cookie.</summary>
public sealed class CookieTests
{
    private const string LogIn =
        $$"""{"user": "{{ScriptedChat.Owner}}", "password": "{{ScriptedChat.Password}}", "cookie": true}""";
    private const string Own = "https://chat.example.org";

    [Fact]
    public async Task On_plain_loopback_a_page_gets_a_cookie_that_its_scripts_cannot_read()
    {
        await using var world = await WebWorld.StartAsync();
        var origin = $"http://127.0.0.1:{world.Address.Port}";
        var (login, cookie) = await LogInAsync(world, ("Origin", origin));
        Assert.Matches("^orleanschat=[0-9a-f-]{36}; HttpOnly; SameSite=Strict; Path=/$", cookie);
        Assert.False(login.Json.TryGetProperty("token", out _));

        var page = ("Cookie", cookie.Split(';')[0]);
        Assert.Equal(200, (await world.SendAsync("GET", "/v1/account", default(string), page)).Status);
        var ended = await world.SendAsync("DELETE", "/v1/sessions/current", "{}", page, ("Origin", origin));
        Assert.Equal(204, ended.Status);
        Assert.StartsWith("orleanschat=; Max-Age=0", ended.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Equal("no-session", (await world.SendAsync("GET", "/v1/account", default(string), page)).Problem);
    }

    [Fact]
    public async Task A_login_that_carries_a_cookie_comes_from_an_own_page_too()
    {
        await using var world = await WebWorld.StartAsync();
        var body = $$"""{"user": "{{ScriptedChat.Owner}}", "password": "{{ScriptedChat.Password}}"}""";
        (string, string) cookie = ("Cookie", "orleanschat=any");

        var reply = await world.SendAsync("POST", "/v1/sessions", body, cookie, ("Origin", "http://evil.example"));
        Assert.Equal((403, "forbidden"), (reply.Status, reply.Problem));
        reply = await world.SendAsync("POST", "/v1/sessions", body, cookie, ("Origin", $"http://127.0.0.1:{world.Address.Port}"));
        Assert.Equal(201, reply.Status);
    }

    [Fact]
    public async Task An_https_origin_behind_a_trusted_proxy_gets_a_secure_one()
    {
        await using var world = await WebWorld.StartAsync(options =>
        {
            options.Proxies.Trusted = "127.0.0.1";
            options.Web.Origins = Own;
        });
        var answer = await world.SendRawAsync(Encoding.ASCII.GetBytes(
            "PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\nPOST /v1/sessions HTTP/1.1\r\nHost: chat.example.org\r\nConnection: close\r\n"
            + $"Origin: {Own}\r\nContent-Type: application/json\r\nContent-Length: {LogIn.Length}\r\n\r\n{LogIn}"));
        Assert.Matches("Set-Cookie: __Host-orleanschat=[0-9a-f-]{36}; Secure; HttpOnly; SameSite=Strict; Path=/\r\n", answer);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("https://evil.example.org", null)]
    [InlineData("null", null)]
    [InlineData("https://chat.example.org.evil.org", null)]
    [InlineData(Own, "cross-site")]
    [InlineData(Own, "same-site")]
    public async Task A_request_of_another_site_neither_gets_a_cookie_nor_uses_one(string? origin, string? site)
    {
        await using var world = await WebWorld.StartAsync(options => options.Web.Origins = Own);
        var (_, cookie) = await LogInAsync(world, ("Origin", Own), ("Sec-Fetch-Site", "same-origin"));
        List<(string, string)> headers = [];
        if (origin is not null) headers.Add(("Origin", origin));
        if (site is not null) headers.Add(("Sec-Fetch-Site", site));

        Assert.Equal("forbidden", (await world.SendAsync("POST", "/v1/sessions", LogIn, [.. headers])).Problem);
        var page = ("Cookie", cookie.Split(';')[0]);
        Assert.Equal("forbidden", (await world.SendAsync("PUT", "/v1/blocks/lineker", "{}", [.. headers, page])).Problem);
        Assert.DoesNotContain(world.Chat.Asked, asked => asked.Method == nameof(IConversationGrain.SetBlocked));
    }

    [Fact]
    public async Task A_request_with_a_cookie_says_that_it_is_JSON_as_no_form_can()
    {
        await using var world = await WebWorld.StartAsync(options => options.Web.Origins = Own);
        var (_, cookie) = await LogInAsync(world, ("Origin", Own));
        var page = ("Cookie", cookie.Split(';')[0]);
        var bare = await world.SendAsync("DELETE", "/v1/sessions/current", default(string), page, ("Origin", Own));
        Assert.Equal("media-type", bare.Problem);
        var form = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("text/plain") } };
        Assert.Equal("media-type", (await world.SendAsync("PUT", "/v1/blocks/lineker", form, page, ("Origin", Own))).Problem);
    }

    [Fact]
    public async Task A_token_and_a_cookie_in_one_request_are_refused()
    {
        await using var world = await WebWorld.StartAsync();
        var reply = await world.SendAsync("GET", "/v1/account", default(string), ("Cookie", $"orleanschat={world.Token}"));
        Assert.Equal("bad-request", reply.Problem);
    }

    [Fact]
    public async Task Where_a_neighbour_could_have_planted_it_a_cookie_without_the_prefix_is_none()
    {
        await using var world = await WebWorld.StartAsync(options => options.Web.Origins = Own);
        var answer = await world.SendRawAsync(Encoding.ASCII.GetBytes(
            $"GET /v1/account HTTP/1.1\r\nHost: chat.example.org\r\nConnection: close\r\nCookie: orleanschat={world.Token}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("__Host-orleanschat={0}", true)]
    [InlineData("a=b; orleanschat={0}; c=d", true)]
    [InlineData("__HOST-orleanschat={0}", false)]
    [InlineData("__host-orleanschat={0}", false)]
    [InlineData("Orleanschat={0}", false)]
    [InlineData("xorleanschat={0}", false)]
    public async Task A_cookie_has_its_name_in_no_other_case(string cookie, bool isOwn)
    {
        await using var world = await WebWorld.StartAsync();
        world.Client.DefaultRequestHeaders.Authorization = null;
        var named = ("Cookie", cookie.Replace("{0}", world.Token, StringComparison.Ordinal));
        Assert.Equal(isOwn ? 200 : 401, (await world.SendAsync("GET", "/v1/account", default(string), named)).Status);
    }

    /// <summary>Logs in for a cookie; afterwards the client has no token of its own.</summary>
    private static async Task<(WebReply Reply, string Cookie)> LogInAsync(WebWorld world, params (string, string)[] headers)
    {
        world.Client.DefaultRequestHeaders.Authorization = null;
        var reply = await world.SendAsync("POST", "/v1/sessions", LogIn, headers);
        Assert.Equal(201, reply.Status);
        return (reply, reply.Headers.GetValues("Set-Cookie").Single());
    }
}
