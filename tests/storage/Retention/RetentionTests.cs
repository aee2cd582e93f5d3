using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Retention;

namespace OrleansChat.Storage.Tests.Retention;

/// <summary>How long messages stay, and what a change of it does.</summary>
public sealed class RetentionTests(MailboxWorld world) : IClassFixture<MailboxWorld>, IAsyncLifetime
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365), Month = TimeSpan.FromDays(30), Week = TimeSpan.FromDays(7);

    private readonly RetentionStore _retention = new(world.Database.DataSource);
    private long _me;

    public async Task InitializeAsync()
    {
        await ExecuteAsync(
            "UPDATE retention SET keep = '8760 hours', keep_now = '8760 hours', begins_at = '-infinity', keep_receipts = NULL");
        await ExecuteAsync("DELETE FROM message");
        await ExecuteAsync("DELETE FROM log");
        _me = await world.AddUserAsync(Guid.NewGuid().ToString("N")[..8]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task At_first_messages_stay_for_a_year_and_receipts_for_ever() =>
        Assert.Equal(new RetentionTimes(Year, null, null), await _retention.ReadAsync());

    [Fact]
    public async Task A_longer_one_holds_at_once()
    {
        await ReceiveAsync(Year + Week);
        await _retention.SetAsync(Year + Month, isNow: false);

        Assert.Equal(new RetentionTimes(Year + Month, null, null), await _retention.ReadAsync());
        Assert.Equal(0, await PurgeAsync());
        await _retention.SetAsync(null, isNow: false);
        Assert.Equal(new RetentionTimes(null, null, null), await _retention.ReadAsync());
        Assert.Equal(0, await PurgeAsync());
    }

    [Fact]
    public async Task A_shorter_one_begins_after_a_day_and_deletes_what_was_counted()
    {
        await ReceiveAsync(Month + Week, Month, Month - TimeSpan.FromHours(23), Month - TimeSpan.FromHours(25), Week);

        Assert.Equal(3, await _retention.CountAsync(Month, isNow: false));
        await _retention.SetAsync(Month, isNow: false);

        var times = await _retention.ReadAsync();
        Assert.Equal((Year, Month), (times.Keep, times.Pending!.Keep));
        Assert.InRange(times.Pending.BeginsAt - DateTimeOffset.UtcNow, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.Equal(0, await PurgeAsync());

        await ExecuteAsync("UPDATE retention SET begins_at = now()");
        // Of what was counted, one message is not old enough before the day has passed.
        Assert.Equal(2, await PurgeAsync());
    }

    [Fact]
    public async Task A_shorter_one_may_begin_now()
    {
        await ReceiveAsync(Month + Week, Month, Month - TimeSpan.FromHours(1), Week);

        Assert.Equal(2, await _retention.CountAsync(Month, isNow: true));
        await _retention.SetAsync(Month, isNow: true);

        Assert.Equal(new RetentionTimes(Month, null, null), await _retention.ReadAsync());
        Assert.Equal(2, await PurgeAsync());
    }

    [Fact]
    public async Task Set_again_while_it_is_pending_it_begins_when_it_was_said_and_the_former_one_ends_that()
    {
        await _retention.SetAsync(Month, isNow: false);
        var first = (await _retention.ReadAsync()).Pending;
        await _retention.SetAsync(Month, isNow: false);
        Assert.Equal(first, (await _retention.ReadAsync()).Pending);

        await _retention.SetAsync(Week, isNow: false);
        Assert.Equal(Week, (await _retention.ReadAsync()).Pending!.Keep);
        await _retention.SetAsync(Year, isNow: false);
        Assert.Equal(new RetentionTimes(Year, null, null), await _retention.ReadAsync());
    }

    [Fact]
    public async Task Without_a_retention_a_received_message_goes_after_12_minutes()
    {
        await ReceiveAsync(TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(11));
        await _retention.SetAsync(TimeSpan.Zero, isNow: true);
        Assert.Equal(2, await PurgeAsync());
    }

    [Fact]
    public async Task What_is_received_or_looked_at_while_a_shorter_one_is_pending_goes_when_it_begins()
    {
        await InsertAsync(Month, Month);
        await _retention.SetAsync(Week, isNow: false);
        await world.Mailbox.AdvanceAsync(_me, 1);
        var beginsAt = (await _retention.ReadAsync()).Pending!.BeginsAt;
        Assert.Equal(beginsAt, await LookAtAsync());

        await ExecuteAsync("UPDATE log SET look_at = now()");
        Assert.Equal(0, await PurgeAsync());
        Assert.Equal(beginsAt, await LookAtAsync());
    }

    [Fact]
    public async Task A_receipt_that_knows_only_the_former_one_is_waited_for()
    {
        await InsertAsync(Month);
        await using var other = await world.Sql.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using var receipt = new Npgsql.NpgsqlCommand(
            "UPDATE log SET received = 1, look_at = now() + interval '300 days' WHERE log_id = $1", other).With(_me);
        await receipt.ExecuteNonQueryAsync();

        var setting = _retention.SetAsync(Week, isNow: true);
        while (await CountAsync("SELECT count(*) FROM pg_locks WHERE relation = 'log'::regclass AND NOT granted") == 0)
            Assert.False(setting.IsCompleted);
        await transaction.CommitAsync();
        await setting;

        Assert.Equal(1, await PurgeAsync());
    }

    [Fact]
    public async Task A_year_is_as_long_where_a_day_has_23_hours()
    {
        // Between these days summer time begins.
        const string sql =
            """
            SET LOCAL TimeZone = 'Europe/Berlin';
            SELECT count(*) FROM (VALUES (timestamptz '2026-03-28 12:00Z')) v (t)
            WHERE expires_at(t) = timestamptz '2027-03-28 12:00Z' AND t + retention_age() = timestamptz '2027-03-28 12:00Z'
            """;
        Assert.Equal(1, await CountAsync(sql));
        await _retention.SetAsync(Year, isNow: true);
        Assert.Equal(1, await CountAsync(sql));
    }

    [Fact]
    public async Task Receipts_go_when_the_operator_says_so_and_those_of_unknown_age_stay()
    {
        await ExecuteAsync(
            """
            INSERT INTO send_receipt (sender_account_id, once_id, message_id, durability, accepted_at)
            SELECT 1, 'i' || i, gen_random_uuid(), 'flushed',
                   CASE WHEN i < 5000 THEN now() - interval '31 days' WHEN i > 5000 THEN now() END
            FROM generate_series(1, 5002) i
            """);
        var purge = new ReceiptPurge(world.Database.DataSource);
        Assert.Equal(0, await purge.RunOnceAsync(default));

        await _retention.SetReceiptsAsync(Month);
        Assert.Equal(Month, (await _retention.ReadAsync()).Receipts);
        Assert.Equal(4999, await purge.RunOnceAsync(default));
        // Half a day later again.
        await ExecuteAsync("UPDATE send_receipt SET accepted_at = now() - interval '31 days'");
        Assert.Equal(0, await purge.RunOnceAsync(default));
        await ExecuteAsync("UPDATE retention SET look_at_receipts = look_at_receipts - interval '12 hours'");
        Assert.Equal(3, await purge.RunOnceAsync(default));
    }

    private Task<long> PurgeAsync() => new MailboxPurge(world.Database.DataSource).RunOnceAsync(default);

    /// <summary>When the purge looks at the log; null for never.</summary>
    private async Task<DateTimeOffset?> LookAtAsync() => (await world.Sql.QueryAsync(
        "test", "SELECT nullif(look_at, 'infinity') FROM log WHERE log_id = $1", [_me],
        reader => reader.IsDBNull(0) ? null : (DateTimeOffset?)reader.GetFieldValue<DateTimeOffset>(0))).Single();

    private async Task ReceiveAsync(params TimeSpan[] ages)
    {
        await InsertAsync(ages);
        await world.Mailbox.AdvanceAsync(_me, ages.Length);
    }

    private Task<int> InsertAsync(params TimeSpan[] ages) => world.Sql.ExecuteAsync(
        "test",
        """
        INSERT INTO message (log_id, number, message_id, sender_id, accepted_at, body)
        SELECT $1, i.number, gen_random_uuid(), $1, now() - i.age, '' FROM unnest($2::interval[]) WITH ORDINALITY AS i (age, number)
        """,
        [_me, ages]);

    private async Task<long> CountAsync(string sql) =>
        (await world.Sql.QueryAsync("test", sql, [], reader => reader.GetInt64(0))).Single();

    private Task<int> ExecuteAsync(string sql) => world.Sql.ExecuteAsync("test", sql, []);
}
