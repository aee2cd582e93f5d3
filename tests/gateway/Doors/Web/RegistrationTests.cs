using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Registering over HTTP.</summary>
public sealed class RegistrationTests : IAsyncLifetime
{
    private const string Me =
        $$"""{"user": "{{ScriptedChat.Owner}}", "name": "{{ScriptedChat.Name}}", "password": "{{ScriptedChat.Password}}" """;

    private WebWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await WebWorld.StartAsync();
        _world.Client.DefaultRequestHeaders.Authorization = null;
        _world.Chat.Answers[nameof(IAccountGrain.Register)] = AccountStatus.Done;
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_new_user_has_a_session_whose_password_is_not_hashed_again()
    {
        var reply = await _world.SendAsync("POST", "/v1/accounts", Me + """, "device": "a page"}""");

        Assert.Equal((201, ScriptedChat.Owner), (reply.Status, reply.Json.GetProperty("user").GetString()));
        Assert.NotNull(reply.Json.GetProperty("token").GetString());
        Assert.Equal((PasswordRecall.Right, ("http", "a page")), (_world.Chat.Recalled, _world.Chat.Client!.Value));
        var asked = _world.Chat.Asked.Single(asked => asked.Method == nameof(IAccountGrain.Register)).Arguments;
        Assert.Equal((ScriptedChat.Password, "", "127.0.0.1"), (((Secret)asked[0]!).Value, asked[1], asked[2]));
    }

    [Fact]
    public async Task Of_an_invitation_only_the_digest_goes_on()
    {
        Assert.Equal(201, (await _world.SendAsync("POST", "/v1/accounts", Me + """, "invitation": "a code"}""")).Status);
        var asked = _world.Chat.Asked.Single(asked => asked.Method == nameof(IAccountGrain.Register)).Arguments;
        Assert.Equal(SecretCode.DigestOf("a code"), asked[1]);
    }

    [Fact]
    public async Task A_page_gets_its_cookie_from_an_own_origin_alone()
    {
        var body = Me + """, "cookie": true}""";
        Assert.Equal("forbidden", (await _world.SendAsync("POST", "/v1/accounts", body, ("Origin", "https://evil.example.org"))).Problem);
        Assert.Empty(_world.Chat.Asked);
        var reply = await _world.SendAsync("POST", "/v1/accounts", body, ("Origin", $"http://127.0.0.1:{_world.Address.Port}"));
        Assert.Equal(201, reply.Status);
        Assert.False(reply.Json.TryGetProperty("token", out _));
        Assert.Contains("HttpOnly", reply.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AccountStatus.Closed, 403, "forbidden")]
    [InlineData(AccountStatus.NoInvitation, 403, "forbidden")]
    [InlineData(AccountStatus.RoomFull, 403, "forbidden")]
    [InlineData(AccountStatus.NameTaken, 409, "exists")]
    [InlineData(AccountStatus.BadPassword, 400, "bad-request")]
    [InlineData(AccountStatus.BadDisplayName, 400, "bad-request")]
    [InlineData(AccountStatus.BadUserName, 400, "bad-request")]
    [InlineData(AccountStatus.TooManyRegistrations, 429, "too-many")]
    [InlineData(AccountStatus.Busy, 503, "overloaded")]
    public async Task One_who_is_refused_reads_why(AccountStatus status, int expected, string code)
    {
        _world.Chat.Answers[nameof(IAccountGrain.Register)] = status;
        var reply = await _world.SendAsync("POST", "/v1/accounts", Me + "}");
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
        Assert.Null(_world.Chat.Client);
    }

    [Fact]
    public async Task A_name_that_no_new_user_may_have_is_refused_without_a_grain()
    {
        foreach (var name in new[] { "..", "Messi", "removed-1", "" })
        {
            var body = $$"""{"user": "{{name}}", "name": "N", "password": "surabaya"}""";
            Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/accounts", body)).Problem);
        }
        Assert.Empty(_world.Chat.Asked);
    }

    [Theory]
    [InlineData(AccountStatus.NameTaken, ScriptedChat.Password, 201)]
    [InlineData(AccountStatus.NoInvitation, ScriptedChat.Password, 201)]
    [InlineData(AccountStatus.NameTaken, "another-password", 503)]
    public async Task After_an_answer_was_lost_the_password_tells_whose_name_it_is(AccountStatus second, string password, int expected)
    {
        var calls = 0;
        _world.Chat.Scripts[nameof(IAccountGrain.Register)] = () => ++calls == 1 ? throw new TimeoutException("lost") : second;
        var body = $$"""{"user": "{{ScriptedChat.Owner}}", "name": "N", "password": "{{password}}"}""";
        Assert.Equal(expected, (await _world.SendAsync("POST", "/v1/accounts", body)).Status);
        Assert.Equal(PasswordRecall.Nothing, _world.Chat.Recalled);
    }

