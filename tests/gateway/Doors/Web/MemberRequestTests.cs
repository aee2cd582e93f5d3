using System.Text.Json;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Members of rooms over HTTP.</summary>
public sealed class MemberRequestTests : IAsyncLifetime
{
    private const string Done = """{"log":"30","number":17}""";

    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"role": null}""")]
    [InlineData("""{"other": "owner"}""")]
    public async Task To_put_oneself_without_a_role_is_to_join(string? body)
    {
        var reply = await _world.SendAsync("PUT", "/v1/rooms/general/members/messi", body);
        Assert.Equal((200, Done), (reply.Status, reply.Text));
        var (room, request) = _world.Chat.Changed.Single();
        Assert.Equal(("general", new RoomChangeRequest(request.Id, RoomAction.Join)), (room, request));
    }

    [Fact]
    public async Task To_put_somebody_else_without_a_role_is_to_add_a_member()
    {
        Assert.Equal(Done, (await _world.SendAsync("PUT", "/v1/rooms/general/members/lineker", "{}")).Text);
        var request = _world.Chat.Changed.Single().Request;
        Assert.Equal(new RoomChangeRequest(request.Id, RoomAction.Add, "lineker", MemberRole.Member), request);
    }

    [Theory]
    [InlineData("lineker", "owner", MemberRole.Owner)]
    [InlineData("lineker", "moderator", MemberRole.Moderator)]
    [InlineData("lineker", "member", MemberRole.Member)]
    [InlineData("lineker", "reader", MemberRole.Reader)]
    [InlineData("lineker", "banned", MemberRole.Banned)]
    [InlineData("messi", "reader", MemberRole.Reader)]
    public async Task With_a_role_who_is_a_member_is_given_it(string user, string role, MemberRole expected)
    {
        var reply = await _world.SendAsync("PUT", $"/v1/rooms/general/members/{user}", $$"""{"role": "{{role}}"}""");
        Assert.Equal((200, Done), (reply.Status, reply.Text));
        var request = _world.Chat.Changed.Single().Request;
        Assert.Equal(new RoomChangeRequest(request.Id, RoomAction.SetRole, user, expected), request);
    }

    [Fact]
    public async Task With_a_role_who_is_not_a_member_is_added_and_has_it_whoever_else_adds_them()
    {
        var set = new Queue<RoomChangeReply>(
            [new(RoomChangeStatus.NotAMember, 0, 0), new(RoomChangeStatus.Done, ScriptedChat.RoomLog, 0)]);
        _world.Chat.Changes = request => request.Action == RoomAction.SetRole
            ? set.Dequeue()
            : new RoomChangeReply(RoomChangeStatus.Done, ScriptedChat.RoomLog, 17);
        Assert.Equal(Done, (await _world.SendAsync("PUT", "/v1/rooms/general/members/lineker", """{"role": "reader"}""")).Text);
        Assert.Equal(
            [RoomAction.SetRole, RoomAction.Add, RoomAction.SetRole], _world.Chat.Changed.Select(change => change.Request.Action));
        Assert.All(_world.Chat.Changed, change => Assert.Equal(MemberRole.Reader, change.Request.Role));

        // Somebody else was first, with another role.
        set = new([new(RoomChangeStatus.NotAMember, 0, 0), new(RoomChangeStatus.Done, ScriptedChat.RoomLog, 18)]);
        var reply = await _world.SendAsync("PUT", "/v1/rooms/general/members/lineker", """{"role": "reader"}""");
        Assert.Equal(18, reply.Json.GetProperty("number").GetInt64());
    }

    [Theory]
    [InlineData("""{"role": "king"}""", 400, "bad-request")]
    [InlineData("""{"role": "Owner"}""", 400, "bad-request")]
    [InlineData("""{"role": ""}""", 400, "bad-request")]
    [InlineData("""{"role": 4}""", 400, "bad-request")]
    [InlineData("""{"role": "owner", "role": "reader"}""", 400, "bad-request")]
    [InlineData("[]", 400, "bad-request")]
    [InlineData("owner", 400, "bad-request")]
    public async Task A_role_that_is_none_changes_nothing(string body, int status, string code)
    {
        var reply = await _world.SendAsync("PUT", "/v1/rooms/general/members/lineker", body);
        Assert.Equal((status, code), (reply.Status, reply.Problem));
        Assert.Empty(_world.Chat.Changed);
    }

    [Theory]
    [InlineData("lineker", RoomAction.Remove, "lineker")]
    [InlineData("messi", RoomAction.Leave, null)] // oneself
    public async Task Who_is_deleted_is_removed_or_leaves(string user, RoomAction action, string? about)
    {
        Assert.Equal(Done, (await _world.SendAsync("DELETE", $"/v1/rooms/general/members/{user}")).Text);
        var request = Assert.Single(_world.Chat.Changed).Request;
        Assert.Equal(new RoomChangeRequest(request.Id, action, about), request);
    }

    [Theory]
    [InlineData(RoomChangeStatus.NoSuchRoom, 404, "not-found")]
    [InlineData(RoomChangeStatus.Forbidden, 403, "forbidden")]
    [InlineData(RoomChangeStatus.NoSuchUser, 404, "not-found")]
    [InlineData(RoomChangeStatus.NotAMember, 404, "not-found")]
    [InlineData(RoomChangeStatus.RoomFull, 403, "forbidden")]
    [InlineData(RoomChangeStatus.TooManyRooms, 403, "forbidden")]
    [InlineData(RoomChangeStatus.LastOwner, 403, "forbidden")]
    [InlineData(RoomChangeStatus.HasLeft, 403, "forbidden")]
    public async Task A_refusal_is_told(RoomChangeStatus status, int expected, string code)
    {
        _world.Chat.Changes = _ => new RoomChangeReply(status, 0, 0);
        foreach (var (method, body) in new[] { ("PUT", "{}"), ("PUT", """{"role": "reader"}"""), ("DELETE", null) })
        {
            var reply = await _world.SendAsync(method, "/v1/rooms/general/members/lineker", body);
            Assert.Equal((expected, code), (reply.Status, reply.Problem));
        }
    }

    [Fact]
    public async Task Members_are_listed_from_answer_to_answer()
    {
        _world.Chat.Answers[nameof(IMemberGrain.ListMembers)] = new[]
        {
            new RoomMember(3, "messi", "Lionel Messi", MemberRole.Owner), new RoomMember(8, "lineker", "Gary Lineker", MemberRole.Banned),
        };
        var first = await _world.SendAsync("GET", "/v1/rooms/general/members?limit=1");
        Assert.Equal("""{"members":[{"user":"messi","name":"Lionel Messi","role":"owner"}],"next":"3"}""", first.Text);
        Assert.Equal(["general", 2, 0L], _world.Chat.LastAsked.Arguments);
        var rest = (await _world.SendAsync("GET", "/v1/rooms/general/members?after=3")).Json;
        Assert.Equal(["general", 51, 3L], _world.Chat.LastAsked.Arguments);
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
        Assert.Equal("banned", rest.GetProperty("members")[1].GetProperty("role").GetString());

        _world.Chat.Answers[nameof(IMemberGrain.ListMembers)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("GET", "/v1/rooms/general/members")).Problem);
    }
}
