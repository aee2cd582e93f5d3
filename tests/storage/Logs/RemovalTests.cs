using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Tests.Conversations;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests.Logs;

/// <summary>What a removal leaves to the purge, and what two writers know of a log that was purged between their messages.</summary>
public sealed class RemovalTests(ConversationWorld world) : IClassFixture<ConversationWorld>
{
    [Fact]
    public async Task The_purge_deletes_inbox_and_receipts_at_once_and_later_the_row_of_the_log_with_what_came_late()
    {
        var (me, peer) = await world.TwoAsync();
        await world.SendAsync(peer, me, [.. Enumerable.Repeat("unread", 130)]);
        for (var i = 0; i < 130; i++) await world.AppendAsync(me, peer, Message("receipt", $"id-{i}"));
        await world.AppendAsync(peer, me, Message("of the peer", "id"));
        await world.Accounts.RemoveAsync(me.Name);

        await PurgeAsync();

        Assert.Equal((0, 0, 1), await LeftAsync(me));
        Assert.Equal(130, await world.LastAsync(peer));
        Assert.NotNull((await world.Mailbox.FindReceiptAsync(peer.Account, "id")).Receipt);

        // What statements that ran during the removal may leave behind: a message, a receipt, a row in the list.
        await world.Sql.ExecuteAsync(
            "test", "INSERT INTO message (log_id, number, message_id, sender_id, body) VALUES ($1, 132, gen_random_uuid(), $2, '')",
            [me.Account, peer.Account]);
        await world.Sql.ExecuteAsync(
            "test",
            "INSERT INTO send_receipt (sender_account_id, once_id, message_id, durability) VALUES ($1, 'late', gen_random_uuid(), '')",
            [me.Account]);
        await PurgeAsync();
        Assert.Equal((1, 1, 1), await LeftAsync(me));
        const string later =
            "UPDATE log SET removed_at = removed_at - interval '12 minutes', look_at = look_at - interval '12 minutes' WHERE log_id = $1";
        await world.Sql.ExecuteAsync("test", later, [me.Account]);
        await PurgeAsync();
        Assert.Equal((0, 0, 0), await LeftAsync(me));
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM member WHERE account_id = $1", me.Account));
        // The account's row stays: its messages to others have a sender.
        Assert.Equal(130, (await world.Conversations.FindAsync(peer.Session, me.Name)).Value!.Unread);
    }

    [Fact]
    public async Task A_log_that_was_purged_whole_between_the_sends_of_two_writers_uses_no_number_twice()
    {
        var (me, peer) = await world.TwoAsync();
        await using var other = world.Storage.NewMailbox();
        Assert.Equal(AppendResult.Stored, await AppendAsync(world.Mailbox, 1));
        Assert.Equal(AppendResult.Stored, await AppendAsync(other, 2));
        Assert.Equal(AppendResult.Stored, await AppendAsync(other, 3));
        await world.Sql.ExecuteAsync(
            "test", "UPDATE message SET accepted_at = now() - interval '366 days' WHERE log_id = $1", [me.Account]);
        await world.PurgeAsync(me);
        Assert.Empty(await world.Storage.ReadAllAsync(me.Account));

        // The first writer stored 1 itself, the second 3; a third one knows nothing.
        Assert.Equal(AppendResult.Conflict, await AppendAsync(world.Mailbox, 2));
        Assert.Equal(AppendResult.Conflict, await AppendAsync(other, 5));
        await using var third = world.Storage.NewMailbox();
        foreach (var number in new[] { 1, 2, 3 }) Assert.Equal(AppendResult.Conflict, await AppendAsync(third, number));
        Assert.Equal(new MailboxEnds(3, 3), await third.GetEndsAsync(me.Account));
        Assert.Equal(AppendResult.Stored, await AppendAsync(third, 4));
        Assert.Equal(AppendResult.Conflict, await AppendAsync(other, 4));
        Assert.Equal(AppendResult.Stored, await AppendAsync(world.Mailbox, 5));

        Task<AppendResult> AppendAsync(Mailbox mailbox, long number) =>
            mailbox.AppendAsync(Group(me.Account, number, peer.Session, Message($"{number}")));
    }

    [Fact]
    public async Task A_name_that_was_erased_is_forgotten_when_it_is_free_again()
    {
        var person = await world.PersonAsync();
        await world.Accounts.RemoveAsync(person.Name);
        await world.Accounts.EraseAsync(person.Name);
        await PurgeAsync();
        Assert.Equal(1, await CountAsync());

        await world.Sql.ExecuteAsync("test", "UPDATE erased_name SET free_at = now()", []);
        await PurgeAsync();

        Assert.Equal(0, await CountAsync());

        Task<long> CountAsync() =>
            world.Sql.CountAsync("SELECT count(*) FROM erased_name WHERE digest = sha256(convert_to($1, 'UTF8'))", person.Name);
    }

    private Task<long> PurgeAsync() => new MailboxPurge(world.Storage.Database.DataSource).RunOnceAsync(default);

    private async Task<(long Messages, long Receipts, long Logs)> LeftAsync(Person person) =>
    (
        await world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = $1", person.Account),
        await world.Sql.CountAsync("SELECT count(*) FROM send_receipt WHERE sender_account_id = $1", person.Account),
        await world.Sql.CountAsync("SELECT count(*) FROM log WHERE log_id = $1", person.Account));
}
