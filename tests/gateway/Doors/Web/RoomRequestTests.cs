using System.Text.Json;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Rooms over HTTP: made, listed, shown, changed and deleted.</summary>
public sealed class RoomRequestTests : IAsyncLifetime
{
    private const string New = """{"room": "general", "title": "The World", "kind": "public", "history": "all"}""";

    private const string Shown =
        "{\"room\":\"general\",\"title\":\"The World\",\"kind\":\"public\",\"history\":\"all\",\"members\":3,"
        + "\"role\":\"moderator\",\"log\":\"30\",\"epoch\":\"0123456789abcdef\",\"joined\":4,\"received\":5,\"last\":9}";

    private static readonly RoomInfo General = new(
        ScriptedChat.Epoch, "general", "The World", true, true, 3,
        new RoomMembership(ScriptedChat.RoomLog, MemberRole.Moderator, 4, 5, 6, false, 9, 2));

    private WebWorld _world = null!;

    private RoomChangeRequest LastChange => _world.Chat.Changed.Last().Request;

    public async Task InitializeAsync()
    {
        _world = await WebWorld.StartAsync();
        _world.Chat.Answers[nameof(IMemberGrain.FindRoom)] = General;
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_room_is_made_and_shown()
    {
        var reply = await _world.SendAsync("POST", "/v1/rooms", New);
        Assert.Equal((201, Shown), (reply.Status, reply.Text));
        Assert.Equal("general", _world.Chat.Changed.Single().Room);
        Assert.Equal(
            new RoomChangeRequest(LastChange.Id, RoomAction.Create, Title: "The World", IsPublic: true, ShowsAll: true), LastChange);
        await _world.SendAsync("POST", "/v1/rooms", """{"room": "0", "title": "x", "kind": "private", "history": "joined"}""");
        Assert.Equal((false, false), (LastChange.IsPublic, LastChange.ShowsAll));
    }

    [Theory]
    [InlineData("""{"room": "general", "title": "x", "kind": "public"}""")]
    [InlineData("""{"room": "general", "title": "x", "kind": "open", "history": "all"}""")]
    [InlineData("""{"room": "general", "title": "x", "kind": "public", "history": "none"}""")]
    [InlineData("""{"room": "general", "title": null, "kind": "public", "history": "all"}""")]
    [InlineData("""{"room": "#general", "title": "x", "kind": "public", "history": "all"}""")]
    [InlineData("""{"room": "", "title": "x", "kind": "public", "history": "all"}""")]
    [InlineData("""{"room": "..", "title": "x", "kind": "public", "history": "all"}""")]
    [InlineData("""{"room": "General", "title": "x", "kind": "public", "history": "all"}""")]
    [InlineData("""{"room": "a/b", "title": "x", "kind": "public", "history": "all"}""")]
    public async Task What_cannot_be_a_room_is_not_made(string body)
    {
        Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/rooms", body)).Problem);
        Assert.Empty(_world.Chat.Changed);
    }

    [Fact]
    public async Task A_name_has_64_letters_at_most()
    {
        var name = new string('a', 64);
        Assert.Equal(201, (await _world.SendAsync("POST", "/v1/rooms", New.Replace("general", name, StringComparison.Ordinal))).Status);
        var longer = New.Replace("general", name + "a", StringComparison.Ordinal);
        Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/rooms", longer)).Problem);
        Assert.Equal(200, (await _world.SendAsync("GET", $"/v1/rooms/{name}")).Status);
        Assert.Equal("not-found", (await _world.SendAsync("GET", $"/v1/rooms/{name}a")).Problem);
    }

    [Theory]
    [InlineData(RoomChangeStatus.NoSuchRoom, 404, "not-found")]
    [InlineData(RoomChangeStatus.Forbidden, 403, "forbidden")]
    [InlineData(RoomChangeStatus.NameTaken, 409, "exists")]
    [InlineData(RoomChangeStatus.NoSuchUser, 404, "not-found")]
    [InlineData(RoomChangeStatus.NotAMember, 404, "not-found")]
    [InlineData(RoomChangeStatus.RoomFull, 403, "forbidden")]
    [InlineData(RoomChangeStatus.TooManyRooms, 403, "forbidden")]
    [InlineData(RoomChangeStatus.LastOwner, 403, "forbidden")]
    [InlineData(RoomChangeStatus.BadName, 400, "bad-request")]
    [InlineData(RoomChangeStatus.BadTitle, 400, "bad-request")]
    [InlineData(RoomChangeStatus.NoSuchRole, 400, "bad-request")]
    [InlineData(RoomChangeStatus.Malformed, 400, "bad-request")]
    [InlineData(RoomChangeStatus.Busy, 429, "too-many")]
    [InlineData(RoomChangeStatus.Unavailable, 503, "unavailable")]
    [InlineData(RoomChangeStatus.NoSession, 401, "no-session")]
    public async Task Each_outcome_of_a_change_has_its_status(RoomChangeStatus status, int expected, string code)
    {
        _world.Chat.Changes = _ => new RoomChangeReply(status, 0, 0);
        var reply = await _world.SendAsync("POST", "/v1/rooms", New);
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
        Assert.Equal(expected is 503 or 429, reply.Headers.RetryAfter is not null);
        // Whatever is asked again is asked under the same id.
        Assert.Single(_world.Chat.Changed.Select(change => change.Request.Id).Distinct());
    }

    [Fact]
    public async Task Rooms_are_listed_by_name_from_answer_to_answer()
    {
        _world.Chat.Answers[nameof(IMemberGrain.ListRooms)] =
            new[] { General, General with { Name = "music", Mine = null }, General with { Name = "news" } };
        var list = (await _world.SendAsync("GET", "/v1/rooms?limit=2")).Json;
        Assert.Equal([false, 3, ""], _world.Chat.LastAsked.Arguments);
        Assert.Equal("music", list.GetProperty("next").GetString());
        Assert.Equal(
            """{"room":"music","title":"The World","kind":"public","history":"all","members":3}""",
            list.GetProperty("rooms")[1].GetRawText());
        Assert.Equal(2, list.GetProperty("rooms").GetArrayLength());

        var mine = (await _world.SendAsync("GET", "/v1/rooms?mine=true&after=music&limit=3")).Json;
        Assert.Equal([true, 4, "music"], _world.Chat.LastAsked.Arguments);
        Assert.Equal(JsonValueKind.Null, mine.GetProperty("next").ValueKind);
        await _world.SendAsync("GET", "/v1/rooms?mine=false&limit=200");
        Assert.Equal([false, 201, ""], _world.Chat.LastAsked.Arguments);
    }

    [Theory]
    [InlineData("/v1/rooms?mine=1")]
    [InlineData("/v1/rooms?mine=")]
    [InlineData("/v1/rooms?mine")]
    [InlineData("/v1/rooms?limit=0")]
    [InlineData("/v1/rooms?limit=201")]
    [InlineData("/v1/rooms?after=")]
    [InlineData("/v1/rooms?after=%23general")]
    [InlineData("/v1/rooms?before=x")]
    [InlineData("/v1/rooms/general?limit=5")]
    [InlineData("/v1/rooms/general/members?limit=0")]
    [InlineData("/v1/rooms/general/members?after=messi")]
    [InlineData("/v1/rooms/general/members?after=-1")]
    public async Task A_query_that_is_malformed_is_refused(string path)
    {
        Assert.Equal("bad-request", (await _world.SendAsync("GET", path)).Problem);
        Assert.Empty(_world.Chat.Asked);
    }

    [Fact]
    public async Task A_room_is_shown_as_far_as_somebody_sees_it()
    {
        Assert.Equal(Shown, (await _world.SendAsync("GET", "/v1/rooms/general")).Text);
        _world.Chat.Answers[nameof(IMemberGrain.FindRoom)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("GET", "/v1/rooms/secret")).Problem);
    }

