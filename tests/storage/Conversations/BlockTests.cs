using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Tests.Logs;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>What a blocked user begins to send is refused by the statement that stores, whatever a grain knows.</summary>
public sealed class BlockTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    [Fact]
    public async Task A_blocked_senders_messages_are_refused_until_they_are_unblocked_and_what_was_sent_before_stays()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "before");
        Assert.Equal(new Admission(peer.Account, false), await world.Mailbox.AdmitAsync(me.Account, peer.Session));

        Assert.True((await world.Conversations.SetBlockedAsync(me.Session, peer.Name, true)).Value);

        Assert.Equal(new Admission(peer.Account, true), await world.Mailbox.AdmitAsync(me.Account, peer.Session));
        Assert.Equal(AppendResult.Blocked, await world.AppendAsync(peer, me, Message("refused")));
        Assert.Equal(AppendResult.Blocked, await world.AppendAsync(peer, me, Message("refused", "id")));
        Assert.Null((await world.Mailbox.FindReceiptAsync(peer.Account, "id")).Receipt);
        Assert.Equal([peer.Name], (await world.Conversations.ListBlockedAsync(me.Session)).Value!);
        // The one who blocked may write, and the blocked one may take back what they wrote.
        Assert.Equal(AppendResult.Stored, await world.AppendAsync(me, peer, Message("from me")));
        Assert.Equal(AppendResult.Stored, await world.DeleteAsync(peer, me, 1));
        Assert.Equal(["", "from me"], await world.TextsAsync(me, peer));

        Assert.True((await world.Conversations.SetBlockedAsync(me.Session, peer.Name, false)).Value);
        Assert.Equal(AppendResult.Stored, await world.AppendAsync(peer, me, Message("after", "id")));
        Assert.Empty((await world.Conversations.ListBlockedAsync(me.Session)).Value!);
    }

    [Fact]
    public async Task A_refused_message_leaves_the_others_of_its_batch_stored()
    {
        var (me, blocked) = await world.TwoAsync();
        var (friend, other) = await world.TwoAsync();
        await world.Conversations.SetBlockedAsync(me.Session, blocked.Name, true);
        await using var writer = new HeldWriter(world.Storage.Database);
        writer.Add(Group(me.Account, 1, friend.Session, Message("1")));
        writer.Add(Group(me.Account, 2, blocked.Session, Message("refused")));
        writer.Add(Group(other.Account, 1, blocked.Session, Message("elsewhere")));
        writer.Add(Group(other.Account, 2, friend.Session, Message("too")));

        Assert.Equal(
            [AppendResult.Stored, AppendResult.Blocked, AppendResult.Stored, AppendResult.Stored], await writer.StoreAsync());
        Assert.Equal(["1"], await world.Storage.ReadAllAsync(me.Account));
        Assert.Equal(["elsewhere", "too"], await world.Storage.ReadAllAsync(other.Account));
    }

    [Fact]
    public async Task A_repetition_of_what_was_stored_before_the_block_is_stored_still()
    {
        var (me, peer) = await world.TwoAsync();
        var message = Message("once", "id");
        await world.AppendAsync(peer, me, message);

        await world.Conversations.SetBlockedAsync(me.Session, peer.Name, true);

        Assert.Equal(AppendResult.Stored, await world.AppendAsync(peer, me, message));
        Assert.Equal(["once"], await world.Storage.ReadAllAsync(me.Account));
    }

    [Fact]
    public async Task One_who_never_wrote_can_be_blocked_and_is_in_no_list_of_conversations()
    {
        var (me, stranger) = await world.TwoAsync();

        await world.Conversations.SetBlockedAsync(me.Session, stranger.Name, true);

        Assert.Equal(AppendResult.Blocked, await world.SendAsync(stranger, me, "hello"));
        Assert.Empty((await world.Conversations.ListAsync(me.Session, 9, null)).Value!.Conversations);
        Assert.Empty((await world.Conversations.ListAsync(stranger.Session, 9, null)).Value!.Conversations);
    }

    [Fact]
    public async Task A_removed_user_can_be_blocked_and_unblocked()
    {
        var (me, peer) = await world.TwoAsync();
        await world.Accounts.RemoveAsync(peer.Name);

        Assert.True((await world.Conversations.SetBlockedAsync(me.Session, peer.Name, true)).Value);
        Assert.Equal([peer.Name], (await world.Conversations.ListBlockedAsync(me.Session)).Value!);
        Assert.True((await world.Conversations.SetBlockedAsync(me.Session, peer.Name, false)).Value);
        Assert.Empty((await world.Conversations.ListBlockedAsync(me.Session)).Value!);
    }

    [Fact]
    public async Task A_removal_takes_the_removed_users_own_blocks_along_and_leaves_those_of_others()
    {
        var (me, peer) = await world.TwoAsync();
        await world.Conversations.SetBlockedAsync(me.Session, peer.Name, true);
        await world.Conversations.SetBlockedAsync(peer.Session, me.Name, true);

        await world.Accounts.RemoveAsync(peer.Name);

        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM member WHERE account_id = $1", peer.Account));
        Assert.Equal([peer.Name], (await world.Conversations.ListBlockedAsync(me.Session)).Value!);
    }
}
