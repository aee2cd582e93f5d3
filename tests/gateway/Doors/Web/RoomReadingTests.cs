using System.Text;
using System.Text.Json;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>Rooms where conversations and logs are: messages, pages, the list, markers, receipts.</summary>
public sealed class RoomReadingTests : IAsyncLifetime
{
    private const long Log = ScriptedChat.RoomLog;
    private const string Epoch = ScriptedChat.Epoch;

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly RoomInfo General = new(
        Epoch, "general", "The World", true, true, 3, new RoomMembership(Log, MemberRole.Member, 4, 5, 6, true, 9, 2));

    private WebWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await WebWorld.StartAsync();
        _world.Chat.Answers[nameof(IMemberGrain.FindRoom)] = General;
        _world.Chat.Answers[nameof(IMemberGrain.SetRoomMuted)] = General;
        _world.Chat.Answers[nameof(IMemberGrain.MarkRoomRead)] = General;
        _world.Chat.Answers[nameof(IMemberGrain.FindRoomOfLog)] = "general";
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomPage)] = Page(Entry(9, "hello"));
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomLog)] = new LogPart([], 9, null);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("k")]
    public async Task A_message_goes_to_a_room_and_its_place_is_answered(string? key)
    {
        var place = new EntryPlace(Log, 10, At);
        _world.Chat.Stored = new AppendReply(SendStatus.Sent, [place], "flushed");
        _world.Chat.Receipt = sent => new SendOnceReply(
            new SessionUse(ScriptedChat.Owner, false, 1), SendStatus.Sent, sent.Id, "flushed", place);
        (string, string)[] headers = key is null ? [] : [("Idempotency-Key", key)];
        var reply = await _world.SendAsync("POST", "/v1/messages", """{"to": "#general", "text": "hello"}""", headers);

        var message = _world.Chat.Sent.Single();
        Assert.Equal(("#general", " hello\r\n", key), (message.Recipient, Encoding.UTF8.GetString(message.Text), message.OnceId));
        Assert.Equal((201, "30", 10), (reply.Status, Text(reply.Json, "log"), reply.Json.GetProperty("number").GetInt64()));
    }

    [Theory]
    [InlineData(SendStatus.NoRecipient, 404, "no-recipient")]
    [InlineData(SendStatus.RoomBusy, 429, "too-many")]
    public async Task A_message_that_a_room_refuses_is_not_stored(SendStatus status, int expected, string code)
    {
        _world.Chat.Stored = new AppendReply(status);
        var reply = await _world.SendAsync("POST", "/v1/messages", """{"to": "#general", "text": "hello"}""");
        Assert.Equal((expected, code), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_message_is_deleted_from_a_rooms_log()
    {
        _world.Chat.Answers[nameof(IConversationGrain.FindOwner)] = ConversationStatus.NotFound;
        _world.Chat.Answers["general.Delete"] = new Position(Log, 40);
        var reply = await _world.SendAsync("DELETE", $"/v1/messages/{Log}/34?epoch={Epoch}");
        Assert.Equal((200, """{"log":"30","number":40}"""), (reply.Status, reply.Text));
        Assert.Equal([Epoch, 34L], _world.Chat.LastAsked.Arguments[..2]);

        _world.Chat.Answers["general.Delete"] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("DELETE", $"/v1/messages/{Log}/34?epoch={Epoch}")).Problem);
        _world.Chat.Answers[nameof(IMemberGrain.FindRoomOfLog)] = ConversationStatus.OtherEpoch;
        Assert.Equal("epoch", (await _world.SendAsync("DELETE", $"/v1/messages/{Log}/34?epoch={Epoch}")).Problem);
    }

    [Fact]
    public async Task A_page_shows_messages_and_changes_and_cursors_name_the_log()
    {
        var appointed = Change(4, EntryKind.Role, "owner", "lineker") with { Sender = "", SenderName = "" };
        var shown = Page(
            Change(2, EntryKind.Joined, "member", "lineker"), Change(3, EntryKind.Title, " Two words", null), appointed,
            Entry(5, "hello"));
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomPage)] = shown with { Older = 1 };

        var page = (await _world.SendAsync("GET", "/v1/messages?room=general&limit=4")).Json;
        Assert.Equal(new RoomPageRequest("general", PageKind.Newest, 0, "", 4), _world.Chat.LastAsked.Arguments[0]);
        var entries = page.GetProperty("entries");
        Assert.Equal(
            ("joined", "#general", "messi", "member", "lineker", "messi"),
            (Text(entries[0], "kind"), Text(entries[0], "conversation"), Text(entries[0], "from"), Text(entries[0], "text"),
             Text(entries[0], "user"), Text(entries[0], "by")));
        Assert.Equal(("title", " Two words"), (Text(entries[1], "kind"), Text(entries[1], "text")));
        Assert.False(entries[1].TryGetProperty("user", out _));
        Assert.Equal(("role", ""), (Text(entries[2], "kind"), Text(entries[2], "from")));
        Assert.False(entries[2].TryGetProperty("by", out _));
        Assert.Equal(("message", "hello"), (Text(entries[3], "kind"), Text(entries[3], "text")));
        Assert.False(entries[3].TryGetProperty("by", out _));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("newer").ValueKind);

        var older = Text(page, "older");
        await _world.SendAsync("GET", $"/v1/messages?room=general&before={older}");
        Assert.Equal(new RoomPageRequest("general", PageKind.Before, 1, Epoch, 50), _world.Chat.LastAsked.Arguments[0]);
        await _world.SendAsync("GET", $"/v1/messages?room=general&after={older}&limit=200");
        Assert.Equal(PageKind.After, ((RoomPageRequest)_world.Chat.LastAsked.Arguments[0]!).Kind);
        Assert.Equal("bad-request", (await _world.SendAsync("GET", $"/v1/messages?room=music&before={older}")).Problem);
        Assert.Equal("bad-request", (await _world.SendAsync("GET", $"/v1/messages?user=general&before={older}")).Problem);

        // Another room of that name.
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomPage)] = Page(Entry(5, "hello")) with { LogId = Log + 1 };
        Assert.Equal("not-found", (await _world.SendAsync("GET", $"/v1/messages?room=general&before={older}")).Problem);
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomPage)] = ConversationStatus.OtherEpoch;
        Assert.Equal("epoch", (await _world.SendAsync("GET", $"/v1/messages?room=general&before={older}")).Problem);
    }

    [Fact]
    public async Task A_page_lies_around_an_entry_of_the_rooms_log_and_of_no_other()
    {
        Assert.Equal(200, (await _world.SendAsync("GET", $"/v1/messages?room=general&around=30:9&epoch={Epoch}")).Status);
        Assert.Equal(new RoomPageRequest("general", PageKind.Around, 9, Epoch, 50), _world.Chat.LastAsked.Arguments[0]);
        Assert.Equal("not-found", (await _world.SendAsync("GET", $"/v1/messages?room=general&around=7:9&epoch={Epoch}")).Problem);
        Assert.Equal("bad-request", (await _world.SendAsync("GET", "/v1/messages?room=general&around=30:9")).Problem);
        Assert.Equal("bad-request", (await _world.SendAsync("GET", $"/v1/messages?room=general&around=30&epoch={Epoch}")).Problem);
    }

    [Fact]
    public async Task The_log_of_a_room_is_read_by_number_and_what_its_reader_may_not_see_is_no_gap()
    {
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomLog)] = new LogPart([Entry(5, "x"), Entry(6, "y"), Entry(9, "z")], 12, null);
        var part = (await _world.SendAsync("GET", $"/v1/logs/{Log}?after=2&epoch={Epoch}&limit=3")).Json;
        Assert.Equal([Epoch, Log, 2L, 3], _world.Chat.LastAsked.Arguments);
        var entries = part.GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal([2L, 5, 6], entries.Select(entry => entry.GetProperty("after").GetInt64()));
        Assert.All(entries, entry => Assert.Equal("#general", Text(entry, "conversation")));
        Assert.Equal(12, part.GetProperty("last").GetInt64());

        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomLog)] = new LogPart([], 9, First: 6);
        Assert.Equal("expired", (await _world.SendAsync("GET", $"/v1/logs/{Log}?after=3&epoch={Epoch}")).Problem);
        // Removed between the two questions.
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomLog)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("GET", $"/v1/logs/{Log}?after=3&epoch={Epoch}")).Problem);
    }

    [Fact]
    public async Task Rooms_stand_in_the_list_among_conversations_and_the_ends_of_their_logs_beside_the_inbox()
    {
        _world.Chat.Answers[nameof(IMemberGrain.ListConversations)] = new ConversationList(
            Epoch, ScriptedChat.Inbox, 150,
            [
                new Conversation("#general", "The World", Log, Entry(9, "x"), 100, 9, 4, false),
                new Conversation("lineker", "Gary", ScriptedChat.Inbox, null, 1, 150, 3, false),
            ],
            new ListPlace(At, Log), [new Position(Log, 9), new Position(31, 2)]);
        var list = (await _world.SendAsync("GET", "/v1/conversations?limit=2")).Json;
        Assert.Equal("""{"30":9,"31":2,"7":150}""", list.GetProperty("ends").GetRawText());
        var room = list.GetProperty("conversations")[0];
        Assert.Equal(
            ("#general", "30", "The World", "99+", "#general"),
            (Text(room, "conversation"), Text(room, "log"), Text(room, "name"), Text(room, "unread"),
             Text(room.GetProperty("last"), "conversation")));
        await _world.SendAsync("GET", $"/v1/conversations?before={Text(list, "older")}");
        Assert.Equal([50, new ListPlace(At, Log)], _world.Chat.LastAsked.Arguments);
    }

    [Fact]
    public async Task A_room_is_one_of_the_conversations_for_its_members()
    {
        foreach (var (method, body) in new[] { ("GET", null), ("PATCH", """{"muted": true}""") })
        {
            var room = (await _world.SendAsync(method, "/v1/conversations?room=general", body)).Json;
            Assert.Equal(("#general", "30", "The World"), (Text(room, "conversation"), Text(room, "log"), Text(room, "name")));
            Assert.Equal("hello", Text(room.GetProperty("last"), "text"));
            Assert.Equal(
                (2, 9, 6, true),
                (room.GetProperty("unread").GetInt32(), room.GetProperty("unreadAt").GetInt32(), room.GetProperty("read").GetInt32(),
                 room.GetProperty("muted").GetBoolean()));
        }
        Assert.Equal(["general", true], _world.Chat.LastAsked.Arguments);
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomPage)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await _world.SendAsync("GET", "/v1/conversations?room=general")).Problem);
        Assert.Equal("not-found", (await _world.SendAsync("PATCH", "/v1/conversations?room=general", """{"muted": true}""")).Problem);
        // Who sees a public room from outside.
        _world.Chat.Answers[nameof(IMemberGrain.ReadRoomPage)] = Page();
        _world.Chat.Answers[nameof(IMemberGrain.FindRoom)] = General with { Mine = null };
        Assert.Equal("not-found", (await _world.SendAsync("GET", "/v1/conversations?room=general")).Problem);
    }

    [Fact]
    public async Task A_marker_of_a_room_moves_in_the_rooms_log_alone_and_once_in_2_seconds()
    {
        _world.Chat.Answers[nameof(IMemberGrain.FindRoomOfLog)] = "music";
        Assert.Equal("not-found", (await MarkAsync()).Problem);
        _world.Chat.Answers[nameof(IMemberGrain.FindRoomOfLog)] = ConversationStatus.NotFound;
        Assert.Equal("not-found", (await MarkAsync()).Problem);
        Assert.DoesNotContain(_world.Chat.Asked, asked => asked.Method == nameof(IMemberGrain.MarkRoomRead));

        _world.Chat.Answers[nameof(IMemberGrain.FindRoomOfLog)] = "general";
        var reply = await MarkAsync();
        Assert.Equal((200, """{"read":6,"unread":2,"unreadAt":9}"""), (reply.Status, reply.Text));
        Assert.Equal([Epoch, "general", 6L], _world.Chat.LastAsked.Arguments);
        Assert.Equal("too-many", (await MarkAsync()).Problem);

        Task<WebReply> MarkAsync() => _world.SendAsync(
            "PUT", "/v1/read", $$"""{"epoch": "{{Epoch}}", "log": "30", "conversation": "#general", "upTo": 6}""");
    }

    [Fact]
    public async Task What_has_arrived_of_several_logs_is_noted_at_once()
    {
        _world.Chat.Answers[nameof(IMemberGrain.ReceiveLogs)] =
            new Positions([new Position(ScriptedChat.Inbox, 8), new Position(Log, 9)]);
        var reply = await _world.SendAsync("POST", "/v1/received", """{"epoch": "e", "logs": {"7": 8, "30": 99}}""");
        Assert.Equal((200, """{"received":{"7":8,"30":9}}"""), (reply.Status, reply.Text));
        Assert.Equal(
            [new Position(ScriptedChat.Inbox, 8), new Position(Log, 99)],
            Assert.IsType<Positions>(_world.Chat.LastAsked.Arguments[1]).Logs);

        _world.Chat.Answers[nameof(IMemberGrain.ReceiveLogs)] = ConversationStatus.OtherEpoch;
        Assert.Equal("epoch", (await _world.SendAsync("POST", "/v1/received", """{"epoch": "f", "logs": {"30": 9}}""")).Problem);
        Assert.Equal("not-found", (await _world.SendAsync("POST", "/v1/received", """{"epoch": "f", "logs": {"#x": 9}}""")).Problem);
    }

    private static RoomPage Page(params LogEntry[] entries) => new(Epoch, Log, entries, null, null);

    private static LogEntry Entry(long number, string text) => new(
        Guid.NewGuid(), Log, number, EntryKind.Message, null, "lineker", "Gary", At, Encoding.UTF8.GetBytes($" {text}\r\n"));

    private static LogEntry Change(long number, EntryKind kind, string text, string? user) => new(
        Guid.NewGuid(), Log, number, kind, null, "messi", "Lionel", At, Encoding.UTF8.GetBytes(text), user);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
