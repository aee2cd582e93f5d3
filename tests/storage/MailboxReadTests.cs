using Npgsql;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

public class MailboxReadTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    [Fact]
    public async Task An_empty_mailbox_is_told_from_a_session_that_has_ended()
    {
        var (me, session) = await ArrangeAsync("a");
        Assert.Empty((await world.Mailbox.ReadAsync(me, session, 0, 1000))!.Messages);
        await world.Mailbox.AppendAsync(Group(me, 1, session, Message("x")));
        await world.LogOutAsync(session);

        Assert.Null(await world.Mailbox.ReadAsync(me, session, 0, 1000));
        Assert.Null(await world.Mailbox.ReadAsync(me, "s:never", 0, 1000));
    }

    [Fact]
    public async Task A_session_reads_no_mailbox_but_its_owners()
    {
        var (me, session) = await ArrangeAsync("b");
        var (_, others) = await ArrangeAsync("b.other");
        await world.Mailbox.AppendAsync(Group(me, 1, session, Message("x")));

        Assert.Null(await world.Mailbox.ReadAsync(me, others, 0, 1000));
    }

    [Fact]
    public async Task A_page_ends_before_its_size_is_passed_but_holds_one_message_at_least()
    {
        var (me, session) = await ArrangeAsync("c");
        var text = new string('x', 1000);
        await world.Mailbox.AppendAsync(Group(me, 1, session, [.. Enumerable.Range(0, 10).Select(_ => Message(text))]));
        const int Size = 1000 + 1 + 1 + 64;

        Assert.Equal([1L], await NumbersAsync(me, session, 0, 10));
        Assert.Equal([1L, 2, 3], await NumbersAsync(me, session, 0, 3 * Size));
        Assert.Equal([1L, 2], await NumbersAsync(me, session, 0, (3 * Size) - 1));
        Assert.Equal([9L, 10], await NumbersAsync(me, session, 8, 1 << 20));
    }

    [Fact]
    public async Task Positions_that_are_moved_at_once_from_two_processes_all_end_where_the_furthest_move_went()
    {
        const int Accounts = 200;
        var accounts = new List<long>();
        for (var n = 0; n < Accounts; n++)
        {
            var (account, session) = await ArrangeAsync($"many{n}");
            await world.Mailbox.AppendAsync(Group(account, 1, session, Message("1"), Message("2"), Message("3")));
            accounts.Add(account);
        }
        await using var other = world.NewMailbox();

        var upwards = accounts.SelectMany(
            (account, n) => new[] { world.Mailbox.AdvanceAsync(account, 2), world.Mailbox.AdvanceAsync(account, n % 2) });
        var downwards = Enumerable.Reverse(accounts).Select(account => other.AdvanceAsync(account, 1 + (account % 3)));
        await Task.WhenAll([.. upwards.Zip(downwards.Concat(downwards), (one, two) => Task.WhenAll(one, two))]);

        var received = await world.Sql.QueryAsync(
            "test", "SELECT received FROM log WHERE log_id = ANY ($1) ORDER BY log_id",
            [accounts.ToArray()], r => r.GetInt64(0));
        Assert.Equal(accounts.Order().Select(account => Math.Max(2, 1 + (account % 3))), received);
    }

    [Fact]
    public async Task A_position_that_somebody_has_locked_holds_up_no_other()
    {
        var (locked, session) = await ArrangeAsync("locked");
        var (free, other) = await ArrangeAsync("free");
        await world.Mailbox.AppendAsync(Group(locked, 1, session, Message("1")));
        await world.Mailbox.AppendAsync(Group(free, 1, other, Message("1")));
        await using var connection = await world.Sql.OpenConnectionAsync();
        await using var removal = await connection.BeginTransactionAsync();
        await new NpgsqlCommand($"SELECT FROM log WHERE log_id = {locked} FOR UPDATE", connection).ExecuteNonQueryAsync();

        var waiting = world.Mailbox.AdvanceAsync(locked, 1);
        await world.Mailbox.AdvanceAsync(free, 1);
        Assert.False(waiting.IsCompleted);
        await removal.RollbackAsync();
        await waiting;

        Assert.Empty(await NumbersAsync(locked, session, 0, 1000));
        Assert.Empty(await NumbersAsync(free, other, 0, 1000));
    }

    [Fact]
    public async Task What_was_received_is_not_read_again_and_the_position_never_goes_back_or_too_far()
    {
        var (me, session) = await ArrangeAsync("d");
        await world.Mailbox.AppendAsync(Group(me, 1, session, Message("1"), Message("2"), Message("3")));

        await world.Mailbox.AdvanceAsync(me, 2);
        Assert.Equal([3L], await NumbersAsync(me, session, 0, 1000));
        await world.Mailbox.AdvanceAsync(me, 1);
        Assert.Equal([3L], await NumbersAsync(me, session, 0, 1000));
        await world.Mailbox.AdvanceAsync(me, 1000);
        Assert.Empty(await NumbersAsync(me, session, 0, 1000));

        Assert.Equal(3, (await world.Mailbox.GetEndsAsync(me)).Last);
        Assert.Equal(AppendResult.Stored, await world.Mailbox.AppendAsync(Group(me, 4, session, Message("4"))));
        Assert.Equal([4L], await NumbersAsync(me, session, 0, 1000));
    }

    [Fact]
    public async Task An_account_that_never_was_has_no_numbers() => Assert.Equal(0, (await world.Mailbox.GetEndsAsync(987654321)).Last);

    private async Task<List<long>> NumbersAsync(long account, string session, long after, int maxBytes) =>
        [.. (await world.Mailbox.ReadAsync(account, session, after, maxBytes))!.Messages.Select(message => message.Number)];

    private async Task<(long Account, string Session)> ArrangeAsync(string name)
    {
        var account = await world.AddUserAsync(name);
        return (account, await world.LogInAsync(name, account));
    }
}
