using System.Text.Json;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>What tests of rooms say.</summary>
internal static class RoomTalk
{
    /// <summary>Makes a room with a new name.</summary>
    public static async Task<string> CreateAsync(WebUser owner, string kind = "private")
    {
        var room = NewName();
        var made = await owner.AskAsync("POST", "rooms", Room(room, kind));
        Assert.Equal((room, "A Room", kind, "owner"), (Text(made, "room"), Text(made, "title"), Text(made, "kind"), Text(made, "role")));
        return room;
    }

    /// <summary>What makes a room, whose new members see what is said from then on.</summary>
    public static object Room(string room, string kind = "private") => new { room, title = "A Room", kind, history = "joined" };

    /// <summary>The entries of a log that somebody sees: what, whom it is about, and the text.</summary>
    public static async Task<List<string>> ReadLogAsync(WebUser user, string log)
    {
        var part = await user.AskAsync("GET", $"logs/{log}?after=0&epoch={user.Epoch}");
        return
        [
            .. part.GetProperty("entries").EnumerateArray().Select(entry =>
                $"{Text(entry, "kind")} {(entry.TryGetProperty("user", out var of) ? of.GetString() : "")} {Text(entry, "text")}"),
        ];
    }

    /// <summary>The list of conversations and rooms.</summary>
    public static async Task<JsonElement> ListAsync(WebUser user) =>
        (await user.AskAsync("GET", "conversations")).GetProperty("conversations");

    /// <summary>A name that no room has.</summary>
    public static string NewName() => "room-" + Guid.NewGuid().ToString("N")[..8];

    public static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
