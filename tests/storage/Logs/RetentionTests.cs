using Npgsql;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Retention;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Logs;

/// <summary>How long messages stay, and when the purge looks at a log.</summary>
public sealed class RetentionTests(ConversationWorld world) : IClassFixture<ConversationWorld>, IAsyncLifetime
{
    private const double Minute = 1.0 / (24 * 60);

    private const string Infinite = "SELECT count(*) FROM log WHERE log_id = $1 AND look_at = 'infinity'";

    public Task InitializeAsync() => KeepAsync("365 days");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("365 days", 364, 1)]
    [InlineData("365 days", 366, 0)]
    [InlineData("30 days", 29, 1)]
    [InlineData("30 days", 31, 0)]
    [InlineData("0", 11 * Minute, 1)]
    [InlineData("0", 13 * Minute, 0)]
    [InlineData(null, 9999, 1)]
    public async Task A_received_message_stays_for_as_long_as_the_retention_says(string? keep, double daysAgo, int left)
    {
        await KeepAsync(keep);
        var me = await FillAsync(daysAgo);

        await ReceiveAndPurgeAsync(me);

        Assert.Equal(left, await CountAsync(me));
    }

    [Fact]
    public async Task It_is_a_year_unless_told()
    {
        var fresh = new ConversationWorld();
        await fresh.InitializeAsync();
        Assert.Equal(1, await fresh.Sql.CountAsync(
            "SELECT count(*) FROM retention WHERE retention_age() = '365 days' AND applied = '365 days'"));
        await fresh.DisposeAsync();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("30 days")]
    public async Task Nothing_goes_before_it_was_received(string keep)
    {
        await KeepAsync(keep);
        var me = await FillAsync(99, 98, 97);
        await world.Mailbox.AdvanceAsync(me.Account, 1);

        await PurgeAsync();

        Assert.Equal(2, await CountAsync(me));
        // The head waits: nothing looks at the log before the receipt that passes it.
        Assert.Equal(1, await world.Sql.CountAsync(Infinite, me.Account));
        await world.Mailbox.AdvanceAsync(me.Account, 2);
        Assert.Equal(0, await world.Sql.CountAsync(Infinite, me.Account));
        await PurgeAsync();
        Assert.Equal(1, await CountAsync(me));
    }

    [Fact]
    public async Task A_shorter_one_that_begins_later_deletes_nothing_before()
    {
        var me = await FillAsync(2, 0.1);
        await ReceiveAndPurgeAsync(me);
        var late = await FillAsync(2, 0.1);
        const string tomorrow = "UPDATE retention SET keep = '1 day', keep_now = '365 days', begins_at = now() + interval '1 day'";
        await world.Sql.ExecuteAsync("test", tomorrow, []);
        await PurgeAsync();
        // Received while the longer one still holds.
        await ReceiveAndPurgeAsync(late);
        Assert.Equal((2, 2), (await CountAsync(me), await CountAsync(late)));

        await world.Sql.ExecuteAsync("test", "UPDATE retention SET begins_at = now()", []);
        await PurgeAsync();

        Assert.Equal((1, 1), (await CountAsync(me), await CountAsync(late)));
    }

    [Fact]
    public async Task Every_change_is_applied_to_what_was_received_before_it_and_looks_at_nothing_again_after_that()
    {
        var me = await FillAsync(40, 20, Minute);
        var waiting = await FillAsync(40);
        await KeepAsync(null);
        await ReceiveAndPurgeAsync(me);
        Assert.Equal((3, 1), (await CountAsync(me), await CountAsync(waiting)));

        await KeepAsync("30 days");
        await PurgeAsync();
        Assert.Equal((2, 1), (await CountAsync(me), await CountAsync(waiting)));
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM log WHERE look_at <= now()"));

        await KeepAsync("365 days");
        await PurgeAsync();
        await KeepAsync("0");
        await PurgeAsync();
        Assert.Equal((1, 1), (await CountAsync(me), await CountAsync(waiting)));
        Assert.Equal(1, await world.Sql.CountAsync("SELECT count(*) FROM retention WHERE applied = '12 minutes'"));
    }

    [Fact]
    public async Task A_value_that_was_changed_and_changed_back_is_applied_to_what_was_received_in_between()
    {
        var store = new RetentionStore(world.Sql);
        var me = await FillAsync(400);
        await store.SetAsync(null, isNow: true);
        await world.Mailbox.AdvanceAsync(me.Account, 1);
        Assert.Equal(1, await world.Sql.CountAsync(Infinite, me.Account));

        await store.SetAsync(TimeSpan.FromDays(365), isNow: true);
        await PurgeAsync();

        Assert.Equal(0, await CountAsync(me));
    }

    [Fact]
    public async Task A_step_reads_the_heads_of_logs_and_never_the_table()
    {
        const string fill =
            """
            INSERT INTO message (log_id, number, message_id, sender_id, body, accepted_at)
            SELECT $1, n, gen_random_uuid(), $1, 'x', now() - interval '400 days' FROM generate_series(1, 2000) n
            """;
        for (var i = 0; i < 20; i++)
        {
            var me = await FillAsync();
            await world.Sql.ExecuteAsync("test", fill, [me.Account]);
            await world.Mailbox.AdvanceAsync(me.Account, 2000);
        }
        await world.Sql.ExecuteAsync("test", "ANALYZE message, log", []);
        await using var connection = await world.Sql.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var settings = new NpgsqlCommand(MailboxPurge.PlanSql, connection)) await settings.ExecuteNonQueryAsync();
        await using var explain = new NpgsqlCommand("EXPLAIN " + MailboxPurge.StepSql, connection);
        explain.Parameters.Add(new() { Value = MailboxPurge.AfterRemoval });

        var plan = await explain.ReadAllAsync(reader => reader.GetString(0), default);

        Assert.Contains(plan, line => line.Contains("message_pkey", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan on message", StringComparison.Ordinal));
        await transaction.RollbackAsync();
        await PurgeAsync();
    }

    [Fact]
    public async Task A_log_is_due_when_its_first_received_message_is_and_an_empty_one_never()
    {
        const string Due =
            """
            SELECT count(*) FROM log g JOIN message m ON m.log_id = g.log_id AND m.number = g.purged + 1
            WHERE g.log_id = $1 AND g.look_at = m.accepted_at + interval '365 days'
            """;
        var me = await FillAsync();
        Assert.Equal(1, await world.Sql.CountAsync(Infinite, me.Account));
        await InsertAsync(me, 366, 3, 2);
        Assert.Equal(1, await world.Sql.CountAsync(Infinite, me.Account));

        await world.Mailbox.AdvanceAsync(me.Account, 3);
        Assert.Equal(1, await world.Sql.CountAsync(Due, me.Account));
        await PurgeAsync();
        Assert.Equal(2, await CountAsync(me));
        Assert.Equal(1, await world.Sql.CountAsync(Due, me.Account));

        await KeepAsync("1 day");
        await PurgeAsync();
        Assert.Equal(0, await CountAsync(me));
        Assert.Equal(1, await world.Sql.CountAsync(Infinite, me.Account));
        Assert.Equal(new MailboxEnds(3, 3), await world.Mailbox.GetEndsAsync(me.Account));
    }

    [Fact]
    public async Task A_receipt_through_either_door_sets_the_time()
    {
        var (line, web) = (await FillAsync(1), await FillAsync(1));
        await world.Mailbox.AdvanceAsync(line.Account, 1);
        await world.Conversations.ReceiveAsync(web.Session, world.Epoch, 1);
        foreach (var person in new[] { line, web })
        {
            Assert.Equal(1, await world.Sql.CountAsync(
                """
                SELECT count(*) FROM log JOIN message USING (log_id) WHERE log_id = $1 AND look_at = accepted_at + interval '365 days'
                """,
                person.Account));
        }
    }

    private async Task<Person> FillAsync(params double[] daysAgo)
    {
        var person = await world.PersonAsync();
        await InsertAsync(person, daysAgo);
        return person;
    }

    private async Task InsertAsync(Person person, params double[] daysAgo) => await world.InsertAsync(
        await world.PersonAsync(), person, [.. daysAgo.Select(days => DateTime.UtcNow.AddDays(-days))]);

    private Task<int> KeepAsync(string? keep) => world.Sql.ExecuteAsync(
        "test", "UPDATE retention SET keep = $1::text::interval, keep_now = $1::text::interval, begins_at = now()", [keep]);

    private Task<long> CountAsync(Person person) => world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = $1", person.Account);

    private async Task ReceiveAndPurgeAsync(Person person)
    {
        await world.Mailbox.AdvanceAsync(person.Account, await world.LastAsync(person));
        await PurgeAsync();
    }

    private Task<long> PurgeAsync() => new MailboxPurge(world.Storage.Database.DataSource).RunOnceAsync(default);
}
