using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Sessions;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

/// <summary>Blocks that an operator sets.</summary>
public sealed class BlocksTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private readonly AccountStore _accounts = new(world.Database.DataSource, new Passwords(iterations: 1));

    [Fact]
    public async Task A_blocked_user_is_refused_and_the_silos_hear_of_it()
    {
        var (me, peer) = (await world.AddUserAsync("me"), await world.AddUserAsync("peer"));
        var session = await world.LogInAsync("peer", peer);
        var sessions = new SessionTable(world.Database.DataSource);
        Assert.Empty(await _accounts.ListBlocksAsync("me"));

        await _accounts.SetBlockedAsync("me", "peer", isBlocked: true);
        await _accounts.SetBlockedAsync("me", "peer", isBlocked: true);

        Assert.Equal(["peer"], await _accounts.ListBlocksAsync("me"));
        Assert.Empty(await _accounts.ListBlocksAsync("peer"));
        Assert.Equal(AppendResult.Blocked, await world.Mailbox.AppendAsync(Group(me, 1, session, Message("no"))));
        Assert.Equal(new Admission(peer, true), await world.Mailbox.AdmitAsync(me, session));
        var mark = Assert.Single(await sessions.GetRecentAsync(TimeSpan.FromMinutes(1)), change => change.UserName == "me").Mark;

        await _accounts.SetBlockedAsync("me", "peer", isBlocked: false);

        Assert.Empty(await _accounts.ListBlocksAsync("me"));
        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(me, 1, session, Message("yes"))));
        Assert.True(Assert.Single(await sessions.GetRecentAsync(TimeSpan.FromMinutes(1)), change => change.UserName == "me").Mark > mark);
    }

    [Theory]
    [InlineData("nobody", "there", "There is no user nobody.")]
    [InlineData("there", "nobody", "There is no user nobody.")]
    public async Task A_user_who_is_not_there_is_named(string user, string peer, string message)
    {
        if (await world.States.ReadAsync("user", "u:there", default) is null) await world.AddUserAsync("there");

        var refusal = await Assert.ThrowsAsync<AccountException>(() => _accounts.SetBlockedAsync(user, peer, isBlocked: true));

        Assert.Equal((AccountError.NoSuchUser, message), (refusal.Error, refusal.Message));
        if (user == "nobody") await Assert.ThrowsAsync<AccountException>(() => _accounts.ListBlocksAsync(user));
        else Assert.Empty(await _accounts.ListBlocksAsync(user));
    }
}
