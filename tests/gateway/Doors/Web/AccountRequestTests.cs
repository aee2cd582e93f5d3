using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>What owners change of their accounts, over HTTP.</summary>
public sealed class AccountRequestTests : IAsyncLifetime
{
    private const string Passwords = """{"old": "surabaya", "new": "pekanbaru"}""";

    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_new_name_is_answered_with_the_account()
    {
        _world.Chat.Answers[nameof(IAccountGrain.Rename)] = AccountStatus.Done;
        var reply = await _world.SendAsync("PATCH", "/v1/account", """{"name": "Leo"}""");
        Assert.Equal((200, ScriptedChat.Owner), (reply.Status, reply.Json.GetProperty("user").GetString()));
        Assert.Contains(_world.Chat.Asked, asked => asked.Method == nameof(IAccountGrain.Rename) && asked.Arguments is ["Leo"]);
    }

    [Fact]
    public async Task A_new_password_and_the_end_of_the_account_are_asked_for_with_the_old_one_and_the_address()
    {
        _world.Chat.Answers[nameof(IAccountGrain.ChangePassword)] = AccountStatus.Done;
        _world.Chat.Answers[nameof(IAccountGrain.Remove)] = AccountStatus.Done;

        Assert.Equal(204, (await _world.SendAsync("PUT", "/v1/account/password", Passwords)).Status);
        var asked = _world.Chat.LastAsked.Arguments;
        Assert.Equal(("surabaya", "pekanbaru", "127.0.0.1"), (((Secret)asked[0]!).Value, ((Secret)asked[1]!).Value, asked[2]));

        Assert.Equal(204, (await _world.SendAsync("DELETE", "/v1/account", """{"password": "pekanbaru"}""")).Status);
        Assert.Equal("pekanbaru", ((Secret)_world.Chat.LastAsked.Arguments[0]!).Value);
    }

    [Theory]
    [InlineData(AccountStatus.NoSession, 401, "no-session")]
    [InlineData(AccountStatus.WrongPassword, 403, "wrong-password")]
    [InlineData(AccountStatus.TooManyAttempts, 429, "too-many")]
    [InlineData(AccountStatus.TooManyChanges, 429, "too-many")]
    [InlineData(AccountStatus.Busy, 503, "overloaded")]
    [InlineData(AccountStatus.BadPassword, 400, "bad-request")]
    [InlineData(AccountStatus.BadDisplayName, 400, "bad-request")]
    public async Task A_change_that_is_refused_says_why(AccountStatus status, int expected, string code)
    {
        _world.Chat.Answers[nameof(IAccountGrain.ChangePassword)] = status;
        var reply = await _world.SendAsync("PUT", "/v1/account/password", Passwords);
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
        Assert.DoesNotContain("surabaya", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("pekanbaru", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AccountStatus.WrongPassword)]
    [InlineData(AccountStatus.NoSession)]
    public async Task After_an_answer_was_lost_nobody_knows_whether_a_password_was_wrong_before(AccountStatus second)
    {
        var calls = 0;
        _world.Chat.Scripts[nameof(IAccountGrain.ChangePassword)] =
            () => ++calls == 1 ? throw new TimeoutException("lost") : second;
        Assert.Equal("unavailable", (await _world.SendAsync("PUT", "/v1/account/password", Passwords)).Problem);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Passwords_are_tried_as_often_as_logins_from_one_address()
    {
        await using var world = await WebWorld.StartAsync(options => options.Limits.AttemptsPerMinute = 1);
        world.Chat.Answers[nameof(IAccountGrain.ChangePassword)] = AccountStatus.WrongPassword;
        var codes = new List<string>();
        for (var i = 0; i < 6; i++) codes.Add((await world.SendAsync("PUT", "/v1/account/password", Passwords)).Problem);
        Assert.Equal([.. Enumerable.Repeat("wrong-password", 5), "too-many"], codes);
    }

    [Theory]
    [InlineData("query=me", 20)]
    [InlineData("query=me&limit=5", 5)]
    public async Task Users_are_found_by_two_letters(string query, int limit)
    {
        _world.Chat.Answers[nameof(IAccountGrain.FindUsers)] = new FoundUser[] { new("messi", "Lionel Messi") };
        var reply = await _world.SendAsync("GET", $"/v1/users?{query}");
        Assert.Equal("""{"users":[{"user":"messi","name":"Lionel Messi"}]}""", reply.Text);
        Assert.Equal(["me", limit], _world.Chat.LastAsked.Arguments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?query=")]
    [InlineData("?query=m")]
    [InlineData("?query=m%00e")]
    [InlineData("?query=e%CC%88")]
    [InlineData("?query=me&limit=21")]
    [InlineData("?query=12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_query_that_is_too_short_too_long_or_not_text_is_refused(string query) =>
        Assert.Equal("bad-request", (await _world.SendAsync("GET", $"/v1/users{query}")).Problem);
}
