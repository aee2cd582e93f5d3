using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>What reads rooms finds its rows by index, however large the tables are.</summary>
public sealed class RoomPlanTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    [Fact]
    public async Task A_large_room_costs_an_inbox_a_page_and_a_count_no_look_at_its_members_or_its_past()
    {
        var (me, other) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(other, showsAll: true, members: [me]);
        await world.Sql.ExecuteAsync(
            "test",
            "INSERT INTO account (account_id, user_name, display_name) SELECT i, 'crowd' || i, '' FROM generate_series(1001, 11000) i", []);
        await world.Sql.ExecuteAsync(
            "test",
            "INSERT INTO room_member (account_id, log_id, role, visible) SELECT i, $1, 2, '{[1,)}' FROM generate_series(1001, 11000) i",
            [room.Log]);
        await world.Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO message (log_id, number, message_id, sender_id, body)
            SELECT $1, 2 + i, gen_random_uuid(), $2, 'text' FROM generate_series(1, 50000) i
            """,
            [room.Log, other.Account]);
        await world.Mailbox.AdvanceAsync(me.Account, 0, [new(room.Log, 49_990)]);
        await world.Rooms.MarkReadAsync(me.Session, world.Epoch, room.Name, 49_990);
        await world.Sql.ExecuteAsync("test", "ANALYZE", []);

        await using var connection = await world.Sql.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await RunAsync(RoomStatements.Admit, me.Session, room.Name);
        await RunAsync(RoomStatements.Find, me.Session, 100L, room.Name);
        await RunAsync(RoomStatements.ListMine, me.Session, 100L, "", 50L);
        await RunAsync(RoomStatements.ListPublic, me.Session, 100L, "", 50L);
        await RunAsync(RoomStatements.ListMembers, me.Session, room.Name, 5000L, 50L);
        await RunAsync(RoomStatements.Deletion, other.Session, room.Log, 25_000L);
        await RunAsync(RoomStatements.Log, me.Session, room.Log, world.Epoch, 25_000L, 50, 1L << 20);
        for (var side = 0; side <= 3; side++)
            await RunAsync(RoomStatements.Page, me.Session, room.Name, side, 25_000L, world.Epoch, 50, 50, 1L << 20);
        await RunAsync("SELECT * FROM read_inboxes($1, 0, '{}', '{}', 1000000)", me.Account);
        await RunAsync(RoomStatements.MarkRead, me.Session, world.Epoch, room.Name, 49_995L);
        await RunAsync(OverviewStatements.Name, me.Session, room.Log);
        await RunAsync(OverviewStatements.List, me.Session, 100L, 50L, DateTime.MaxValue.ToUniversalTime(), long.MaxValue, 1L << 20);
        await RunAsync(OverviewStatements.Receive, me.Session, world.Epoch, new[] { me.Account, room.Log }, new[] { 0L, 49_999L });

        var (whole, rows) = await ReadAsync();
        Assert.Equal(0, whole);
        // Rows of the pages, and not thousands.
        Assert.InRange(rows, 400, 1_500);

        async Task RunAsync(string sql, params object?[] parameters)
        {
            await using var command = new NpgsqlCommand(sql, connection).With(parameters);
            await command.ExecuteNonQueryAsync();
        }

        // How often the tables were read from end to end in this transaction, and how many of their rows were fetched by index.
        async Task<(long Whole, long Rows)> ReadAsync()
        {
            await using var command = new NpgsqlCommand(
                """
                SELECT sum(seq_scan)::bigint, sum(coalesce(idx_tup_fetch, 0))::bigint
                FROM pg_stat_xact_user_tables WHERE relname IN ('message', 'room_member')
                """,
                connection);
            return (await command.ReadAllAsync(reader => (reader.GetInt64(0), reader.GetInt64(1)), default)).Single();
        }
    }
}
