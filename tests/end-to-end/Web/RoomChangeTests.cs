using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Service;
using static OrleansChat.EndToEnd.Tests.Web.RoomTalk;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>Rooms and their members over HTTP, with a real silo and database.</summary>
public sealed class RoomChangeTests(WebChatService service) : IClassFixture<WebChatService>
{
    [Fact]
    public async Task After_the_last_owner_has_left_who_stood_longest_owns_the_room()
    {
        using var owner = await EnterAsync();
        using var member = await EnterAsync();
        using var moderator = await EnterAsync();
        var room = await CreateAsync(owner, "public");
        Assert.Equal("forbidden", await owner.CodeAsync("PUT", $"rooms/{room}/members/{owner.Name}", new { role = "member" }));
        await member.AskAsync("PUT", $"rooms/{room}/members/{member.Name}");
        await owner.AskAsync("PUT", $"rooms/{room}/members/{moderator.Name}", new { role = "moderator" });

        await owner.AskAsync("DELETE", $"rooms/{room}/members/{owner.Name}");
        var entries = await ReadLogAsync(member, Text(await member.AskAsync("GET", $"rooms/{room}"), "log"));
        Assert.Equal([$"left {owner.Name} ", $"role {moderator.Name} owner"], entries[^2..]);
        var members = (await member.AskAsync("GET", $"rooms/{room}/members")).GetProperty("members");
        Assert.Equal(
            [$"{member.Name} member", $"{moderator.Name} owner"],
            members.EnumerateArray().Select(one => $"{Text(one, "user")} {Text(one, "role")}"));
        // The room is public: it can be joined again.
        Assert.Equal("not-found", await owner.CodeAsync("DELETE", $"rooms/{room}/members/{owner.Name}"));
        await owner.AskAsync("PUT", $"rooms/{room}/members/{owner.Name}");
        Assert.Equal("forbidden", await owner.CodeAsync("DELETE", $"rooms/{room}"));
        Assert.Equal(204, (await moderator.TryAsync("DELETE", $"rooms/{room}")).Status);
        Assert.Equal("not-found", await member.CodeAsync("GET", $"rooms/{room}"));
        Assert.Equal("exists", await member.CodeAsync("POST", "rooms", Room(room)));
    }

    [Fact]
    public async Task Members_are_added_given_roles_banned_and_add_up_in_pages()
    {
        using var owner = await EnterAsync();
        using var other = await EnterAsync();
        var room = await CreateAsync(owner, "public");
        var path = $"rooms/{room}/members/{other.Name}";
        Assert.Equal(2, Number(await owner.AskAsync("PUT", path, new { role = "reader" }), "number"));
        Assert.Equal("no-recipient", await other.CodeAsync("POST", "messages", new { to = $"#{room}", text = "readers do not write" }));
        Assert.Equal(2, Number(await owner.AskAsync("PUT", path), "number"));
        Assert.Equal("reader", Text(await other.AskAsync("GET", $"rooms/{room}"), "role"));
        Assert.Equal(3, Number(await owner.AskAsync("PUT", path, new { role = "member" }), "number"));
        Assert.Equal(0, Number(await owner.AskAsync("PUT", path, new { role = "member" }), "number"));
        Assert.Equal("forbidden", await other.CodeAsync("PUT", $"rooms/{room}/members/{owner.Name}", new { role = "reader" }));
        Assert.Equal("not-found", await owner.CodeAsync("PUT", $"rooms/{room}/members/nobody-at-all"));

        var first = await owner.AskAsync("GET", $"rooms/{room}/members?limit=1");
        var rest = await owner.AskAsync("GET", $"rooms/{room}/members?limit=1&after={Text(first, "next")}");
        Assert.Equal(
            [owner.Name, other.Name],
            new[] { first, rest }.SelectMany(part => part.GetProperty("members").EnumerateArray()).Select(one => Text(one, "user")));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);

        await owner.AskAsync("PUT", path, new { role = "banned" });
        Assert.Equal("forbidden", await other.CodeAsync("PUT", path));
        await owner.AskAsync("PUT", path);
        Assert.Equal("member", Text(await other.AskAsync("GET", $"rooms/{room}"), "role"));
    }

    [Fact]
    public async Task Names_at_their_limits_and_those_that_none_can_have()
    {
        using var owner = await EnterAsync();
        var name = NewName();
        name += new string('z', 64 - name.Length);
        Assert.Equal(201, (await owner.TryAsync("POST", "rooms", Room(name))).Status);
        Assert.Equal(name, Text(await owner.AskAsync("GET", $"rooms/{name}"), "room"));
        await owner.SayAsync(name, "x");
        Assert.Equal("bad-request", await owner.CodeAsync("POST", "rooms", Room(name + "z")));
        Assert.Equal("no-recipient", await owner.CodeAsync("POST", "messages", new { to = $"#{name}z", text = "x" }));
        var dotted = $"{NewName()}..";
        await owner.AskAsync("POST", "rooms", Room(dotted));
        Assert.Equal(dotted, Text(await owner.AskAsync("GET", $"rooms/{dotted[..^2]}%2e%2E"), "room"));
        foreach (var bad in new[] { "..", ".", "", "-a", "_a", "A", "a b", "#a", "\u00e9" })
            Assert.Equal("bad-request", await owner.CodeAsync("POST", "rooms", Room(bad)));
        foreach (var path in new[] { "rooms/%23general", "rooms/%2523general", "rooms/general%2f", "rooms/GENERAL" })
            Assert.Equal("not-found", await owner.CodeAsync("GET", path));
        // .NET would take the dots out of it before it is sent.
        Assert.StartsWith("HTTP/1.1 404", await owner.RawAsync("GET", "/v1/rooms/%2e%2e"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await owner.RawAsync("GET", $"/v1/rooms/x/../{name}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rooms_are_listed_for_everybody_or_for_their_members()
    {
        using var owner = await EnterAsync();
        using var other = await EnterAsync();
        var (open, hidden) = (await CreateAsync(owner, "public"), await CreateAsync(owner));

        var all = await NamesAsync(other, "rooms?limit=1");
        Assert.Contains(open, all);
        Assert.DoesNotContain(hidden, all);
        Assert.Equal(new[] { open, hidden }.Order(StringComparer.Ordinal), await NamesAsync(owner, "rooms?mine=true&limit=1"));
        Assert.Empty(await NamesAsync(other, "rooms?mine=true&limit=1"));
        var changed = await owner.AskAsync("PATCH", $"rooms/{open}", new { title = "Another", kind = "private" });
        Assert.Equal(("Another", "private"), (Text(changed, "title"), Text(changed, "kind")));
        Assert.Equal("not-found", await other.CodeAsync("PUT", $"rooms/{open}/members/{other.Name}"));

        static async Task<List<string>> NamesAsync(WebUser user, string path)
        {
            var names = new List<string>();
            for (var next = ""; next is not null;)
            {
                var part = await user.AskAsync("GET", next.Length == 0 ? path : $"{path}&after={next}");
                names.AddRange(part.GetProperty("rooms").EnumerateArray().Select(room => Text(room, "room")));
                next = part.GetProperty("next").GetString();
            }
            return names;
        }
    }

    private async Task<WebUser> EnterAsync() => await WebUser.LogInAsync(service, await service.AddUserAsync("r"));
}
