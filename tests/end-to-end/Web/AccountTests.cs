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

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
