using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using static OrleansChat.EndToEnd.Tests.Web.RoomTalk;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>Messages in rooms through both doors, over a real silo and database.</summary>
public sealed class RoomMessageTests(WebChatService service) : IClassFixture<WebChatService>
{
    [Fact]
    public async Task What_one_door_says_in_a_room_the_other_reads()
    {
        var (name, text) = await service.EnterAsync("old");
        using var web = await EnterAsync();
        var room = await CreateAsync(web);
        Assert.Equal(2, Number(await web.AskAsync("PUT", $"rooms/{room}/members/{name}"), "number"));

        var sent = await web.SayAsync(room, "from the web \u2713");
        Assert.Equal((3, "flushed"), (Number(sent, "number"), Text(sent, "durability")));
        Assert.Equal(
            [new ReadMessage($"#{room}", web.Name.ToUpperInvariant(), $"#{room}", " from the web \u2713\r\n")],
            Replies.MessagesIn(await text.AskAsync("inbox")));
        Assert.Equal(Replies.Sent, await text.AskAsync($"send {text.Token} #{room} from the line"));
        Assert.Equal(Replies.EmptyInbox, await text.AskAsync("inbox"));

        var entries = await ReadLogAsync(web, Text(sent, "log"));
        Assert.Equal(
            [$"joined {web.Name} owner", $"joined {name} member", "message  from the web \u2713", "message  from the line"], entries);
        var page = await web.AskAsync("GET", $"messages?room={room}&limit=1");
        var last = Assert.Single(page.GetProperty("entries").EnumerateArray());
        Assert.Equal(
            ("from the line", name, $"#{room}", Text(sent, "log"), 4),
            (Text(last, "text"), Text(last, "from"), Text(last, "conversation"), Text(last, "log"), Number(last, "number")));
    }

    [Fact]
    public async Task A_key_binds_a_message_to_a_room_through_both_doors()
    {
        var (name, text) = await service.EnterAsync("old");
        using var web = await WebUser.OpenAsync(service, name, text.Token);
        var room = await CreateAsync(web);
        var first = await web.SayAsync(room, "once", "k");
        Assert.Contains(Text(first, "id"), await text.AskAsync($"sendonce {text.Token} k #{room} once"), StringComparison.Ordinal);
        var (status, again) = await web.TryAsync("POST", "messages", new { to = $"#{room}", text = "once" }, "k");
        Assert.Equal((200, true), (status, again.GetProperty("repeated").GetBoolean()));
        Assert.Equal(Number(first, "number"), Number(again, "number"));
        Assert.Equal("key-reused", await web.CodeAsync("POST", "messages", new { to = $"#{room}", text = "other" }, "k"));
        Assert.Equal(Replies.IdUsed, await text.AskAsync($"sendonce {text.Token} k {name} once"));
    }

    [Fact]
    public async Task From_outside_a_private_room_is_a_name_that_nobody_has_everywhere_but_at_creation()
    {
        using var owner = await EnterAsync();
        using var outsider = await EnterAsync();
        var room = await CreateAsync(owner);
        var log = Text(await owner.SayAsync(room, "secret"), "log");
        var nowhere = NewName();

        foreach (var (place, at) in new[] { (room, log), (nowhere, "999999999") })
        {
            Assert.Equal("no-recipient", await outsider.CodeAsync("POST", "messages", new { to = $"#{place}", text = "x" }));
            Assert.Equal("no-recipient", await outsider.CodeAsync("POST", "messages", new { to = $"#{place}", text = "x" }, "k"));
            foreach (var (method, path, body) in RequestsFor(outsider, place, at))
                Assert.Equal((path, "not-found"), (path, await outsider.CodeAsync(method, path, body)));
        }
        Assert.DoesNotContain(room, (await outsider.AskAsync("GET", "rooms?limit=200")).ToString(), StringComparison.Ordinal);
        Assert.Equal("exists", await outsider.CodeAsync("POST", "rooms", Room(room)));
        Assert.Equal(2, (await ReadLogAsync(owner, log)).Count);
    }