    [Fact]
    public async Task Of_a_room_what_is_named_is_changed()
    {
        Assert.Equal(Shown, (await _world.SendAsync("PATCH", "/v1/rooms/general", """{"title": "Everybody"}""")).Text);
        Assert.Equal(new RoomChangeRequest(LastChange.Id, RoomAction.Set, Title: "Everybody"), LastChange);
        await _world.SendAsync("PATCH", "/v1/rooms/general", """{"kind": "private", "history": "joined", "title": null}""");
        Assert.Equal(new RoomChangeRequest(LastChange.Id, RoomAction.Set, IsPublic: false, ShowsAll: false), LastChange);
        Assert.Equal("bad-request", (await _world.SendAsync("PATCH", "/v1/rooms/general", """{"kind": "none"}""")).Problem);

        _world.Chat.Changes = _ => new RoomChangeReply(RoomChangeStatus.Forbidden, 0, 0);
        Assert.Equal("forbidden", (await _world.SendAsync("PATCH", "/v1/rooms/general", "{}")).Problem);
    }

    [Fact]
    public async Task A_room_is_deleted()
    {
        Assert.Equal(204, (await _world.SendAsync("DELETE", "/v1/rooms/general")).Status);
        Assert.Equal(("general", RoomAction.Delete), (_world.Chat.Changed.Single().Room, LastChange.Action));
    }

