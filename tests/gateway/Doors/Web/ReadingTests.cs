using System.Text;
using System.Text.Json;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Reading conversations and logs over HTTP.</summary>
public sealed class ReadingTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_page_shows_entries_as_their_reader_sees_them_and_cursors_lead_on()
    {
        var id = Guid.NewGuid();
        _world.Chat.Answers[nameof(IConversationGrain.ReadPage)] = new ConversationPage(
            ScriptedChat.Epoch,
            [Entry(ScriptedChat.Inbox, 3, " hello\r\n", "lineker") with { Id = id }, Entry(12, 5, "bye", ScriptedChat.Owner),
                Entry(12, 6, "", ScriptedChat.Owner) with { Target = 8 }],
            new ConversationPlace(2, 4), null);

        var page = await _world.SendAsync("GET", "/v1/messages?user=lineker&limit=2");
        Assert.Equal(new PageRequest("lineker", PageKind.Newest, default, "", 2), _world.Chat.LastAsked.Arguments[0]);
        var entries = page.Json.GetProperty("entries");
        Assert.Equal(
            $$"""{"id":"{{id}}","log":"7","number":3,"after":2,"kind":"message","conversation":"@lineker","from":"lineker","""
            + "\"fromName\":\"LINEKER\",\"text\":\"hello\",\"sentAt\":\"2026-01-02T03:04:05.000Z\"}", entries[0].GetRawText());
        Assert.Equal(("12", "@lineker", "bye"), (Text(entries[1], "log"), Text(entries[1], "conversation"), Text(entries[1], "text")));
        Assert.Equal(8, entries[2].GetProperty("deletedBy").GetInt64());
        Assert.Equal(JsonValueKind.Null, page.Json.GetProperty("newer").ValueKind);

        var older = page.Json.GetProperty("older").GetString();
        await _world.SendAsync("GET", $"/v1/messages?user=lineker&before={older}");
        Assert.Equal(
            new PageRequest("lineker", PageKind.Before, new ConversationPlace(2, 4), ScriptedChat.Epoch, 50),
            _world.Chat.LastAsked.Arguments[0]);
        await _world.SendAsync("GET", $"/v1/messages?user=lineker&after={older}&limit=200");
        Assert.Equal(PageKind.After, ((PageRequest)_world.Chat.LastAsked.Arguments[0]!).Kind);

        Assert.Equal("bad-request", (await _world.SendAsync("GET", $"/v1/messages?user=henderson&before={older}")).Problem);
        _world.Chat.Answers[nameof(IConversationGrain.ReadPage)] = ConversationStatus.OtherEpoch;
        Assert.Equal("epoch", (await _world.SendAsync("GET", $"/v1/messages?user=lineker&before={older}")).Problem);
    }

    [Fact]
    public async Task A_page_around_a_message_must_hold_it()
    {
        _world.Chat.Answers[nameof(IConversationGrain.ReadPage)] =
            new ConversationPage(ScriptedChat.Epoch, [Entry(12, 5, "x", ScriptedChat.Owner)], null, null);
        var epoch = ScriptedChat.Epoch;
        Assert.Equal(200, (await _world.SendAsync("GET", $"/v1/messages?user=lineker&around=12:5&epoch={epoch}")).Status);
        Assert.Equal(new ConversationPlace(0, 5), ((PageRequest)_world.Chat.LastAsked.Arguments[0]!).Place);
        Assert.Equal("not-found", (await _world.SendAsync("GET", $"/v1/messages?user=lineker&around=13:5&epoch={epoch}")).Problem);
        Assert.Equal("not-found", (await _world.SendAsync("GET", $"/v1/messages?user=lineker&around=7:5&epoch={epoch}")).Problem);
        Assert.Equal(new ConversationPlace(5, 0), ((PageRequest)_world.Chat.LastAsked.Arguments[0]!).Place);
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/messages?user=lineker&room=general")]
    [InlineData("/v1/messages?user=lineker&limit=0")]
    [InlineData("/v1/messages?user=lineker&limit=201")]
    [InlineData("/v1/messages?user=lineker&limit=ten")]
    [InlineData("/v1/messages?user=lineker&limit=-1")]
    [InlineData("/v1/messages?user=lineker&before=nonsense")]
    [InlineData("/v1/messages?user=lineker&before=")]
    [InlineData("/v1/messages?user=lineker&before=x&after=y")]
    [InlineData("/v1/messages?user=lineker&around=12:5")]
    [InlineData("/v1/messages?user=lineker&around=12&epoch=e")]
    [InlineData("/v1/messages?user=lineker&around=12:-5&epoch=e")]
    [InlineData("/v1/messages?user=lineker&around=12:99999999999999999999&epoch=e")]
    [InlineData("/v1/messages?user=lineker&around=12:5&epoch=%00")]
    [InlineData("/v1/messages?user=lineker&epoch=e")]
    [InlineData("/v1/messages?user=lineker&limits=5")]
    [InlineData("/v1/messages?user=lineker&limit=5&limit=6")]
    [InlineData("/v1/messages?user=lineker&user=lineker")]
    [InlineData("/v1/logs/7")]
    [InlineData("/v1/logs/7?after=3")]
    [InlineData("/v1/logs/7?after=-3&epoch=e")]
    [InlineData("/v1/logs/7?after=9223372036854775808&epoch=e")]
    [InlineData("/v1/logs/7?epoch=e")]
    [InlineData("/v1/conversations?before=x")]
    [InlineData("/v1/conversations?user=lineker&limit=5")]
    [InlineData("/v1/conversations?after=5")]
    [InlineData("/v1/presence")]
    [InlineData("/v1/presence?users=")]
    [InlineData("/v1/presence?users=messi,,lineker")]
    [InlineData("/v1/account?x=y")]
    public async Task A_query_that_is_malformed_or_has_what_is_unknown_is_refused(string path)
    {
        Assert.Equal("bad-request", (await _world.SendAsync("GET", path)).Problem);
        Assert.Empty(_world.Chat.Asked);
    }

    [Theory]
    [InlineData("/v1/messages?room=General")]
    [InlineData("/v1/messages?room=%23general")]
    [InlineData("/v1/conversations?room=.general")]
    [InlineData("/v1/conversations?user=%23general")]
    [InlineData("/v1/logs/general?after=0&epoch=e")]
    [InlineData("/v1/logs/0?after=0&epoch=e")]
    [InlineData("/v1/logs/07?after=0&epoch=e")]
    [InlineData("/v1/room")]
    [InlineData("/v1")]
    [InlineData("/")]
    public async Task What_there_cannot_be_is_not_found(string path) =>
        Assert.Equal("not-found", (await _world.SendAsync("GET", path)).Problem);

    [Fact]
    public async Task A_log_is_read_by_number_and_says_what_was_removed()
    {
        _world.Chat.Answers[nameof(IConversationGrain.ReadLog)] = new LogPart(
            [Entry(ScriptedChat.Inbox, 4, "x", "lineker"),
                Entry(ScriptedChat.Inbox, 5, "", "lineker") with { Kind = EntryKind.Deleted, Target = 4 }],
            9, null);
        var part = await _world.SendAsync("GET", $"/v1/logs/7?after=3&epoch={ScriptedChat.Epoch}&limit=2");
        Assert.Equal([ScriptedChat.Epoch, 3L, 2], _world.Chat.LastAsked.Arguments);
        Assert.Equal(9, part.Json.GetProperty("last").GetInt64());
        var deletion = part.Json.GetProperty("entries")[1];
        Assert.Equal(("deleted", 4), (Text(deletion, "kind"), deletion.GetProperty("target").GetInt64()));
        _world.Chat.Answers[nameof(IMemberGrain.FindRoomOfLog)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("GET", $"/v1/logs/8?after=3&epoch={ScriptedChat.Epoch}")).Problem);

        _world.Chat.Answers[nameof(IConversationGrain.ReadLog)] = new LogPart([], 9, First: 6);
        var expired = await _world.SendAsync("GET", $"/v1/logs/7?after=3&epoch={ScriptedChat.Epoch}");
        Assert.Equal((410, "expired", 6), (expired.Status, expired.Problem, expired.Json.GetProperty("first").GetInt64()));

        _world.Chat.Answers[nameof(IConversationGrain.ReadLog)] = ConversationStatus.OtherEpoch;
        Assert.Equal("epoch", (await _world.SendAsync("GET", "/v1/logs/7?after=3&epoch=another")).Problem);
    }

    [Fact]
    public async Task The_list_says_how_much_is_unread_as_far_as_it_was_counted()
    {
        _world.Chat.Answers[nameof(IMemberGrain.ListConversations)] = new ConversationList(
            ScriptedChat.Epoch, ScriptedChat.Inbox, 150, [Conversation("lineker", 99), Conversation("henderson", 100) with { Last = null }],
            new ListPlace(At, 12));
        var list = await _world.SendAsync("GET", "/v1/conversations?limit=2");
        Assert.Equal([2, null], _world.Chat.LastAsked.Arguments);
        Assert.Equal((ScriptedChat.Epoch, 150), (Text(list.Json, "epoch"), list.Json.GetProperty("ends").GetProperty("7").GetInt64()));
        var conversations = list.Json.GetProperty("conversations");
        Assert.Equal((99, "99+"), (conversations[0].GetProperty("unread").GetInt32(), Text(conversations[1], "unread")));
        Assert.Equal(JsonValueKind.Null, conversations[1].GetProperty("last").ValueKind);
        Assert.Equal("@lineker", Text(conversations[0].GetProperty("last"), "conversation"));

        var older = Text(list.Json, "older");
        await _world.SendAsync("GET", $"/v1/conversations?before={older}");
        Assert.Equal([50, new ListPlace(At, 12)], _world.Chat.LastAsked.Arguments);
        _world.Chat.Answers[nameof(IMemberGrain.ListConversations)] = new ConversationList("another", ScriptedChat.Inbox, 0, [], null);
        Assert.Equal("epoch", (await _world.SendAsync("GET", $"/v1/conversations?before={older}")).Problem);
    }

    [Fact]
    public async Task Presence_answers_for_those_who_are_asked_for()
    {
        var reply = await _world.SendAsync("GET", "/v1/presence?users=lineker,henderson,lineker");
        Assert.Equal("""{"presence":[{"user":"lineker","online":true},{"user":"henderson","online":false}]}""", reply.Text);
        var many = string.Join(',', Enumerable.Range(0, 201).Select(i => $"u{i}"));
        Assert.Equal("bad-request", (await _world.SendAsync("GET", $"/v1/presence?users={many}")).Problem);
    }

    [Fact]
    public async Task Anyone_may_know_what_the_service_is()
    {
        _world.Client.DefaultRequestHeaders.Authorization = null;
        var server = (await _world.SendAsync("GET", "/v1/server")).Json;
        Assert.Equal((ScriptedChat.Epoch, "closed"), (Text(server, "epoch"), Text(server, "registration")));
        var limits = server.GetProperty("limits");
        Assert.Equal(
            (60_000, 10_000, 500),
            (limits.GetProperty("textBytes").GetInt32(), limits.GetProperty("roomMembers").GetInt32(),
             limits.GetProperty("roomsPerUser").GetInt32()));
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static Conversation Conversation(string peer, int unread) =>
        new(peer, peer.ToUpperInvariant(), ScriptedChat.Inbox, Entry(ScriptedChat.Inbox, 5, "x", peer), unread, 150, 4, false);

    private static LogEntry Entry(long log, long number, string text, string sender) => new(
        Guid.NewGuid(), log, number, EntryKind.Message, null, sender, sender.ToUpperInvariant(), At, Encoding.UTF8.GetBytes(text));
}
