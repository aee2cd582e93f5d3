using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Tests.Conversations;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests.Logs;

/// <summary>A deletion is an entry of the log, which empties a message of its writer.</summary>
public sealed class DeletionTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    [Fact]
    public async Task Only_the_writer_of_a_message_deletes_it_and_once()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two");

        // The recipient, somebody else, of a deletion, and of a number that is not there.
        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(me, me, 1));
        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(await world.PersonAsync(), me, 1));
        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(peer, me, 9));
        Assert.Null(await world.Mailbox.FindDeletionAsync(me.Account, me.Session, 1));
        Assert.Equal(0, await world.Mailbox.FindDeletionAsync(me.Account, peer.Session, 1));
        Assert.Equal(2, await world.LastAsync(me));

        Assert.Equal(AppendResult.Stored, await world.DeleteAsync(peer, me, 1));

        Assert.Equal(3, await world.Mailbox.FindDeletionAsync(me.Account, peer.Session, 1));
        Assert.Null(await world.Mailbox.FindDeletionAsync(me.Account, peer.Session, 3));
        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(peer, me, 1));
        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(peer, me, 3));
        Assert.Equal(["", "two", ""], await world.Storage.ReadAllAsync(me.Account));
    }

    [Fact]
    public async Task A_session_that_has_ended_deletes_nothing()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one");
        await world.Storage.LogOutAsync(peer.Session);

        Assert.Equal(AppendResult.SessionEnded, await world.DeleteAsync(peer, me, 1));
        Assert.Null(await world.Mailbox.FindDeletionAsync(me.Account, peer.Session, 1));
        Assert.Equal(["one"], await world.Storage.ReadAllAsync(me.Account));
    }

    [Fact]
    public async Task A_repetition_under_the_same_id_is_stored_once()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one");
        var deletion = Message("") with { Target = 1 };
        Assert.Equal(AppendResult.Stored, await world.AppendAsync(peer, me, deletion));

        Assert.Equal(AppendResult.Stored, await world.AppendAsync(peer, me, deletion));

        Assert.Equal(2, await world.LastAsync(me));
    }

    [Fact]
    public async Task Of_many_deletions_of_one_message_at_once_one_is_stored()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one");
        await using var other = world.Storage.NewMailbox();

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => DeleteAsync(i % 2 == 0 ? world.Mailbox : other)));

        Assert.Single(results, AppendResult.Stored);
        Assert.Equal(9, results.Count(result => result == AppendResult.TargetGone));
        Assert.Equal(["", ""], await world.Storage.ReadAllAsync(me.Account));

        async Task<AppendResult> DeleteAsync(Mailbox mailbox)
        {
            var deletion = Message("") with { Target = 1 };
            while (true)
            {
                var result = await mailbox.AppendAsync(Group(me.Account, await world.LastAsync(me) + 1, peer.Session, deletion));
                if (result != AppendResult.Conflict) return result;
            }
        }
    }

    [Fact]
    public async Task In_one_batch_with_other_messages_each_has_its_own_outcome()
    {
        var (me, peer) = await world.TwoAsync();
        var friend = await world.PersonAsync();
        await world.SendAsync(peer, me, "one", "two");
        await using var writer = new HeldWriter(world.Storage.Database);
        writer.Add(Group(me.Account, 3, friend.Session, Message("three", "id")));
        writer.Add(Group(me.Account, 4, peer.Session, Message("") with { Target = 1 }));
        writer.Add(Group(me.Account, 5, friend.Session, Message("five")));
        // Of another's message, and a second one of the same.
        writer.Add(Group(me.Account, 6, friend.Session, Message("") with { Target = 2 }));
        writer.Add(Group(me.Account, 6, peer.Session, Message("") with { Target = 1 }));

        Assert.Equal(
            [AppendResult.Stored, AppendResult.Stored, AppendResult.Stored, AppendResult.TargetGone, AppendResult.TargetGone],
            await writer.StoreAsync());

        Assert.Equal(["", "two", "three", "", "five"], await world.Storage.ReadAllAsync(me.Account));
        Assert.NotNull((await world.Mailbox.FindReceiptAsync(friend.Account, "id")).Receipt);
    }

    [Fact]
    public async Task A_batch_of_messages_and_deletions_that_all_fit_is_one_statement()
    {
        var (me, peer) = await world.TwoAsync();
        await using var connection = await MailboxConnection.OpenAsync(world.Storage.Database, default);

        Assert.True(await connection.TryInsertAsync(
        [
            new(Group(me.Account, 1, peer.Session, Message("one"), Message("two"))),
            new(Group(me.Account, 3, peer.Session, Message("") with { Target = 1 })),
        ]));

        Assert.Equal(["", "two", ""], await world.Storage.ReadAllAsync(me.Account));
        Assert.Equal([(2L, "two")], (await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!.Messages
            .Select(message => (message.Number, System.Text.Encoding.UTF8.GetString(message.Text))));
    }

    [Fact]
    public async Task One_that_has_expired_is_gone()
    {
        var (me, peer) = await world.TwoAsync();
        await world.InsertAsync(peer, me, DateTime.UtcNow.AddDays(-366), DateTime.UtcNow);
        await world.PurgeAsync(me);

        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(peer, me, 1));
        Assert.Null(await world.Mailbox.FindDeletionAsync(me.Account, peer.Session, 1));
        Assert.Equal(AppendResult.Stored, await world.DeleteAsync(peer, me, 2));
    }

    [Fact]
    public async Task Deleted_messages_are_not_handed_over_and_receipts_pass_them()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two", "three");
        foreach (var number in new[] { 1, 3 }) await world.DeleteAsync(peer, me, number);

        var part = (await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!;
        AssertPart(part, 2, through: 5);
        Assert.Equal(1, await world.Mailbox.CountUnreadAsync(me.Account, null));
        Assert.Equal(3, await world.Mailbox.CountUnreadAsync(me.Account, peer.Account));
        Assert.Empty((await world.Mailbox.ReadAsync(me.Account, me.Session, part.Through, 1000))!.Messages);

        await world.DeleteAsync(peer, me, 2);
        part = (await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!;
        Assert.Empty(part.Messages);
        Assert.Equal(6, part.Through);
        await world.Mailbox.AdvanceAsync(me.Account, part.Through);
        Assert.Equal(new MailboxEnds(6, 6), await world.Mailbox.GetEndsAsync(me.Account));
        Assert.Equal(0, await world.Mailbox.CountUnreadAsync(me.Account, peer.Account));
        Assert.Equal(0, (await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!.Through);
    }

    [Fact]
    public async Task A_part_that_is_cut_for_its_size_reaches_only_to_its_last_message()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, "one", "two", "three", "four");
        foreach (var number in new[] { 1, 3 }) await world.DeleteAsync(peer, me, number);

        AssertPart((await world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1))!, 2, through: 2);
        AssertPart((await world.Mailbox.ReadAsync(me.Account, me.Session, 2, 1))!, 4, through: 6);
    }

    private static void AssertPart(MailboxPart part, long number, long through) =>
        Assert.Equal((number, through), (Assert.Single(part.Messages).Number, part.Through));
}