    [Theory]
    [InlineData("/v1/rooms/..", "404")]
    [InlineData("/v1/rooms/%2e%2e", "404")]
    [InlineData("/v1/rooms/%2e", "404")]
    [InlineData("/v1/rooms/x/../general", "404")]
    [InlineData("/v1/rooms/%23general", "404")]
    [InlineData("/v1/rooms/general%2f..", "404")]
    [InlineData("/v1/rooms/-dash", "404")]
    [InlineData("/v1/rooms/.dot", "404")]
    [InlineData("/v1/rooms/General", "404")]
    [InlineData("/v1/rooms/a%00", "400")]
    [InlineData("/v1/rooms/%ff", "400")]
    [InlineData("/v1/rooms/general/members/%2e%2e", "404")]
    [InlineData("/v1/rooms/%2e%2e/members/messi", "404")]
    [InlineData("/v1/rooms/general/members/%23music", "404")]
    public async Task A_name_in_a_path_that_nothing_can_have_changes_nothing(string path, string status)
    {
        var answer = await _world.SendRawAsync("DELETE", path);
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Empty(_world.Chat.Changed);
        Assert.Empty(_world.Chat.Asked);
    }

    [Fact]
    public async Task An_encoded_name_is_that_name()
    {
        Assert.StartsWith("HTTP/1.1 204", await _world.SendRawAsync("DELETE", "/v1/rooms/%67eneral"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 204", await _world.SendRawAsync("DELETE", "/v1/rooms/a%2e.b"), StringComparison.Ordinal);
        Assert.Equal(["general", "a..b"], _world.Chat.Changed.Select(change => change.Room));
    }

    [Theory]
    [InlineData("POST", "/v1/rooms", 10)]
    [InlineData("DELETE", "/v1/rooms/general", 10)]
    [InlineData("PATCH", "/v1/rooms/general", 1)]
    [InlineData("PUT", "/v1/rooms/general/members/messi", 1)]
    [InlineData("DELETE", "/v1/rooms/general/members/messi", 1)]
    public async Task A_change_costs_permits(string method, string path, int permits)
    {
        _world.Chat.LentAtMost = permits - 1;
        var refused = await _world.SendAsync(method, path, method is "POST" ? New : "{}");
        Assert.Equal((429, "too-many"), (refused.Status, refused.Problem));
        Assert.Empty(_world.Chat.Changed);

        await using var other = await WebWorld.StartAsync();
        other.Chat.Answers[nameof(IMemberGrain.FindRoom)] = General;
        other.Chat.LentAtMost = permits;
        Assert.InRange((await other.SendAsync(method, path, method is "POST" ? New : "{}")).Status, 200, 299);
    }
}
