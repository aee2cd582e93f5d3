using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>The sessions of a user, over HTTP.</summary>
public sealed class SessionListTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_list_has_what_is_known_of_each()
    {
        _world.Chat.Answers[nameof(IAccountGrain.ListSessions)] = new SessionInfo[]
        {
            new("1", true, "http", "a telephone", "192.0.2.1", Noon, Noon.AddHours(1)), new("2", false, null, null, null, null, Noon),
        };

        var reply = await _world.SendAsync("GET", "/v1/sessions");

        Assert.Equal(200, reply.Status);
        Assert.Equal(
            """
            {"sessions":[{"id":"1","current":true,"device":"a telephone","door":"http","address":"192.0.2.1",
            "since":"2026-11-30T12:00:00.000Z","lastUsed":"2026-11-30T13:00:00.000Z"},
            {"id":"2","current":false,"lastUsed":"2026-11-30T12:00:00.000Z"}]}
            """.ReplaceLineEndings(""),
            reply.Text);
    }

    [Fact]
    public async Task One_of_another_device_is_ended_by_its_id()
    {
        _world.Chat.Answers[nameof(IAccountGrain.EndSession)] = "2";

        Assert.Equal(204, (await _world.SendAsync("DELETE", "/v1/sessions/2")).Status);

        Assert.Equal(nameof(IAccountGrain.EndSession), _world.Chat.LastAsked.Method);
        Assert.Equal(["2"], _world.Chat.LastAsked.Arguments);
        Assert.Equal(200, (await _world.SendAsync("GET", "/v1/account")).Status);
    }

    [Fact]
    public async Task One_that_is_not_the_users_is_not_found()
    {
        _world.Chat.Answers[nameof(IAccountGrain.EndSession)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("DELETE", "/v1/sessions/2")).Problem);
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("a\\nb")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_device_that_cannot_be_stored_or_shown_is_refused(string device)
    {
        var body = $$"""{"user": "messi", "password": "surabaya", "device": "{{device}}"}""";
        Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/sessions", body)).Problem);
        Assert.Null(_world.Chat.Client);
    }
}
