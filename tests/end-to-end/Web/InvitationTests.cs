using OrleansChat.EndToEnd.Tests.Service;
using static OrleansChat.EndToEnd.Tests.Web.RoomTalk;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>Invitations into rooms over HTTP, with a real silo and database.</summary>
public sealed class InvitationTests(WebChatService service) : IClassFixture<WebChatService>
{
    [Fact]
    public async Task Anyone_who_redeems_one_is_in_the_private_room_and_its_log_says_who_invited_them()
    {
        using var owner = await EnterAsync();
        using var guest = await EnterAsync();
        var room = await CreateAsync(owner);
        Assert.Equal("not-found", await guest.CodeAsync("POST", "invitations", new { room }));
        var made = await owner.AskAsync("POST", "invitations", new { room, uses = 2 });
        Assert.Equal((room, 2), (Text(made, "room"), (int)Number(made, "uses")));
        var code = new { invitation = Text(made, "invitation") };

        var redeemed = await guest.AskAsync("POST", "invitations/redeem", code);

        Assert.Equal((room, 2), (Text(redeemed, "room"), (int)Number(redeemed, "number")));
        await guest.SayAsync(room, "thanks");
        var part = await guest.AskAsync("GET", $"logs/{Text(redeemed, "log")}?after=0&epoch={guest.Epoch}");
        var entry = part.GetProperty("entries")[0];
        Assert.Equal(("joined", guest.Name, owner.Name), (Text(entry, "kind"), Text(entry, "user"), Text(entry, "by")));
        Assert.Equal(redeemed.ToString(), (await guest.AskAsync("POST", "invitations/redeem", code)).ToString());
        Assert.Equal("forbidden", await guest.CodeAsync("POST", "invitations", new { room }));
    }

    [Fact]
    public async Task Who_is_banned_is_told_what_is_told_of_a_guess()
    {
        using var owner = await EnterAsync();
        using var banned = await EnterAsync();
        var room = await CreateAsync(owner);
        await owner.AskAsync("PUT", $"rooms/{room}/members/{banned.Name}", new { role = "banned" });
        var made = await owner.AskAsync("POST", "invitations", new { room });

        var answers = new List<(int, string)>();
        foreach (var invitation in new[] { Text(made, "invitation"), "guess" })
        {
            var (status, json) = await banned.TryAsync("POST", "invitations/redeem", new { invitation });
            answers.Add((status, json.ToString()));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(403, answers[0].Item1);
        Assert.Equal("not-found", await banned.CodeAsync("GET", $"rooms/{room}"));
    }

    [Fact]
    public async Task Who_has_left_is_not_added_again_by_others_and_comes_back_with_an_invitation()
    {
        using var owner = await EnterAsync();
        using var user = await EnterAsync();
        var room = await CreateAsync(owner);
        var path = $"rooms/{room}/members/{user.Name}";
        await owner.AskAsync("PUT", path);
        await user.AskAsync("DELETE", path);

        Assert.Equal("forbidden", await owner.CodeAsync("PUT", path));
        Assert.Equal("forbidden", await owner.CodeAsync("PUT", path, new { role = "moderator" }));
        Assert.Equal("not-found", await user.CodeAsync("GET", $"rooms/{room}"));
        var invitation = Text(await owner.AskAsync("POST", "invitations", new { room }), "invitation");
        await user.AskAsync("POST", "invitations/redeem", new { invitation });
        Assert.Equal("member", Text(await user.AskAsync("GET", $"rooms/{room}"), "role"));
    }

    private async Task<WebUser> EnterAsync() => await WebUser.LogInAsync(service, await service.AddUserAsync("i"));
}
