using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using static OrleansChat.EndToEnd.Tests.Web.RoomTalk;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>Event streams over a real silo and database.</summary>
public sealed class EventTests(WebChatService service) : IClassFixture<WebChatService>
{
    [Fact]
    public async Task What_any_door_sends_comes_as_it_is_stored()
    {
        using var reader = await EnterAsync();
        var (writer, text) = await service.EnterAsync("old");
        await text.AskAsync($"send {text.Token} {reader.Name} before");
        using var events = await OpenAsync(reader);
        Assert.Contains("\r\nContent-Type: text/event-stream\r\n", events.Header, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Accel-Buffering: no\r\n", events.Header, StringComparison.Ordinal);
        Assert.Contains("\r\nCache-Control: no-store\r\n", events.Header, StringComparison.Ordinal);
        Assert.Equal(
            (reader.Name, reader.Epoch, reader.Inbox, 1L, 25L),
            (Text(events.Hello, "user"), Text(events.Hello, "epoch"), Text(events.Hello, "inbox"),
             Number(events.Hello.GetProperty("ends"), reader.Inbox), Number(events.Hello, "heartbeat")));

        Assert.Equal(Replies.Sent, await text.AskAsync($"send {text.Token} {reader.Name} from the line"));
        var entry = await events.EntryAsync();
        Assert.Equal(
            ("from the line", writer, $"@{writer}", 2L, 1L, writer.ToUpperInvariant()),
            (Text(entry, "text"), Text(entry, "from"), Text(entry, "conversation"), Number(entry, "number"), Number(entry, "after"),
             Text(entry, "fromName")));
        using var web = await EnterAsync();
        var sent = await web.SendAsync(reader.Name, "line\nend \u2713 \u2028");
        entry = await events.EntryAsync();
        Assert.Equal(
            (Text(sent, "id"), "line\nend \u2713 \u2028", Text(sent, "sentAt")),
            (Text(entry, "id"), Text(entry, "text"), Text(entry, "sentAt")));
        await web.AskAsync("DELETE", $"messages/{reader.Inbox}/3?epoch={reader.Epoch}");
        entry = await events.EntryAsync();
        Assert.Equal(("deleted", 3L, 4L), (Text(entry, "kind"), Number(entry, "target"), Number(entry, "number")));
    }

    [Fact]
    public async Task A_stream_goes_on_after_the_numbers_that_the_client_holds_by_either_method()
    {
        using var reader = await EnterAsync();
        using var writer = await EnterAsync();
        for (var i = 1; i <= 5; i++) await writer.SendAsync(reader.Name, $"{i}");

        var start = new { epoch = reader.Epoch, logs = new Dictionary<string, long> { [reader.Inbox] = 2 } };
        using var posted = await OpenAsync(reader, start);
        using var got = await EventClient.RequestAsync(
            service.Web!, reader.Token, "GET", query: $"?epoch={reader.Epoch}&log={reader.Inbox}:2");
        Assert.Equal("hello", (await got.NextAsync()).Name);
        await writer.SendAsync(reader.Name, "6");

        foreach (var events in new[] { posted, got })
            for (var i = 3; i <= 6; i++) Assert.Equal(i, Number(await events.EntryAsync(), "number"));
    }

    [Fact]
    public async Task Rooms_are_followed_while_members_come_and_go()
    {
        using var owner = await EnterAsync();
        using var member = await EnterAsync();
        var room = await CreateAsync(owner);
        using var events = await OpenAsync(member);
        Assert.Empty(events.Hello.GetProperty("rooms").EnumerateObject());

        await owner.AskAsync("PUT", $"rooms/{room}/members/{member.Name}");
        var (name, began) = await events.NextAsync();
        Assert.Equal(("rooms", room, "member"), (name, Text(began, "room"), Text(began, "role")));
        var joined = await events.EntryAsync();
        Assert.Equal(("joined", member.Name, Number(began, "last")), (Text(joined, "kind"), Text(joined, "user"), Number(joined, "after")));
        await owner.SayAsync(room, "welcome");
        Assert.Equal(("welcome", $"#{room}"), await TextAsync(events));
        await member.SayAsync(room, "thanks");
        Assert.Equal(("thanks", $"#{room}"), await TextAsync(events));

        await owner.AskAsync("DELETE", $"rooms/{room}/members/{member.Name}");
        await owner.SayAsync(room, "secret");
        await owner.SendAsync(member.Name, "to you alone");
        var rest = new List<string>();
        while (rest is not [.., "to you alone"])
        {
            var (kind, data) = await events.NextAsync();
            rest.Add(kind == "entry" && Text(data, "kind") == "message" ? Text(data, "text") : kind);
        }
        Assert.DoesNotContain("secret", rest);
        while (!rest.Contains("rooms")) rest.Add((await events.NextAsync()).Name);
    }

    [Fact]
    public async Task A_stream_ends_with_its_session_and_those_of_others_go_on()
    {
        using var reader = await EnterAsync();
        using var other = await WebUser.LogInAsync(service, reader.Name);
        using var writer = await EnterAsync();
        using var ended = await OpenAsync(reader);
        using var goesOn = await OpenAsync(other);

        await reader.AskAsync("DELETE", "sessions/current");
        await writer.SendAsync(reader.Name, "after the logout");

        Assert.Empty(await ended.ToEndAsync());
        Assert.Equal("after the logout", (await TextAsync(goesOn)).Text);
        await other.AskAsync("PUT", "account/password", new { old = ChatService.Password, @new = "pekanbaru-2" });
        await writer.SendAsync(reader.Name, "after the new password");
        Assert.Equal("after the new password", (await TextAsync(goesOn)).Text);
    }

    [Fact]
    public async Task Several_devices_hear_of_each_other()
    {
        using var phone = await EnterAsync();
        using var desk = await WebUser.LogInAsync(service, phone.Name);
        using var peer = await EnterAsync();
        using var onDesk = await OpenAsync(desk);
        using var onPhone = await OpenAsync(phone);

        var sent = await phone.SendAsync(peer.Name, "written on the phone", "key-1");
        foreach (var (events, key) in new[] { (onDesk, (string?)null), (onPhone, "key-1") })
        {
            var (name, data) = await events.NextAsync();
            Assert.Equal(("sent", Text(sent, "id"), $"@{peer.Name}"), (name, Text(data, "id"), Text(data, "conversation")));
            Assert.Equal(key, data.TryGetProperty("key", out var of) ? of.GetString() : null);
        }
        await peer.SendAsync(phone.Name, "answer");
        Assert.Equal("answer", (await TextAsync(onDesk)).Text);
        await phone.AskAsync("PUT", "read", new { epoch = phone.Epoch, log = phone.Inbox, conversation = $"@{peer.Name}", upTo = 1 });
        var (kind, read) = await onDesk.NextAsync();
        Assert.Equal(("read", $"@{peer.Name}", 1L, 0L), (kind, Text(read, "conversation"), Number(read, "read"), Number(read, "unread")));
    }

    [Fact]
    public async Task Who_has_a_stream_is_online_and_watched_by_those_who_want_to_know()
    {
        using var watcher = await EnterAsync();
        using var watched = await EnterAsync();
        using var events = await OpenAsync(watcher, new { watch = new[] { watched.Name } });
        Assert.False(await PresenceAsync(events));

        var stream = await OpenAsync(watched);
        Assert.True(await PresenceAsync(events));
        stream.Dispose();
        Assert.False(await PresenceAsync(events));

        static async Task<bool> PresenceAsync(EventClient events)
        {
            var (name, data) = await events.NextAsync();
            Assert.Equal("presence", name);
            return data.GetProperty("online").GetBoolean();
        }
    }

    [Theory]
    [InlineData("POST", "{\"logs\": {\"7\": 1}}", "", "", 400)]
    [InlineData("POST", "{\"watch\": [\"no name\"]}", "", "", 400)]
    [InlineData("POST", "{\"epoch\": \"e\", \"logs\": {\"7\": -1}}", "", "", 400)]
    [InlineData("POST", "{\"epoch\": \"e\", \"logs\": {\"x\": 1}}", "", "", 404)]
    [InlineData("GET", null, "?log=7:1", "", 400)]
    [InlineData("GET", null, "?epoch=e&log=7", "", 400)]
    [InlineData("GET", null, "", "Last-Event-ID: 1\r\n", 400)]
    public async Task What_is_no_beginning_of_a_stream_is_refused(
        string method, string? body, string query, string headers, int status)
    {
        using var reader = await EnterAsync();
        using var events = await EventClient.RequestAsync(service.Web!, reader.Token, method, body, query, headers);
        Assert.StartsWith($"HTTP/1.1 {status} ", events.Header, StringComparison.Ordinal);
    }

    private async Task<WebUser> EnterAsync() => await WebUser.LogInAsync(service, await service.AddUserAsync("web"));

    private Task<EventClient> OpenAsync(WebUser user, object? start = null) => EventClient.OpenAsync(service.Web!, user.Token, start);

    private static async Task<(string Text, string Conversation)> TextAsync(EventClient events)
    {
        var entry = await events.EntryAsync();
        return (Text(entry, "text"), Text(entry, "conversation"));
    }
}
