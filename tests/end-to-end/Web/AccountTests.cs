using System.Net.Http.Json;
using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>Accounts by their owners, over a real silo and database.</summary>
public sealed class AccountTests(WebChatService service) : IClassFixture<WebChatService>
{
    [Fact]
    public async Task A_session_of_any_door_is_listed_and_ended_by_its_owner()
    {
        var (name, text) = await service.EnterAsync("own");
        using var web = await WebUser.LogInAsync(service, name);
        var sessions = (await web.AskAsync("GET", "sessions")).GetProperty("sessions");
        Assert.Equal(["http", "text"], sessions.EnumerateArray().Select(session => Text(session, "door")));
        Assert.Equal([true, false], sessions.EnumerateArray().Select(session => session.GetProperty("current").GetBoolean()));
        Assert.All(sessions.EnumerateArray(), session => Assert.Equal("127.0.0.1", Text(session, "address")));

        using var stranger = await WebUser.LogInAsync(service, await service.AddUserAsync("other"));
        var path = $"sessions/{Text(sessions[1], "id")}";
        Assert.Equal("not-found", await stranger.CodeAsync("DELETE", path));
        Assert.Equal(204, (await web.TryAsync("DELETE", path)).Status);

        Assert.Contains("Informasi tidak ditemukan", await text.AskAsync("inbox"), StringComparison.Ordinal);
        Assert.Equal("not-found", await web.CodeAsync("DELETE", path));
        Assert.Single((await web.AskAsync("GET", "sessions")).GetProperty("sessions").EnumerateArray());
    }

    [Fact]
    public async Task A_new_password_ends_all_other_sessions_and_is_the_one_to_log_in_with()
    {
        var (name, text) = await service.EnterAsync("own");
        using var web = await WebUser.LogInAsync(service, name);
        Assert.Equal("wrong-password", await web.CodeAsync("PUT", "account/password", new { old = "wrong", @new = "pekanbaru" }));
        Assert.Equal("bad-request", await web.CodeAsync("PUT", "account/password", new { old = ChatService.Password, @new = "short" }));

        var changed = await web.TryAsync("PUT", "account/password", new { old = ChatService.Password, @new = "pekanbaru" });

        Assert.Equal(204, changed.Status);
        Assert.Equal(name, Text(await web.AskAsync("GET", "account"), "user"));
        Assert.Contains("Informasi tidak ditemukan", await text.AskAsync("inbox"), StringComparison.Ordinal);
        Assert.Contains("Password Salah", await text.AskAsync($"auth {name} {ChatService.Password}"), StringComparison.Ordinal);
        await text.LogInAsync(name, "pekanbaru");
        var sessions = (await web.AskAsync("GET", "sessions")).GetProperty("sessions");
        Assert.Equal(["http", "text"], sessions.EnumerateArray().Select(session => Text(session, "door")));
        Assert.Equal(204, (await web.TryAsync("DELETE", "sessions/current")).Status);
        Assert.Equal("no-session", await web.CodeAsync("GET", "account"));
    }

    [Fact]
    public async Task A_new_name_is_what_others_find()
    {
        var name = await service.AddUserAsync("own");
        using var web = await WebUser.LogInAsync(service, name);
        using var other = await WebUser.LogInAsync(service, await service.AddUserAsync("other"));
        Assert.Equal("bad-request", await web.CodeAsync("PATCH", "account", new { name = " " }));

        Assert.Equal("Quite Another", Text(await web.AskAsync("PATCH", "account", new { name = "Quite Another" }), "name"));

        var found = (await other.AskAsync("GET", "users?query=quite%20an")).GetProperty("users");
        Assert.Equal((name, "Quite Another"), (Text(found[0], "user"), Text(found[0], "name")));
        await web.SendAsync(other.Name, "hello");
        var entries = (await other.AskAsync("GET", $"logs/{other.Inbox}?after=0&epoch={other.Epoch}")).GetProperty("entries");
        Assert.Equal("Quite Another", Text(entries[0], "fromName"));
    }

    [Fact]
    public async Task One_who_removes_the_account_is_nobody_any_more()
    {
        var (name, text) = await service.EnterAsync("own");
        using var web = await WebUser.LogInAsync(service, name);
        using var other = await WebUser.LogInAsync(service, await service.AddUserAsync("other"));
        Assert.Equal("wrong-password", await web.CodeAsync("DELETE", "account", new { password = "wrong" }));

        Assert.Equal(204, (await web.TryAsync("DELETE", "account", new { password = ChatService.Password })).Status);

        Assert.Equal("no-session", await web.CodeAsync("GET", "account"));
        Assert.Contains("Informasi tidak ditemukan", await text.AskAsync("inbox"), StringComparison.Ordinal);
        Assert.Equal("no-recipient", await other.CodeAsync("POST", "messages", new { to = $"@{name}", text = "hello" }));
        Assert.Empty((await other.AskAsync("GET", $"users?query={name}")).GetProperty("users").EnumerateArray());
    }

    [Fact]
    public async Task A_lost_password_is_set_again_with_the_code_of_an_operator_once()
    {
        var (name, text) = await service.EnterAsync("own");
        using var stranger = new HttpClient { BaseAddress = service.Web };
        var code = (await service.Accounts.MakeResetCodeAsync(name)).Code;
        Assert.Equal(403, await ResetAsync(name, "guess"));
        Assert.Equal(403, await ResetAsync("nobody-at-all", code));
        Assert.Equal(400, await ResetAsync(name, code, "short"));

        Assert.Equal(204, await ResetAsync(name, code));

        Assert.Contains("Informasi tidak ditemukan", await text.AskAsync("inbox"), StringComparison.Ordinal);
        await text.LogInAsync(name, "pekanbaru");
        Assert.Equal(403, await ResetAsync(name, code, "surabaya"));

        async Task<int> ResetAsync(string user, string with, string password = "pekanbaru") => (int)(await stranger.PostAsJsonAsync(
            "account/reset", new { user, code = with, @new = password })).StatusCode;
    }

    [Fact]
    public async Task Guesses_at_codes_are_limited_as_those_at_passwords_are_known_user_or_not()
    {
        using var stranger = new HttpClient { BaseAddress = service.Web };
        foreach (var name in new[] { await service.AddUserAsync("own"), "no-such-user" })
        {
            var statuses = new List<int>();
            for (var i = 0; i < 11; i++)
            {
                using var reply = await stranger.PostAsJsonAsync(
                    "account/reset", new { user = name, code = "guess", @new = "pekanbaru" });
                statuses.Add((int)reply.StatusCode);
            }
            Assert.Equal([.. Enumerable.Repeat(403, 10), 429], statuses);
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
