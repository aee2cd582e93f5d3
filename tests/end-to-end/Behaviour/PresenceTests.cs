using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>Invariant 6, no ghost: who is online is listed, in the order in which they came, and nobody else for long.</summary>
public sealed class PresenceTests(ChatService service) : IClassFixture<ChatService>
{
    /// <summary>How long a user whose connection has closed may still be listed.</summary>
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Who_logs_in_is_listed_from_the_reply_on_in_the_order_of_coming()
    {
        var (first, watch) = await service.EnterAsync("zz");
        var (second, _) = await service.EnterAsync("mm");
        var (third, _) = await service.EnterAsync("aa");

        Assert.Equal([first, second, third], await ListAsync(watch, first, second, third));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_leaves_without_a_logout_is_gone_within_ten_seconds(bool byReset)
    {
        var watch = await service.Common;
        var (user, client) = await service.EnterAsync("leaver");
        Assert.Equal([user], await ListAsync(watch, user));

        if (byReset) client.Reset();
        else client.Dispose();

        await IsGoneAsync(watch, user);
    }

    [Fact]
    public async Task A_user_stays_while_one_of_two_sessions_has_an_open_connection()
    {
        var watch = await service.Common;
        var (user, first) = await service.EnterAsync("twice");
        using var second = await service.LogInAsync(user);

        first.Dispose();
        await SomebodyElseLeavesAsync(watch);
        Assert.Equal([user], await ListAsync(watch, user));

        second.Dispose();
        await IsGoneAsync(watch, user);
    }

    [Theory]
    [InlineData("listuser {0}")]
    [InlineData("inbox {0}")]
    [InlineData("send {0} nobody hi")]
    [InlineData("sendonce {0} id nobody hi")]
    public async Task A_token_that_is_accepted_on_a_new_connection_brings_its_user_online(string line)
    {
        var watch = await service.Common;
        var (user, client) = await service.EnterAsync("back");
        client.Dispose();
        await IsGoneAsync(watch, user);

        using var resumed = await service.ConnectAsync();
        await resumed.AskAsync(string.Format(null, line, client.Token));
        Assert.Equal([user], await ListAsync(watch, user));

        resumed.Dispose();
        await IsGoneAsync(watch, user);
    }

    [Fact]
    public async Task A_session_is_where_its_token_was_last_accepted_and_not_where_it_was_before()
    {
        var watch = await service.Common;
        var (user, login) = await service.EnterAsync("mover");
        using var before = await service.ConnectAsync();
        using var last = await service.ConnectAsync();
        await before.AskAsync($"inbox {login.Token}");
        await last.AskAsync($"inbox {login.Token}");

        // Still where it logged in.
        last.Dispose();
        await SomebodyElseLeavesAsync(watch);
        Assert.Equal([user], await ListAsync(watch, user));

        login.Dispose();
        await IsGoneAsync(watch, user);
        await before.AskAsync($"inbox {login.Token}");
        Assert.Equal([user], await ListAsync(watch, user));
    }

    [Fact]
    public async Task A_token_that_is_used_by_turns_on_two_connections_keeps_its_user_online()
    {
        var watch = await service.Common;
        var (user, login) = await service.EnterAsync("juggler");
        login.Dispose();
        using var first = await service.ConnectAsync();
        using var second = await service.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Contains(user, Replies.UsersIn(await first.AskAsync($"listuser {login.Token}")));
            Assert.Contains(user, Replies.UsersIn(await second.AskAsync($"listuser {login.Token}")));
        }
        await first.AskAsync($"listuser {login.Token}");
        second.Dispose();
        await SomebodyElseLeavesAsync(watch);
        Assert.Equal([user], await ListAsync(watch, user));
    }

    [Fact]
    public async Task A_logout_takes_the_session_off_the_list_at_once_wherever_it_was_used()
    {
        var watch = await service.Common;
        var (user, login) = await service.EnterAsync("out");
        using var other = await service.ConnectAsync();
        await other.AskAsync($"inbox {login.Token}");

        Assert.Equal(Replies.LoggedOut(user), await watch.AskAsync($"logout {login.Token}"));
        Assert.Empty(await ListAsync(watch, user));

        Assert.Equal(Replies.NoSession, await login.AskAsync("listuser"));
        Assert.Equal(Replies.NoSession, await other.AskAsync($"inbox {login.Token}"));
        Assert.Empty(await ListAsync(watch, user));
    }

    [Fact]
    public async Task Many_who_come_and_go_at_once_leave_nobody_behind()
    {
        var watch = await service.Common;
        var users = new List<(string Name, WireClient Client)>();
        for (var i = 0; i < 4; i++) users.Add(await service.EnterAsync("crowd"));

        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var client = await service.ConnectAsync();
            await client.AskAsync($"listuser {users[i % users.Count].Client.Token}");
            if (i % 3 == 0) client.Reset();
            else client.Dispose();
        }));
        foreach (var (_, client) in users.Skip(2)) client.Dispose();
        await users[1].Client.AskAsync("logout");

        string[] names = [.. users.Select(user => user.Name)];
        await Eventually.SeesAsync(GoneWithin, () => ListAsync(watch, names), listed => listed is [var only] && only == names[0]);
    }

    /// <summary>When a later one is seen to be gone, the service has dealt with whatever closed before.</summary>
    private async Task SomebodyElseLeavesAsync(WireClient watch)
    {
        using (await service.LogInAsync("lineker")) Assert.Equal(["lineker"], await ListAsync(watch, "lineker"));
        await IsGoneAsync(watch, "lineker");
    }

    /// <summary>Those of the named users who are listed, in the order of the list.</summary>
    private static async Task<string[]> ListAsync(WireClient watch, params string[] names) =>
        [.. Replies.UsersIn(await watch.AskAsync("listuser")).Where(names.Contains)];

    private static async Task IsGoneAsync(WireClient watch, string name) =>
        await Eventually.SeesAsync(GoneWithin, () => ListAsync(watch, name), listed => listed.Length == 0);
}
