using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariant 5: a session that was logged out opens nothing, anywhere, from the moment the reply is sent.</summary>
public sealed class SessionTests(UnlimitedChatService service) : IClassFixture<UnlimitedChatService>
{
    [Fact]
    public async Task A_token_is_good_on_every_connection()
    {
        var (user, login) = await service.EnterAsync("u");
        using var other = await service.ConnectAsync();

        Assert.Equal(Replies.Sent, await other.AskAsync($"send {login.Token} {user} from elsewhere"));
        Assert.Contains(user, Replies.UsersIn(await other.AskAsync($"listuser {login.Token}")));
        Assert.Equal(["from elsewhere"], Replies.TextsIn(await other.AskAsync($"inbox {login.Token}")));
    }

    [Fact]
    public async Task A_logout_elsewhere_closes_every_command_to_the_session()
    {
        var (user, login) = await service.EnterAsync("u");
        using var other = await service.ConnectAsync();
        Assert.Equal(Replies.Sent, await login.AskAsync($"send {login.Token} {user} before"));

        Assert.Equal(Replies.LoggedOut(user), await other.AskAsync($"logout {login.Token}"));

        string[] lines =
        [
            $"send {login.Token} {user} after", $"send {login.Token} nobody after", $"sendonce {login.Token} id {user} after",
            "inbox", "listuser", "logout",
        ];
        foreach (var line in lines) Assert.Equal(Replies.NoSession, await login.AskAsync(line));
        using var reader = await service.LogInAsync(user);
        Assert.Equal(["before"], Replies.TextsIn(await reader.AskAsync("inbox")));
    }

    [Fact]
    public async Task Of_sends_that_race_with_a_logout_just_the_acknowledged_ones_are_stored_and_none_that_came_after()
    {
        var (user, other) = await service.EnterAsync("racer");
        for (var round = 0; round < 6; round++)
        {
            using var login = await service.LogInAsync(user);
            var lines = string.Concat(Enumerable.Range(0, 100).Select(i => $"send {login.Token} {user} {i}\r\n"));
            await login.SendAsync(lines);
            await login.WaitForBytesAsync();
            Assert.Equal(Replies.LoggedOut(user), await other.AskAsync($"logout {login.Token}"));
            await login.SendAsync($"send {login.Token} {user} late\r\n");

            var replies = await login.ReadRepliesAsync(101);
            Assert.Equal(Replies.NoSession, replies[^1]);
            Assert.All(replies, reply => Assert.Contains(reply, new[] { Replies.Sent, Replies.NoSession }));
            Assert.Equal(
                Enumerable.Range(0, 100).Where(i => replies[i] == Replies.Sent).Select(i => $"{i}"),
                Replies.TextsIn(await other.AskAsync("inbox")));
        }
    }

    [Fact]
    public async Task Of_two_logouts_at_once_one_ends_the_session()
    {
        var user = await service.AddUserAsync("u");
        using var first = await service.ConnectAsync();
        using var second = await service.ConnectAsync();
        for (var round = 0; round < 6; round++)
        {
            using var login = await service.LogInAsync(user);
            var replies = await Task.WhenAll(first.AskAsync($"logout {login.Token}"), second.AskAsync($"logout {login.Token}"));
            Assert.Equal(new[] { Replies.LoggedOut(user), Replies.NoSession }.Order(), replies.Order());
        }
    }
}