    [Fact]
    public async Task Who_was_removed_a_moment_ago_is_outside_and_gets_nothing_that_came_after()
    {
        using var owner = await EnterAsync();
        using var member = await EnterAsync();
        var room = await CreateAsync(owner);
        await owner.AskAsync("PUT", $"rooms/{room}/members/{member.Name}", new { role = "moderator" });
        var before = await member.SayAsync(room, "before");
        var text = await service.LogInAsync(member.Name);
        Assert.Single((await ListAsync(member)).EnumerateArray());

        await owner.AskAsync("DELETE", $"rooms/{room}/members/{member.Name}");
        await owner.SayAsync(room, "after");

        foreach (var (method, path, body) in RequestsFor(member, room, Text(before, "log")))
            Assert.Equal((path, "not-found"), (path, await member.CodeAsync(method, path, body)));
        Assert.Equal("no-recipient", await member.CodeAsync("POST", "messages", new { to = $"#{room}", text = "x" }));
        Assert.Equal(Replies.NoRecipient, await text.AskAsync($"send {text.Token} #{room} x"));
        Assert.Equal(Replies.EmptyInbox, await text.AskAsync("inbox"));
        var list = await member.AskAsync("GET", "conversations");
        Assert.Equal((0, member.Inbox), (
            list.GetProperty("conversations").GetArrayLength(), list.GetProperty("ends").EnumerateObject().Single().Name));
    }

    [Fact]
    public async Task A_message_is_emptied_by_its_writer_or_a_moderator()
    {
        using var owner = await EnterAsync();
        using var writer = await EnterAsync();
        using var other = await EnterAsync();
        var room = await CreateAsync(owner);
        foreach (var member in new[] { writer, other }) await owner.AskAsync("PUT", $"rooms/{room}/members/{member.Name}");
        var (one, two) = (await writer.SayAsync(room, "one"), await writer.SayAsync(room, "two"));
        var log = Text(one, "log");

        Assert.Equal("not-found", await other.CodeAsync("DELETE", PathOf(one)));
        Assert.Equal("epoch", await writer.CodeAsync("DELETE", PathOf(one) + "x"));
        Assert.Equal(6, Number(await writer.AskAsync("DELETE", PathOf(one)), "number"));
        Assert.Equal(6, Number(await writer.AskAsync("DELETE", PathOf(one)), "number"));
        Assert.Equal(7, Number(await owner.AskAsync("DELETE", PathOf(two)), "number"));
        Assert.Equal("not-found", await owner.CodeAsync("DELETE", $"messages/{log}/1?epoch={owner.Epoch}"));
        Assert.Equal(["message  ", "message  ", "deleted  ", "deleted  "], (await ReadLogAsync(other, log))[^4..]);

        string PathOf(JsonElement sent) => $"messages/{Text(sent, "log")}/{Number(sent, "number")}?epoch={owner.Epoch}";
    }

