using OrleansChat.Identifiers;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

public partial class MailboxAppendTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];
    private long _me;
    private string _session = "";

    private async Task ArrangeAsync()
    {
        _me = await world.AddUserAsync(_name);
        _session = await world.LogInAsync(_name, _me);
    }

    private Task<AppendResult> AppendAsync(long number, params NewMessage[] messages) =>
        world.Mailbox.AppendAsync(Group(_me, number, _session, messages));

    [Fact]
    public async Task Messages_are_stored_in_order_with_the_names_of_their_sender()
    {
        await ArrangeAsync();
        Assert.Equal(AppendResult.Stored, await AppendAsync(1, Message("a\0b"), Message("")));
        Assert.Equal(AppendResult.Stored, await AppendAsync(3, Message("c")));

        var messages = (await world.Mailbox.ReadAsync(_me, _session, 0, 1 << 20))!.Messages;

        Assert.Equal([(1L, "a\0b"), (2L, ""), (3L, "c")], messages.Select(m => (m.Number, System.Text.Encoding.UTF8.GetString(m.Text))));
        Assert.All(messages, m => Assert.Equal((_name, _name.ToUpperInvariant()), (m.Sender, m.SenderName)));
        Assert.Equal(3, (await world.Mailbox.GetEndsAsync(_me)).Last);
    }

    [Fact]
    public async Task Stale_numbers_conflict_and_leave_no_gap_and_no_double()
    {
        await ArrangeAsync();
        Assert.Equal(AppendResult.Conflict, await AppendAsync(2, Message("too far")));
        Assert.Equal(AppendResult.Stored, await AppendAsync(1, Message("one")));
        Assert.Equal(AppendResult.Conflict, await AppendAsync(1, Message("taken")));
        Assert.Equal(AppendResult.Conflict, await AppendAsync(3, Message("too far again")));

        Assert.Equal(["one"], await world.ReadAllAsync(_me));
    }

    [Fact]
    public async Task Behind_a_message_of_its_own_a_writer_uses_no_number_that_was_another_writers_and_is_deleted()
    {
        await ArrangeAsync();
        Assert.Equal(AppendResult.Stored, await AppendAsync(1, Message("mine")));
        await using (var other = world.NewMailbox())
        {
            Assert.Equal(AppendResult.Stored, await other.AppendAsync(Group(_me, 2, _session, [Message("another's")])));
            await other.AdvanceAsync(_me, 2);
        }
        await world.Sql.ExecuteAsync("test", "DELETE FROM message WHERE log_id = $1", [_me]);

        Assert.Equal(AppendResult.Conflict, await AppendAsync(2, Message("too late")));
        Assert.Equal(AppendResult.Stored, await AppendAsync(3, Message("next")));
        // The writer's own last message may be gone when the next one comes.
        await world.Mailbox.AdvanceAsync(_me, 3);
        await world.Sql.ExecuteAsync("test", "DELETE FROM message WHERE log_id = $1", [_me]);
        Assert.Equal(AppendResult.Stored, await AppendAsync(4, Message("and the next")));
    }

    [Fact]
    public async Task Behind_a_message_of_its_own_a_writer_stores_nothing_in_a_mailbox_that_was_removed()
    {
        await ArrangeAsync();
        Assert.Equal(AppendResult.Stored, await AppendAsync(1, Message("one")));
        await world.Sql.ExecuteAsync("test", "UPDATE log SET removed_at = now() WHERE log_id = $1", [_me]);

        Assert.Equal(AppendResult.Conflict, await AppendAsync(2, Message("two")));
    }

    [Fact]
    public async Task A_number_that_was_read_and_deleted_is_not_used_again()
    {
        await ArrangeAsync();
        await AppendAsync(1, Message("1"), Message("2"), Message("3"), Message("4"));
        await world.Mailbox.AdvanceAsync(_me, 4);
        await world.Sql.ExecuteAsync("test", "DELETE FROM message WHERE log_id = $1 AND number IN (2, 4)", [_me]);

        Assert.Equal(AppendResult.Conflict, await AppendAsync(2, Message("behind a row that is left")));
        Assert.Equal(AppendResult.Conflict, await AppendAsync(4, Message("behind another")));
        Assert.Equal(4, (await world.Mailbox.GetEndsAsync(_me)).Last);
        Assert.Equal(AppendResult.Stored, await AppendAsync(5, Message("5")));
    }

    [Fact]
    public async Task Two_activations_that_hand_out_the_same_numbers_keep_each_senders_order()
    {
        await ArrangeAsync();
        const int Each = 100;
        await using var other = world.NewMailbox();
        await Task.WhenAll(SendAllAsync(world.Mailbox, "a"), SendAllAsync(other, "b"));

        var texts = await world.ReadAllAsync(_me);
        Assert.Equal(2 * Each, texts.Count);
        foreach (var sender in "ab")
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{sender}{i}"), texts.Where(text => text[0] == sender));

        async Task SendAllAsync(Mailbox mailbox, string sender)
        {
            var last = 0L;
            for (var i = 0; i < Each; i++)
            {
                var message = Message($"{sender}{i}");
                while (await mailbox.AppendAsync(Group(_me, last + 1, _session, message)) == AppendResult.Conflict)
                    last = (await mailbox.GetEndsAsync(_me)).Last;
                last++;
            }
        }
    }

    [Fact]
    public async Task Groups_of_one_recipient_are_decided_in_the_order_of_the_calls()
    {
        await ArrangeAsync();
        await using var mailbox = world.NewMailbox(writers: 4);
        var appends = Enumerable.Range(1, 3000).Select(i => mailbox.AppendAsync(Group(_me, i, _session, Message($"{i}")))).ToList();

        Assert.All(await Task.WhenAll(appends), result => Assert.Equal(AppendResult.Stored, result));
        Assert.Equal(Enumerable.Range(1, 3000).Select(i => $"{i}"), await world.ReadAllAsync(_me));
    }

    [Fact]
    public async Task A_retry_under_the_same_ids_is_stored_once_even_when_the_session_has_ended()
    {
        await ArrangeAsync();
        NewMessage[] messages = [Message("a"), Message("b")];
        Assert.Equal(AppendResult.Stored, await AppendAsync(1, messages));

        Assert.Equal(AppendResult.Stored, await AppendAsync(1, messages));
        Assert.Equal(AppendResult.Stored, await AppendAsync(3, messages));
        await world.LogOutAsync(_session);
        Assert.Equal(AppendResult.Stored, await AppendAsync(3, messages));

        Assert.Equal(["a", "b"], await world.ReadAllAsync(_me));
    }

    [Fact]
    public async Task A_retry_that_carries_further_messages_stores_only_those()
    {
        await ArrangeAsync();
        var old = Message("a");
        await AppendAsync(1, old);

        Assert.Equal(AppendResult.Stored, await AppendAsync(2, old, Message("b")));

        Assert.Equal(["a", "b"], await world.ReadAllAsync(_me));
    }

    [Fact]
    public async Task Many_retries_of_one_message_at_once_store_it_once()
    {
        await ArrangeAsync();
        var message = Message("a");
        await using var other = world.NewMailbox();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(i % 2 == 0 ? world.Mailbox : other)));

        Assert.All(results, result => Assert.Equal(AppendResult.Stored, result));
        Assert.Equal(["a"], await world.ReadAllAsync(_me));

        async Task<AppendResult> SendAsync(Mailbox mailbox)
        {
            var number = 1L;
            while (true)
            {
                if (await mailbox.AppendAsync(Group(_me, number, _session, message)) is var result and not AppendResult.Conflict)
                    return result;
                number = (await mailbox.GetEndsAsync(_me)).Last + 1;
            }
        }
    }

    [Fact]
    public async Task A_session_that_has_ended_stores_nothing()
    {
        await ArrangeAsync();
        await AppendAsync(1, Message("a"));
        await world.LogOutAsync(_session);

        Assert.Equal(AppendResult.SessionEnded, await AppendAsync(2, Message("b")));
        Assert.Equal(AppendResult.SessionEnded, await world.Mailbox.AppendAsync(Group(_me, 2, "s:never", Message("b"))));

        Assert.Equal(["a"], await world.ReadAllAsync(_me));
    }

    [Fact]
    public async Task An_id_minted_too_long_ago_is_refused()
    {
        await ArrangeAsync();
        var now = TimeProvider.System.GetUtcNow();
        var old = MessageId.New(now - MessageId.Lifetime - TimeSpan.FromSeconds(5));
        var young = MessageId.New(now - MessageId.Lifetime + TimeSpan.FromSeconds(60));

        Assert.Equal(AppendResult.OutOfTime, await AppendAsync(1, Message("old", id: old)));
        Assert.Equal(AppendResult.Stored, await AppendAsync(1, Message("young", id: young)));

        Assert.Equal(["young"], await world.ReadAllAsync(_me));
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused_before_it_is_queued()
    {
        await ArrangeAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => AppendAsync(1));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => AppendAsync(0, Message("a")));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => AppendAsync(1, Message("a", onceId: "a\0")));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => AppendAsync(1, Message("a", onceId: "\ud800")));
    }
}
