using System.Net.Http.Headers;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Logging in and out over HTTP.</summary>
public sealed class SessionRequestTests : IAsyncLifetime
{
    private const string LogIn = $$"""{"user": "{{ScriptedChat.Owner}}", "password": "{{ScriptedChat.Password}}", "device": "a test"}""";

    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_login_answers_a_token_that_opens_the_session_until_it_is_logged_out()
    {
        _world.Client.DefaultRequestHeaders.Authorization = null;
        var reply = await _world.SendAsync("POST", "/v1/sessions", LogIn);
        Assert.Equal(201, reply.Status);
        Assert.Equal((ScriptedChat.Owner, ScriptedChat.Name),
            (reply.Json.GetProperty("user").GetString(), reply.Json.GetProperty("name").GetString()));
        var token = reply.Json.GetProperty("token").GetString()!;
        var session = reply.Json.GetProperty("session").GetString()!;
        Assert.DoesNotContain(session, token, StringComparison.Ordinal);
        Assert.True(_world.Chat.HidUsers);
        Assert.Equal(("http", "a test"), _world.Chat.Client);

        _world.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var account = await _world.SendAsync("GET", "/v1/account");
        Assert.Equal("""
            {"user":"messi","name":"Lionel Messi","inbox":"7","epoch":"0123456789abcdef","last":9,"received":3}
            """, account.Text);
        Assert.Equal(204, (await _world.SendAsync("DELETE", $"/v1/sessions/{session}")).Status);
        var ended = await _world.SendAsync("GET", "/v1/account");
        Assert.Equal("no-session", ended.Problem);
        Assert.Equal("Bearer", ended.Headers.WwwAuthenticate.Single().ToString());
        Assert.Equal("no-session", (await _world.SendAsync("DELETE", "/v1/sessions/current")).Problem);
    }

    [Fact]
    public async Task Current_is_the_session_of_the_token()
    {
        Assert.Equal(204, (await _world.SendAsync("DELETE", "/v1/sessions/current")).Status);
        Assert.Equal("no-session", (await _world.SendAsync("GET", "/v1/account")).Problem);
    }

    [Theory]
    [InlineData(LogInStatus.NoSuchUser, 403, "wrong-password")]
    [InlineData(LogInStatus.WrongPassword, 403, "wrong-password")]
    [InlineData(LogInStatus.TooManyAttempts, 429, "too-many")]
    [InlineData(LogInStatus.Busy, 503, "overloaded")]
    public async Task A_login_that_fails_does_not_tell_who_has_an_account(LogInStatus status, int expected, string code)
    {
        _world.Chat.LogIn = status;
        var reply = await _world.SendAsync("POST", "/v1/sessions", LogIn);
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
        Assert.Equal(expected != 403, reply.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task A_name_that_nobody_can_have_is_a_wrong_password_too()
    {
        var reply = await _world.SendAsync("POST", "/v1/sessions", """{"user": "Not\u0000Valid", "password": "x"}""");
        Assert.Equal("wrong-password", reply.Problem);
    }

    [Theory]
    [InlineData("Basic abc")]
    [InlineData("Bearer")]
    [InlineData("Bearer not-a-token")]
    [InlineData("Bearer 8e6b1c9e-6c0d-4d0b-9f0e-0d6a3a4f6f0a")]
    [InlineData("")]
    public async Task A_token_that_is_missing_malformed_or_unknown_is_no_session(string authorization)
    {
        _world.Client.DefaultRequestHeaders.Authorization = null;
        foreach (var path in new[] { "/v1/account", "/v1/conversations", "/v1/messages?user=lineker", "/v1/presence?users=messi" })
        {
            var reply = await _world.SendAsync("GET", path, default(string), ("Authorization", authorization));
            Assert.Equal((401, "no-session"), (reply.Status, reply.Problem));
            Assert.NotEmpty(reply.Headers.WwwAuthenticate);
        }
    }

    [Fact]
    public async Task Guessed_tokens_run_into_the_limit_of_their_address()
    {
        await using var world = await WebWorld.StartAsync(options => options.Limits.AttemptsPerMinute = 1);
        var codes = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            world.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Guid.NewGuid().ToString());
            codes.Add((await world.SendAsync("GET", "/v1/account")).Problem);
        }
        Assert.Equal("no-session", codes[0]);
        Assert.Equal("too-many", codes[^1]);
    }

    [Fact]
    public async Task Nobody_is_online_because_of_a_request()
    {
        await _world.SendAsync("POST", "/v1/sessions", LogIn);
        await _world.SendAsync("GET", "/v1/account");
        await _world.DisposeAsync();
        Assert.Equal(0, _world.Chat.Reported);
    }
}
