using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>Who sees a conversation, and under which names.</summary>
public sealed class PageRightsTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    [Fact]
    public async Task The_inbox_of_a_removed_user_is_left_out_from_the_removal_on_for_its_writers_too()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(me, peer, "to them, first");
        await world.SendAsync(peer, me, "to me", "to me too");
        await world.SendAsync(me, peer, "to them, last");
        var before = await world.PageAsync(me, peer, PageSide.Newest, limit: 2);

        await world.Accounts.RemoveAsync(peer.Name);

        // Not purged yet.
        Assert.Equal(2, await world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = $1", peer.Account));
        Assert.Equal(["to me", "to me too"], await world.TextsAsync(me, peer));
        Assert.Equal(["to me"], ConversationWorld.Texts(await world.PageAsync(me, peer, PageSide.Before, before.Older!.Value)));
        Assert.Equal(NoAnswer.NotFound, (await world.AskAsync(me, peer.Name, PageSide.Around, new Place(0, 1))).Reason);
        Assert.Equal(
            ["to me", "to me too"], ConversationWorld.Texts(await world.PageAsync(me, peer, PageSide.Around, new Place(2, 0))));
        Assert.Equal(2, (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!.Last!.Number);
        var listed = Assert.Single((await world.Conversations.ListAsync(me.Session, 9, null)).Value!.Conversations).Last!;
        Assert.Equal((me.Account, 2), (listed.LogId, listed.Number));
        Assert.Equal(NoAnswer.NoSession, (await world.AskAsync(peer, me.Name, PageSide.Newest)).Reason);

        await new MailboxPurge(world.Storage.Database.DataSource).RunOnceAsync(default);
        Assert.Equal(["to me", "to me too"], await world.TextsAsync(me, peer));
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = $1", peer.Account));
    }

    [Fact]
    public async Task An_erased_sender_is_shown_as_removed_N_and_the_name_finds_nobody()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "hello");
        await world.Conversations.SetBlockedAsync(me.Session, peer.Name, true);
        await world.Accounts.RemoveAsync(peer.Name);
        Assert.Equal(peer.Name, (await world.PageAsync(me, peer, PageSide.Newest)).Entries[0].Sender);

        await world.Accounts.EraseAsync(peer.Name);

        var name = $"removed-{peer.Account}";
        Assert.Equal(NoAnswer.NotFound, (await world.AskAsync(me, peer.Name, PageSide.Newest)).Reason);
        var entry = Assert.Single((await world.AskAsync(me, name, PageSide.Newest)).Value!.Entries);
        Assert.Equal((name, name), (entry.Sender, entry.SenderName));
        Assert.Equal(name, Assert.Single((await world.Conversations.ListAsync(me.Session, 9, null)).Value!.Conversations).Peer);
        Assert.Equal(name, Assert.Single((await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!.Messages).Sender);
        Assert.Equal([name], (await world.Conversations.ListBlockedAsync(me.Session)).Value!);
        Assert.True((await world.Conversations.SetBlockedAsync(me.Session, name, false)).Value);
        Assert.Empty((await world.Conversations.ListBlockedAsync(me.Session)).Value!);
    }

    [Fact]
    public async Task A_user_who_takes_the_name_of_an_erased_one_sees_nothing_of_theirs_and_is_not_seen_in_their_place()
    {
        var (me, former) = await world.TwoAsync();
        await world.SendAsync(former, me, "from the former");
        await world.SendAsync(me, former, "to the former");
        await world.Accounts.RemoveAsync(former.Name);
        await world.Accounts.EraseAsync(former.Name);

        var account = await world.Storage.AddUserAsync(former.Name);
        var latter = new Person(former.Name, account, await world.Storage.LogInAsync(former.Name, account));

        Assert.Empty(await world.TextsAsync(latter, me));
        Assert.Empty(await world.TextsAsync(me, latter));
        Assert.Empty((await world.Mailbox.ReadAsync(latter.Account, latter.Session, 0, 1000))!.Messages);
        Assert.Null((await world.Conversations.FindAsync(me.Session, latter.Name)).Value!.Last);
    }

    [Fact]
    public async Task Names_are_those_of_now()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "hello");

        await world.Accounts.RenameAsync(peer.Name, "Another Name");

        Assert.Equal("Another Name", (await world.PageAsync(me, peer, PageSide.Newest)).Entries[0].SenderName);
        Assert.Equal("Another Name", (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!.PeerName);
    }

    [Fact]
    public async Task A_session_sees_the_conversations_of_its_owner_and_a_dead_one_none()
    {
        var (me, peer) = await world.TwoAsync();
        var third = await world.PersonAsync();
        await world.SendAsync(peer, me, "for two");

        Assert.Empty(await world.TextsAsync(third, peer));
        Assert.Empty(await world.TextsAsync(third, me));
        Assert.Empty((await world.Conversations.ListAsync(third.Session, 9, null)).Value!.Conversations);
        Assert.Null(await world.Mailbox.ReadAsync(me.Account, third.Session, 0, 1000));

        await world.Storage.LogOutAsync(me.Session);
        var all = new[]
        {
            (await world.AskAsync(me, peer.Name, PageSide.Newest)).Reason,
            (await world.Conversations.ListAsync(me.Session, 9, null)).Reason,
            (await world.Conversations.FindAsync(me.Session, peer.Name)).Reason,
            (await world.Conversations.MarkReadAsync(me.Session, world.Epoch, peer.Name, 1)).Reason,
            (await world.Conversations.SetMutedAsync(me.Session, peer.Name, true)).Reason,
            (await world.Conversations.SetBlockedAsync(me.Session, peer.Name, true)).Reason,
            (await world.Conversations.ListBlockedAsync(me.Session)).Reason,
            (await world.Conversations.ReadLogAsync(me.Session, world.Epoch, 0, 9)).Reason,
            (await world.Conversations.ReceiveAsync(me.Session, world.Epoch, 1)).Reason,
        };
        Assert.All(all, reason => Assert.Equal(NoAnswer.NoSession, reason));
        Assert.Equal(0, await world.Sql.CountAsync(
            "SELECT count(*) FROM member WHERE account_id = $1 AND (read > 0 OR is_muted OR is_blocked)", me.Account));
        Assert.Equal(0, (await world.Mailbox.GetEndsAsync(me.Account)).Received);
    }

    [Fact]
    public async Task Numbers_of_another_epoch_and_unknown_names_are_told_apart_and_change_nothing()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "hello");
        const string other = "0123456789abcdef";

        foreach (var side in new[] { PageSide.Before, PageSide.After, PageSide.Around })
            Assert.Equal(NoAnswer.OtherEpoch, (await world.Conversations.ReadPageAsync(
                me.Session, new PageQuery(peer.Name, side, new Place(1, 0), other, 9))).Reason);
        Assert.Equal(NoAnswer.OtherEpoch, (await world.Conversations.MarkReadAsync(me.Session, other, peer.Name, 1)).Reason);
        Assert.Equal(NoAnswer.OtherEpoch, (await world.Conversations.ReadLogAsync(me.Session, other, 0, 9)).Reason);
        Assert.Equal(NoAnswer.OtherEpoch, (await world.Conversations.ReceiveAsync(me.Session, other, 1)).Reason);
        Assert.Equal(0, (await world.Mailbox.GetEndsAsync(me.Account)).Received);
        Assert.Equal(0, (await world.Conversations.FindAsync(me.Session, peer.Name)).Value!.Read);

        Assert.Equal(NoAnswer.NotFound, (await world.AskAsync(me, "nobody", PageSide.Newest)).Reason);
        Assert.Equal(NoAnswer.NotFound, (await world.Conversations.FindAsync(me.Session, "nobody")).Reason);
        Assert.Equal(NoAnswer.NotFound, (await world.Conversations.MarkReadAsync(me.Session, world.Epoch, "nobody", 1)).Reason);
        Assert.Equal(NoAnswer.NotFound, (await world.Conversations.SetMutedAsync(me.Session, "nobody", true)).Reason);
        Assert.Equal(NoAnswer.NotFound, (await world.Conversations.SetBlockedAsync(me.Session, "nobody", true)).Reason);
    }
}
