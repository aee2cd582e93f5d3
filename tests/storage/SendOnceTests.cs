using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

public class SendOnceTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    [Fact]
    public async Task An_ID_is_bound_to_its_first_message_for_good()
    {
        var me = await world.AddUserAsync("a");
        var session = await world.LogInAsync("a", me);
        var first = Message("first", "id-1");
        Assert.Null((await world.Mailbox.FindReceiptAsync(me, "id-1")).Receipt);
        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(me, 1, session, first)));

        Assert.Equal(AppendResult.AlreadyBound, await world.Mailbox.AppendAsync(Group(me, 2, session, Message("second", "id-1"))));
        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(me, 2, session, Message("other", "ID-1"))));

        var (_, receipt) = await world.Mailbox.FindReceiptAsync(me, "id-1");
        Assert.Equal(first.Id, receipt!.MessageId);
        Assert.Contains(receipt.Durability, new[] { "flushed", "replicated", "written" });
        Assert.Equal(["first", "other"], await world.ReadAllAsync(me));
    }

    [Fact]
    public async Task A_retry_of_a_message_that_was_read_and_deleted_is_known_by_its_receipt()
    {
        var me = await world.AddUserAsync("b");
        var session = await world.LogInAsync("b", me);
        var message = Message("first", "id-1");
        await world.Mailbox.AppendAsync(Group(me, 1, session, message));
        await world.Mailbox.AdvanceAsync(me, 1);
        await world.Sql.ExecuteAsync("test", "DELETE FROM message WHERE log_id = $1", [me]);

        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(me, 2, session, message)));

        Assert.Empty(await world.ReadAllAsync(me));
    }

    [Fact]
    public async Task Of_many_messages_under_one_ID_at_once_one_is_stored()
    {
        var me = await world.AddUserAsync("c");
        var session = await world.LogInAsync("c", me);
        await using var other = world.NewMailbox();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(i % 2 == 0 ? world.Mailbox : other, $"{i}")));

        Assert.Single(results, result => result == AppendResult.Stored);
        Assert.Equal(19, results.Count(result => result == AppendResult.AlreadyBound));
        Assert.Single(await world.ReadAllAsync(me));

        async Task<AppendResult> SendAsync(Mailbox mailbox, string text)
        {
            var message = Message(text, "id-1");
            while (true)
            {
                var last = (await mailbox.GetEndsAsync(me)).Last;
                if (await mailbox.AppendAsync(Group(me, last + 1, session, message)) is var result and not AppendResult.Conflict)
                    return result;
            }
        }
    }

    [Fact]
    public async Task A_group_that_is_not_stored_binds_no_ID()
    {
        var me = await world.AddUserAsync("d");
        var session = await world.LogInAsync("d", me);

        Assert.Equal(AppendResult.Conflict, await world.Mailbox.AppendAsync(Group(me, 5, session, Message("x", "id-1"))));

        Assert.Null((await world.Mailbox.FindReceiptAsync(me, "id-1")).Receipt);
        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(me, 1, session, Message("y", "id-1"))));
    }

    [Fact]
    public async Task A_receipt_says_where_and_when_its_message_was_stored_and_which_it_was()
    {
        const string Same =
            """
            SELECT count(*) FROM send_receipt r JOIN message m USING (message_id, log_id, number, accepted_at)
            WHERE r.sender_account_id = $1 AND r.once_id = 'id-1' AND r.fingerprint = $2 AND m.log_id = $3 AND m.number = 2
            """;
        var (me, peer) = (await world.AddUserAsync("e"), await world.AddUserAsync("e.peer"));
        var session = await world.LogInAsync("e", me);
        var key = (await world.Mailbox.FindReceiptAsync(me, "id-1")).Key!;
        var fingerprint = MessageFingerprint.Of(key, "e.peer", "x"u8.ToArray());

        await world.Mailbox.AppendAsync(Group(
            peer, 1, session, Message("before"), Message("x", "id-1") with { Fingerprint = fingerprint }, Message("y", "id-2")));

        Assert.Equal(1, await world.Sql.CountAsync(Same, me, fingerprint, peer));
        Assert.Equal(fingerprint, (await world.Mailbox.FindReceiptAsync(me, "id-1")).Receipt!.Fingerprint);
        Assert.Null((await world.Mailbox.FindReceiptAsync(me, "id-2")).Receipt!.Fingerprint);
        Assert.NotEqual(fingerprint, MessageFingerprint.Of(key, "e.other", "x"u8.ToArray()));
        Assert.NotEqual(fingerprint, MessageFingerprint.Of(key, "e.peer", "X"u8.ToArray()));
        var other = (await world.Mailbox.FindReceiptAsync(peer, "id-1")).Key!;
        Assert.NotEqual(fingerprint, MessageFingerprint.Of(other, "e.peer", "x"u8.ToArray()));
        Assert.Equal(default, await world.Mailbox.FindReceiptAsync(999_999, "id-1"));
    }

    [Fact]
    public async Task Receipts_that_are_looked_up_together_answer_each_its_own_question()
    {
        var (me, peer) = (await world.AddUserAsync("f"), await world.AddUserAsync("f.peer"));
        var session = await world.LogInAsync("f", me);
        var sent = Enumerable.Range(0, 20).Select(i => Message($"text {i}", $"id-{i}")).ToArray();
        var bound = sent.ToDictionary(message => message.OnceId!, message => message.Id);
        await world.Mailbox.AppendAsync(Group(peer, 1, session, sent));

        // The last twenty IDs were never used; one account is gone, one has sent nothing.
        var asked = Enumerable.Range(0, 40).Select(i => (Account: me, Id: $"id-{i}"))
            .Append((Account: 999_999, Id: "id-1")).Append((Account: peer, Id: "id-1")).Reverse();
        var found = await Task.WhenAll(asked.Select(async question =>
            (question, Answer: await world.Mailbox.FindReceiptAsync(question.Account, question.Id))));

        Assert.All(found, each => Assert.Equal(
            each.question.Account == me && bound.TryGetValue(each.question.Id, out var id) ? id : default(Guid?),
            each.Answer.Receipt?.MessageId));
        Assert.Equal(2, found.Select(each => each.Answer.Key).OfType<byte[]>().Select(Convert.ToHexString).Distinct().Count());
        Assert.Equal(default, found.Single(each => each.question.Account == 999_999).Answer);
        await Assert.ThrowsAsync<ArgumentException>(() => world.Mailbox.FindReceiptAsync(me, "id-\0"));
    }
}