    [Fact]
    public async Task An_invitation_is_answered_with_its_code_once()
    {
        _world.Client.DefaultRequestHeaders.Authorization = new("Bearer", _world.Token);
        _world.Chat.Answers[nameof(IAccountGrain.Invite)] =
            new InvitationReply(AccountStatus.Done, new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));

        var reply = await _world.SendAsync("POST", "/v1/invitations", """{"uses": 5, "expires": "2026-11-30T13:00:00+01:00"}""");

        Assert.Equal(201, reply.Status);
        Assert.Equal((5, "2026-11-30T12:00:00.000Z"),
            (reply.Json.GetProperty("uses").GetInt32(), reply.Json.GetProperty("expires").GetString()));
        var asked = _world.Chat.LastAsked.Arguments;
        Assert.Equal(SecretCode.DigestOf(reply.Json.GetProperty("invitation").GetString()!), asked[0]);
        Assert.Equal((5, new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero)), (asked[1], (DateTimeOffset)asked[2]!));
        Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/invitations", """{"expires": "tomorrow"}""")).Problem);
    }

    [Theory]
    [InlineData("2026-11-30T12:00:00Z", 201)]
    [InlineData("2026-11-30T12:00:00.5-01:00", 201)]
    [InlineData("2026-11-30T12:00:00", 400)]
    [InlineData("2026-11-30", 400)]
    [InlineData("2026-02-30T12:00:00Z", 400)]
    public async Task A_time_says_where_it_holds(string expires, int status)
    {
        _world.Client.DefaultRequestHeaders.Authorization = new("Bearer", _world.Token);
        _world.Chat.Answers[nameof(IAccountGrain.Invite)] = new InvitationReply(AccountStatus.Done, default);
        Assert.Equal(status, (await _world.SendAsync("POST", "/v1/invitations", $$"""{"expires": "{{expires}}"}""")).Status);
    }

    [Theory]
    [InlineData(AccountStatus.Done, 204, null)]
    [InlineData(AccountStatus.WrongPassword, 403, "wrong-password")]
    [InlineData(AccountStatus.TooManyAttempts, 429, "too-many")]
    [InlineData(AccountStatus.BadPassword, 400, "bad-request")]
    public async Task A_lost_password_is_set_again_with_a_code_of_which_the_digest_goes_on(AccountStatus status, int expected, string? code)
    {
        _world.Chat.Answers[nameof(IAccountGrain.Reset)] = status;
        var reply = await _world.SendAsync(
            "POST", "/v1/account/reset", """{"user": "messi", "code": "a code", "new": "pekanbaru"}""");
        Assert.Equal(expected, reply.Status);
        if (code is not null) Assert.Equal(code, reply.Problem);
        Assert.Equal("pekanbaru", ((Secret)_world.Chat.LastAsked.Arguments[0]!).Value);
    }

    [Fact]
    public async Task A_code_for_nobody_is_a_wrong_one_and_one_from_another_site_none()
    {
        const string body = """{"user": "Not Valid", "code": "a code", "new": "pekanbaru"}""";
        Assert.Equal("wrong-password", (await _world.SendAsync("POST", "/v1/account/reset", body)).Problem);
        var reply = await _world.SendAsync(
            "POST", "/v1/account/reset", body, ("Cookie", "orleanschat=any"), ("Origin", "https://evil.example.org"));
        Assert.Equal("forbidden", reply.Problem);
        Assert.Empty(_world.Chat.Asked);
    }

    [Fact]
    public async Task After_an_answer_was_lost_nobody_knows_whether_a_code_was_used()
    {
        var calls = 0;
        _world.Chat.Scripts[nameof(IAccountGrain.Reset)] =
            () => ++calls == 1 ? throw new TimeoutException("lost") : AccountStatus.WrongPassword;
        var reply = await _world.SendAsync(
            "POST", "/v1/account/reset", """{"user": "messi", "code": "a code", "new": "pekanbaru"}""");
        Assert.Equal("unavailable", reply.Problem);
    }

    [Fact]
    public async Task The_service_says_who_may_register()
    {
        Assert.Equal("closed", await RegistrationAsync());
        await using var open = await WebWorld.StartAsync();
        open.Chat.Registration = new RegistrationInfo(RegistrationMode.Open, 12);
        var server = (await open.SendAsync("GET", "/v1/server")).Json;
        Assert.Equal("open", server.GetProperty("registration").GetString());
        Assert.Equal(12, server.GetProperty("limits").GetProperty("passwordCharacters").GetInt32());

        async Task<string?> RegistrationAsync() =>
            (await _world.SendAsync("GET", "/v1/server")).Json.GetProperty("registration").GetString();
    }
}
