using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests;

public class MailboxPurgeTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private static readonly TimeSpan Old = TimeSpan.FromDays(366);
    private static readonly TimeSpan AlmostOld = TimeSpan.FromDays(364);

    [Fact]
    public async Task Only_what_was_received_and_is_older_than_the_retention_is_deleted()
    {
        var me = await world.AddUserAsync("a");
        await InsertAsync(me, Old, Old, AlmostOld, Old, Old, TimeSpan.Zero);
        await world.Mailbox.AdvanceAsync(me, 5);
        var idle = await world.AddUserAsync("a.idle");
        await InsertAsync(idle, Old, Old);

        Assert.Equal(2, await PurgeAsync());

        // From the head and without a gap: 4 and 5 wait for 3.
        Assert.Equal([3L, 4, 5, 6], await NumbersAsync(me));
        Assert.Equal([1L, 2], await NumbersAsync(idle));
        await world.Sql.ExecuteAsync("test",
            "UPDATE message SET accepted_at = now() - $1::interval WHERE log_id = $2 AND number = 3", [Old * 2, me]);
        await LookNowAsync(me);
        Assert.Equal(3, await PurgeAsync());
        Assert.Equal([6L], await NumbersAsync(me));
        Assert.Equal(6, (await world.Mailbox.GetEndsAsync(me)).Last);
    }

    [Fact]
    public async Task A_long_mailbox_is_deleted_to_its_end()
    {
        var me = await world.AddUserAsync("b");
        await InsertAsync(me, [.. Enumerable.Repeat(Old, 350)]);
        await world.Mailbox.AdvanceAsync(me, 349);

        Assert.Equal(349, await PurgeAsync());

        Assert.Equal([350L], await NumbersAsync(me));
    }

    [Fact]
    public async Task A_message_that_was_stored_while_its_recipient_was_removed_is_deleted_too()
    {
        var me = await world.AddUserAsync("c");
        await InsertAsync(me, TimeSpan.Zero, TimeSpan.Zero);
        await world.Sql.ExecuteAsync("test", "UPDATE log SET removed_at = now(), look_at = now() WHERE log_id = $1", [me]);

        Assert.Equal(2, await PurgeAsync());
        Assert.Single(await world.Sql.QueryAsync("test", "SELECT 1 FROM log WHERE log_id = $1", [me], r => r.GetInt32(0)));

        await world.Sql.ExecuteAsync(
            "test", "UPDATE log SET removed_at = now() - $2::interval, look_at = now() WHERE log_id = $1", [me, Old]);
        Assert.Equal(0, await PurgeAsync());
        Assert.Empty(await world.Sql.QueryAsync("test", "SELECT 1 FROM log WHERE log_id = $1", [me], r => r.GetInt32(0)));
    }

    [Fact]
    public async Task One_process_at_a_time_purges()
    {
        await using var other = await world.Sql.OpenConnectionAsync();
        await using var hold = new Npgsql.NpgsqlCommand($"SELECT pg_advisory_lock({StorageNames.PurgeLock})", other);
        await hold.ExecuteNonQueryAsync();
        var me = await world.AddUserAsync("d");
        await InsertAsync(me, Old);
        await world.Mailbox.AdvanceAsync(me, 1);

        Assert.Equal(0, await PurgeAsync());
        await new Npgsql.NpgsqlCommand($"SELECT pg_advisory_unlock({StorageNames.PurgeLock})", other).ExecuteNonQueryAsync();
        Assert.Equal(1, await PurgeAsync());
    }

    private Task<long> PurgeAsync() => new MailboxPurge(world.Database.DataSource).RunOnceAsync(default);

    private Task<List<long>> NumbersAsync(long account) =>
        world.Sql.QueryAsync("test", "SELECT number FROM message WHERE log_id = $1 ORDER BY 1", [account], r => r.GetInt64(0));

    private Task<int> LookNowAsync(long account) =>
        world.Sql.ExecuteAsync("test", "UPDATE log SET look_at = now() WHERE log_id = $1", [account]);

    private Task<int> InsertAsync(long account, params TimeSpan[] ages) => world.Sql.ExecuteAsync(
        "test",
        """
        INSERT INTO message (log_id, number, message_id, sender_id, accepted_at, body)
        SELECT $1, i.number, gen_random_uuid(), $1, now() - i.age, '' FROM unnest($2::interval[]) WITH ORDINALITY AS i (age, number)
        """,
        [account, ages]);
}
