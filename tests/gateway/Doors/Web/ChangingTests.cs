using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Markers, receipts, mutes and blocks over HTTP.</summary>
public sealed class ChangingTests : IAsyncLifetime
{
    private static readonly Conversation Lineker = new("lineker", "Gary Lineker", ScriptedChat.Inbox, null, 3, 9, 6, true);

    private WebWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await WebWorld.StartAsync();
        _world.Chat.Answers[nameof(IConversationGrain.MarkRead)] = Lineker;
        _world.Chat.Answers[nameof(IConversationGrain.SetMuted)] = Lineker;
        _world.Chat.Answers[nameof(IConversationGrain.Find)] = Lineker;
        _world.Chat.Answers[nameof(IConversationGrain.Receive)] = new Position(ScriptedChat.Inbox, 8);
        _world.Chat.Answers[nameof(IConversationGrain.SetBlocked)] = new Position(ScriptedChat.Inbox, 0);
        _world.Chat.Answers[nameof(IConversationGrain.ListBlocked)] = new[] { "henderson", "lineker" };
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_marker_is_answered_with_what_is_unread_above_it()
    {
        var reply = await Read("lineker", "6");
        Assert.Equal((200, """{"read":6,"unread":3,"unreadAt":9}"""), (reply.Status, reply.Text));
        Assert.Equal([ScriptedChat.Epoch, "lineker", 6L], _world.Chat.LastAsked.Arguments);
    }

    [Fact]
    public async Task A_marker_of_a_conversation_moves_once_in_2_seconds()
    {
        Assert.Equal(200, (await Read("lineker", "6")).Status);
        var tooFast = await Read("lineker", "7");
        Assert.Equal((429, "too-many"), (tooFast.Status, tooFast.Problem));
        Assert.Equal(TimeSpan.FromSeconds(2), tooFast.Headers.RetryAfter!.Delta);
        Assert.Equal(200, (await Read("henderson", "7")).Status);
    }

    [Fact]
    public async Task A_marker_in_another_log_moves_nothing()
    {
        Assert.Equal("not-found", (await Read("lineker", "6", log: "8")).Problem);
        Assert.Equal([ScriptedChat.Epoch, "lineker", 0L], _world.Chat.LastAsked.Arguments);
        // And the right one need not wait for it.
        Assert.Equal(200, (await Read("lineker", "6")).Status);
    }

    [Theory]
    [InlineData("6.5")]
    [InlineData("-1")]
    [InlineData("\"6\"")]
    [InlineData("null")]
    [InlineData("9223372036854775808")]
    public async Task A_marker_is_a_number_of_a_log(string upTo)
    {
        Assert.Equal("bad-request", (await Read("lineker", upTo)).Problem);
        Assert.Empty(_world.Chat.Asked);
    }

    [Fact]
    public async Task What_has_arrived_is_received_up_to_a_number_of_the_inbox_and_of_no_other_log()
    {
        var reply = await _world.SendAsync("POST", "/v1/received", """{"epoch": "e", "logs": {"7": 9}}""");
        Assert.Equal((200, """{"received":{"7":8}}"""), (reply.Status, reply.Text));
        Assert.Equal(["e", 9L], _world.Chat.LastAsked.Arguments);

        _world.Chat.Answers[nameof(IMemberGrain.ReceiveLogs)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("POST", "/v1/received", """{"epoch": "e", "logs": {"8": 9}}""")).Problem);
        Assert.Equal((nameof(IMemberGrain.ReceiveLogs), "e"), (_world.Chat.LastAsked.Method, _world.Chat.LastAsked.Arguments[0]));
        _world.Chat.Answers[nameof(IConversationGrain.Receive)] = ConversationStatus.OtherEpoch;
        Assert.Equal("epoch", (await _world.SendAsync("POST", "/v1/received", """{"epoch": "f", "logs": {"7": 9}}""")).Problem);
    }

    [Theory]
    [InlineData("""{"logs": {"7": 9}}""")]
    [InlineData("""{"epoch": "e"}""")]
    [InlineData("""{"epoch": "e", "logs": {}}""")]
    [InlineData("""{"epoch": "e", "logs": {"7": -9}}""")]
    [InlineData("""{"epoch": "e", "logs": {"7": "9"}}""")]
    [InlineData("""{"epoch": "e", "logs": {"7": 9, "7": 8}}""")]
    [InlineData("""{"epoch": "e", "logs": [7]}""")]
    [InlineData("""{"epoch": "\u0000", "logs": {"7": 9}}""")]
    [InlineData("""{"epoch": null, "logs": {"7": 9}}""")]
    public async Task Receipts_that_are_malformed_are_refused(string body)
    {
        Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/received", body)).Problem);
        Assert.Empty(_world.Chat.Asked);
    }

    [Fact]
    public async Task A_conversation_is_read_and_muted()
    {
        const string Expected =
            """{"conversation":"@lineker","log":"7","name":"Gary Lineker","last":null,"unread":3,"unreadAt":9,"read":6,"muted":true}""";
        Assert.Equal(Expected, (await _world.SendAsync("GET", "/v1/conversations?user=lineker")).Text);
        Assert.Equal(Expected, (await _world.SendAsync("PATCH", "/v1/conversations?user=lineker", """{"muted": true, "x": 1}""")).Text);
        Assert.Equal(["lineker", true], _world.Chat.LastAsked.Arguments);
        Assert.Equal("bad-request", (await _world.SendAsync("PATCH", "/v1/conversations?user=lineker", """{"muted": 1}""")).Problem);
        Assert.Equal("bad-request", (await _world.SendAsync("PATCH", "/v1/conversations", """{"muted": true}""")).Problem);
        _world.Chat.Answers[nameof(IConversationGrain.Find)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("GET", "/v1/conversations?user=nobody")).Problem);
    }

    [Fact]
    public async Task Users_are_blocked_and_no_longer()
    {
        Assert.Equal(204, (await _world.SendAsync("PUT", "/v1/blocks/lineker")).Status);
        Assert.Equal(["lineker", true], _world.Chat.LastAsked.Arguments);
        Assert.Equal(204, (await _world.SendAsync("DELETE", "/v1/blocks/lineker")).Status);
        Assert.Equal(["lineker", false], _world.Chat.LastAsked.Arguments);
        Assert.Equal("""{"blocks":["henderson","lineker"]}""", (await _world.SendAsync("GET", "/v1/blocks")).Text);
    }

    private Task<WebReply> Read(string peer, string upTo, string log = "7") => _world.SendAsync(
        "PUT", "/v1/read", $$"""{"epoch": "{{ScriptedChat.Epoch}}", "log": "{{log}}", "conversation": "@{{peer}}", "upTo": {{upTo}}}""");
}