    [Fact]
    public async Task Pages_markers_and_receipts_go_by_the_rooms_numbers()
    {
        using var me = await EnterAsync();
        using var other = await EnterAsync();
        var room = await CreateAsync(other);
        await other.AskAsync("PUT", $"rooms/{room}/members/{me.Name}");
        for (var i = 3; i <= 9; i++) await other.SayAsync(room, $"{i}");
        var log = Text(await me.AskAsync("GET", $"rooms/{room}"), "log");

        var numbers = new List<long>();
        var page = await me.AskAsync("GET", $"messages?room={room}&limit=3");
        while (true)
        {
            numbers.InsertRange(0, page.GetProperty("entries").EnumerateArray().Select(entry => Number(entry, "number")));
            if (page.GetProperty("older").GetString() is not { } older) break;
            page = await me.AskAsync("GET", $"messages?room={room}&limit=3&before={older}");
        }
        // History begins for a new member with joining.
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], numbers);
        var around = await me.AskAsync("GET", $"messages?room={room}&around={log}:5&limit=3&epoch={me.Epoch}");
        Assert.Contains(around.GetProperty("entries").EnumerateArray(), entry => Number(entry, "number") == 5);
        Assert.Equal("not-found", await me.CodeAsync("GET", $"messages?room={room}&around={log}:1&epoch={me.Epoch}"));
        Assert.Equal("not-found", await me.CodeAsync("GET", $"messages?room={room}&around={me.Inbox}:5&epoch={me.Epoch}"));
        Assert.Equal("epoch", await me.CodeAsync("GET", $"messages?room={room}&around={log}:5&epoch=another"));

        Assert.Equal("not-found", await me.CodeAsync("PUT", "read", Marker(me.Inbox)));
        var marker = await me.AskAsync("PUT", "read", Marker(log));
        Assert.Equal((5, 4, 9), (Number(marker, "read"), Number(marker, "unread"), Number(marker, "unreadAt")));
        await other.SendAsync(me.Name, "direct");
        var list = (await ListAsync(me)).EnumerateArray().ToList();
        Assert.Equal([$"@{other.Name}", $"#{room}"], list.Select(one => Text(one, "conversation")));
        Assert.Equal((4, "A Room", "9"), (Number(list[1], "unread"), Text(list[1], "name"), Text(list[1].GetProperty("last"), "text")));
        var muted = await me.AskAsync("PATCH", $"conversations?room={room}", new { muted = true });
        Assert.True(muted.GetProperty("muted").GetBoolean());
        Assert.Equal(muted.ToString(), (await me.AskAsync("GET", $"conversations?room={room}")).ToString());

        var logs = new Dictionary<string, long> { [log] = 8, [me.Inbox] = 1 };
        var received = (await me.AskAsync("POST", "received", new { epoch = me.Epoch, logs })).GetProperty("received");
        Assert.Equal((8, 1), (Number(received, log), Number(received, me.Inbox)));
        var text = await service.LogInAsync(me.Name);
        Assert.Equal(["9"], Replies.TextsIn(await text.AskAsync("inbox")));

        object Marker(string of) => new { epoch = me.Epoch, log = of, conversation = $"#{room}", upTo = 5 };
    }

    // All requests but sends that name a room, or its log.
    private static IEnumerable<(string Method, string Path, object? Body)> RequestsFor(WebUser user, string room, string log) =>
    [
        ("GET", $"rooms/{room}", null), ("PATCH", $"rooms/{room}", new { title = "x" }), ("DELETE", $"rooms/{room}", null),
        ("GET", $"rooms/{room}/members", null), ("PUT", $"rooms/{room}/members/{user.Name}", null),
        ("PUT", $"rooms/{room}/members/{user.Name}", new { role = "owner" }), ("PUT", $"rooms/{room}/members/messi", null),
        ("PUT", $"rooms/{room}/members/nobody-at-all", new { role = "banned" }), ("DELETE", $"rooms/{room}/members/{user.Name}", null),
        ("DELETE", $"rooms/{room}/members/messi", null), ("GET", $"messages?room={room}", null),
        ("GET", $"messages?room={room}&around={log}:2&epoch={user.Epoch}", null), ("GET", $"logs/{log}?after=0&epoch={user.Epoch}", null),
        ("DELETE", $"messages/{log}/2?epoch={user.Epoch}", null), ("GET", $"conversations?room={room}", null),
        ("PATCH", $"conversations?room={room}", new { muted = true }),
        ("PUT", "read", new { epoch = user.Epoch, log, conversation = $"#{room}", upTo = 1 }),
        ("POST", "received", new { epoch = user.Epoch, logs = new Dictionary<string, long> { [log] = 1 } }),
    ];

    private async Task<WebUser> EnterAsync() => await WebUser.LogInAsync(service, await service.AddUserAsync("r"));
}
