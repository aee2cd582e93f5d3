using System.Net.Http.Json;
using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>The HTTP API over a real silo and database, beside the text protocol.</summary>
public sealed class WebTests(WebChatService service) : IClassFixture<WebChatService>
{
    [Fact]
    public async Task A_message_arrives_in_the_inbox_of_the_text_protocol_and_leaves_it_when_it_was_received()
    {
        var (me, peer) = (await LogInAsync("web"), await LogInAsync("web"));
        var sent = await me.SendAsync(peer.Name, "Teknik \u2713");
        Assert.Equal((peer.Inbox, 1), (Text(sent, "log"), Number(sent, "number")));
        Assert.Equal("flushed", Text(sent, "durability"));

        var text = await service.LogInAsync(peer.Name);
        Assert.Contains($"\"msg\": \" Teknik \\u2713\\r\\n\"", await text.AskAsync("inbox"), StringComparison.Ordinal);
        var log = await peer.AskAsync("GET", $"logs/{peer.Inbox}?after=0&epoch={peer.Epoch}");
        var entry = log.GetProperty("entries")[0];
        Assert.Equal((Text(sent, "id"), Text(sent, "sentAt"), "Teknik \u2713", $"@{me.Name}"),
            (Text(entry, "id"), Text(entry, "sentAt"), Text(entry, "text"), Text(entry, "conversation")));

        await peer.AskAsync("POST", "received", new { epoch = peer.Epoch, logs = new Dictionary<string, long> { [peer.Inbox] = 1 } });
        var again = await service.LogInAsync(peer.Name);
        Assert.Contains("\"messages\": {}", await again.AskAsync("inbox"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_one_of_sendonce_and_is_answered_as_the_first_time_for_good()
    {
        var (me, peer) = (await LogInAsync("web"), await LogInAsync("web"));
        var (status, first) = await Send("hello", "k1");
        Assert.Equal((201, false), (status, first.GetProperty("repeated").GetBoolean()));

        var text = await service.ConnectAsync();
        Assert.Contains(Text(first, "id"), await text.AskAsync($"sendonce {me.Token} k1 {peer.Name} hello"), StringComparison.Ordinal);
        Assert.Contains("ID Sudah Dipakai", await text.AskAsync($"sendonce {me.Token} k1 {peer.Name} other"), StringComparison.Ordinal);
        Assert.Equal("key-reused", await me.CodeAsync("POST", "messages", new { to = $"@{peer.Name}", text = "other" }, "k1"));

        await peer.AskAsync("PUT", $"blocks/{me.Name}");
        var (again, repeated) = await Send("hello", "k1");
        Assert.Equal((200, true), (again, repeated.GetProperty("repeated").GetBoolean()));
        foreach (var field in new[] { "id", "log", "number", "sentAt", "durability" })
            Assert.Equal(first.GetProperty(field).ToString(), repeated.GetProperty(field).ToString());
        Assert.Equal("no-recipient", await me.CodeAsync("POST", "messages", new { to = $"@{peer.Name}", text = "new" }, "k2"));
        Assert.Contains("User Tidak Ditemukan", await text.AskAsync($"send {me.Token} {peer.Name} new"), StringComparison.Ordinal);
        await peer.AskAsync("DELETE", $"blocks/{me.Name}");
        Assert.Equal(2, Number((await Send("new", "k2")).Json, "number"));

        Task<(int Status, JsonElement Json)> Send(string what, string key) =>
            me.TryAsync("POST", "messages", new { to = $"@{peer.Name}", text = what }, key);
    }

    [Fact]
    public async Task A_token_opens_every_door_until_its_logout()
    {
        var (name, text) = await service.EnterAsync("web");
        using var web = await WebUser.OpenAsync(service, name, text.Token);
        Assert.Equal(204, (await web.TryAsync("DELETE", "sessions/current")).Status);
        Assert.Contains("Informasi tidak ditemukan", await text.AskAsync("inbox"), StringComparison.Ordinal);
        Assert.Equal("no-session", await web.CodeAsync("GET", "account"));
    }

    [Fact]
    public async Task Pages_lead_through_a_conversation_both_ways_and_markers_count_what_is_above()
    {
        var (me, peer) = (await LogInAsync("web"), await LogInAsync("web"));
        for (var i = 1; i <= 7; i++) await (i % 2 == 0 ? me.SendAsync(peer.Name, $"{i}") : peer.SendAsync(me.Name, $"{i}"));

        var texts = new List<string>();
        var page = await me.AskAsync("GET", $"messages?user={peer.Name}&limit=3");
        while (true)
        {
            texts.InsertRange(0, TextsOf(page));
            if (page.GetProperty("older").GetString() is not { } older) break;
            page = await me.AskAsync("GET", $"messages?user={peer.Name}&limit=3&before={older}");
        }
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], texts);
        var newer = page.GetProperty("newer").GetString();
        Assert.Equal(["2", "3", "4"], TextsOf(await me.AskAsync("GET", $"messages?user={peer.Name}&limit=3&after={newer}")));
        Assert.Equal(["4"], TextsOf(await me.AskAsync(
            "GET", $"messages?user={peer.Name}&limit=1&around={peer.Inbox}:2&epoch={me.Epoch}")));
        Assert.Equal("epoch", await me.CodeAsync("GET", $"messages?user={peer.Name}&around={peer.Inbox}:2&epoch=another"));
        Assert.Equal("not-found", await me.CodeAsync("GET", $"messages?user={peer.Name}&around=999999:2&epoch={me.Epoch}"));

        var body = new { epoch = me.Epoch, log = me.Inbox, conversation = $"@{peer.Name}", upTo = 2 };
        var marker = await me.AskAsync("PUT", "read", body);
        Assert.Equal((2, 2, 4), (Number(marker, "read"), Number(marker, "unread"), Number(marker, "unreadAt")));
        var list = await me.AskAsync("GET", "conversations");
        var one = Assert.Single(list.GetProperty("conversations").EnumerateArray());
        Assert.Equal(
            ($"@{peer.Name}", 2, "7"), (Text(one, "conversation"), Number(one, "unread"), Text(one.GetProperty("last"), "text")));
        Assert.Equal(4, Number(list.GetProperty("ends"), me.Inbox));
        Assert.True((await me.AskAsync("PATCH", $"conversations?user={peer.Name}", new { muted = true }))
            .GetProperty("muted").GetBoolean());
    }

    [Fact]
    public async Task A_message_is_emptied_by_its_writer_alone()
    {
        var (me, peer) = (await LogInAsync("web"), await LogInAsync("web"));
        var sent = await me.SendAsync(peer.Name, "oops");
        var path = $"messages/{Text(sent, "log")}/{Number(sent, "number")}?epoch={me.Epoch}";
        Assert.Equal("not-found", await peer.CodeAsync("DELETE", path));
        Assert.Equal("epoch", await me.CodeAsync("DELETE", path + "x"));
        Assert.Equal(2, Number(await me.AskAsync("DELETE", path), "number"));
        Assert.Equal(2, Number(await me.AskAsync("DELETE", path), "number"));

        var entries = (await peer.AskAsync("GET", $"logs/{peer.Inbox}?after=0&epoch={peer.Epoch}")).GetProperty("entries");
        Assert.Equal(("", 2), (Text(entries[0], "text"), Number(entries[0], "deletedBy")));
        Assert.Equal(("deleted", 1), (Text(entries[1], "kind"), Number(entries[1], "target")));
    }

    [Fact]
    public async Task A_login_over_HTTP_makes_nobody_online()
    {
        var (me, (online, _)) = (await LogInAsync("web"), await service.EnterAsync("text"));
        var presence = (await me.AskAsync("GET", $"presence?users={me.Name},{online}")).GetProperty("presence");
        Assert.Equal([false, true], presence.EnumerateArray().Select(user => user.GetProperty("online").GetBoolean()));
    }

    [Fact]
    public async Task Guesses_at_an_unknown_user_are_limited_as_those_at_a_known_one_are()
    {
        using var http = new HttpClient { BaseAddress = service.Web };
        var known = await service.AddUserAsync("web");
        foreach (var name in new[] { known, "nobody-at-all" })
        {
            var codes = new List<int>();
            for (var i = 0; i < 11; i++)
                codes.Add((int)(await http.PostAsJsonAsync("sessions", new { user = name, password = "wrong" })).StatusCode);
            Assert.Equal([.. Enumerable.Repeat(403, 10), 429], codes);
        }
    }

    private async Task<WebUser> LogInAsync(string role) => await WebUser.LogInAsync(service, await service.AddUserAsync(role));

    private static IEnumerable<string> TextsOf(JsonElement page) =>
        page.GetProperty("entries").EnumerateArray().Select(entry => Text(entry, "text"));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
