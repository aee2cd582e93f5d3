using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Invitations into rooms over HTTP.</summary>
public sealed class InvitationTests : IAsyncLifetime
{
    private const string Redeem = "/v1/invitations/redeem", Code = """{"invitation": "a code"}""";

    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task One_into_a_room_names_it_and_only_its_digest_goes_on()
    {
        _world.Chat.Answers[nameof(IAccountGrain.InviteIntoRoom)] =
            new InvitationReply(AccountStatus.Done, new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));

        var reply = await _world.SendAsync("POST", "/v1/invitations", """{"room": "general"}""");

        Assert.Equal((201, "general"), (reply.Status, reply.Json.GetProperty("room").GetString()));
        var digest = SecretCode.DigestOf(reply.Json.GetProperty("invitation").GetString()!);
        Assert.Equal([digest, 1, null, "general"], _world.Chat.LastAsked.Arguments);
    }

    [Theory]
    [InlineData(AccountStatus.NoSuchRoom, 404, "not-found")]
    [InlineData(AccountStatus.Forbidden, 403, "forbidden")]
    [InlineData(AccountStatus.TooManyInvitations, 429, "too-many")]
    [InlineData(AccountStatus.BadInvitation, 400, "bad-request")]
    public async Task One_that_is_not_made_is_told_why(AccountStatus status, int expected, string code)
    {
        _world.Chat.Answers[nameof(IAccountGrain.InviteIntoRoom)] = new InvitationReply(status);
        var reply = await _world.SendAsync("POST", "/v1/invitations", """{"room": "general"}""");
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task Anyone_who_redeems_one_learns_where_they_are()
    {
        _world.Chat.Answers[nameof(IAccountGrain.Redeem)] =
            new RedemptionReply(AccountStatus.Done, "general", ScriptedChat.RoomLog, 17);

        var reply = await _world.SendAsync("POST", Redeem, Code);

        Assert.Equal((200, """{"room":"general","log":"30","number":17}"""), (reply.Status, reply.Text));
        Assert.Equal(SecretCode.DigestOf("a code"), _world.Chat.LastAsked.Arguments[0]);
    }

    [Theory]
    [InlineData(AccountStatus.NoInvitation, 403, "forbidden")]
    [InlineData(AccountStatus.RoomFull, 403, "forbidden")]
    [InlineData(AccountStatus.TooManyRooms, 403, "forbidden")]
    [InlineData(AccountStatus.NoSession, 401, "no-session")]
    public async Task One_that_opens_nothing_is_asked_for_once(AccountStatus status, int expected, string code)
    {
        _world.Chat.Answers[nameof(IAccountGrain.Redeem)] = new RedemptionReply(status);
        var reply = await _world.SendAsync("POST", Redeem, Code);
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
        Assert.Single(_world.Chat.Asked);
    }

    [Fact]
    public async Task What_is_repeated_inside_has_one_id()
    {
        var calls = 0;
        _world.Chat.Scripts[nameof(IAccountGrain.Redeem)] =
            () => ++calls == 1 ? AccountStatus.Unavailable : AccountStatus.NoInvitation;
        Assert.Equal("forbidden", (await _world.SendAsync("POST", Redeem, Code)).Problem);
        Assert.Equal(2, _world.Chat.Asked.Count);
        Assert.Single(_world.Chat.Asked.Select(asked => asked.Arguments[1]).Distinct());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"invitation": null}""")]
    [InlineData("""{"invitation": 5}""")]
    public async Task Without_a_code_nobody_is_asked(string body)
    {
        Assert.Equal("bad-request", (await _world.SendAsync("POST", Redeem, body)).Problem);
        Assert.Empty(_world.Chat.Asked);
    }

    [Fact]
    public async Task It_costs_the_account_what_a_send_costs()
    {
        _world.Chat.LentAtMost = 0;
        var reply = await _world.SendAsync("POST", Redeem, Code);
        Assert.Equal((429, "too-many"), (reply.Status, reply.Problem));
        Assert.Empty(_world.Chat.Asked);
    }
}
