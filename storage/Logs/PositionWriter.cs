using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>Moves read positions: an account's in its inbox, and those in its rooms with it.</summary>
internal sealed class PositionWriter(NpgsqlDataSource source) : GroupedWriter<PositionWriter.Move>
{
    // Skips rows that someone else has locked, such as a removal of the account: no move waits for another account.
    private const string Inboxes =
        """
        WITH locked AS MATERIALIZED (
            SELECT log_id FROM log WHERE log_id = ANY ($1::bigint[]) FOR NO KEY UPDATE SKIP LOCKED),
        -- Once for each log: in the condition of the update, a plan may ask for the last number once for each pair of them.
        reached AS MATERIALIZED (
            SELECT i.log_id, least(i.position, last_number(i.log_id)) AS position
            FROM unnest($1::bigint[], $2::bigint[]) AS i (log_id, position) JOIN locked USING (log_id)),
        moved AS (
            UPDATE log g
            SET received = r.position,
                look_at = CASE g.look_at WHEN 'infinity' THEN coalesce(due_at(g.log_id, g.purged), g.look_at) ELSE g.look_at END
            FROM reached r
            WHERE g.log_id = r.log_id AND g.received < r.position)
        """;

    private const string Sql =
        $"""
        {Inboxes}
        SELECT log_id FROM locked
        """;

    // $3 to $5: account, room and number. Where somebody else has locked a membership, such as a change of it, the whole move is made
    // alone: then in the order of the rooms, so that no two moves of an account wait for each other.
    private const string SqlWithRooms =
        $"""
        {Inboxes},
        asked AS MATERIALIZED (
            SELECT c.account_id, c.log_id, i.position
            FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS i (account_id, log_id, position)
            JOIN room_member c ON c.account_id = i.account_id AND c.log_id = i.log_id AND c.role >= 1 AND c.received < i.position),
        locked_rooms AS MATERIALIZED (
            SELECT c.account_id, c.log_id FROM room_member c
            WHERE (c.account_id, c.log_id) IN (SELECT a.account_id, a.log_id FROM asked a) FOR NO KEY UPDATE SKIP LOCKED),
        moved_rooms AS (
            UPDATE room_member c SET received = r.position
            FROM (SELECT a.account_id, a.log_id, least(a.position, last_number(a.log_id)) AS position
                  FROM asked a JOIN locked_rooms USING (account_id, log_id)) r
            WHERE c.account_id = r.account_id AND c.log_id = r.log_id AND c.role >= 1 AND c.received < r.position)
        SELECT log_id FROM locked
        WHERE log_id NOT IN (
            SELECT a.account_id FROM asked a
            WHERE NOT EXISTS (SELECT FROM locked_rooms k WHERE k.account_id = a.account_id AND k.log_id = a.log_id))
        """;

    private const string AloneSql =
        """
        WITH rooms AS MATERIALIZED (
            SELECT c.log_id, least(i.position, last_number(c.log_id)) AS position
            FROM room_member c JOIN unnest($3::bigint[], $4::bigint[]) AS i (log_id, position) ON i.log_id = c.log_id
            WHERE c.account_id = $1 AND c.role >= 1
            ORDER BY c.log_id FOR NO KEY UPDATE OF c),
        moved AS (
            UPDATE room_member c SET received = r.position
            FROM rooms r WHERE c.account_id = $1 AND c.log_id = r.log_id AND c.received < r.position)
        UPDATE log
        SET received = least($2, last_number(log_id)),
            look_at = CASE look_at WHEN 'infinity' THEN coalesce(due_at(log_id, purged), look_at) ELSE look_at END
        WHERE log_id = $1 AND received < least($2, last_number(log_id))
        """;

    /// <summary>Moves of locked rows wait for the locks. Together they take no more than these connections of the pool.</summary>
    private static readonly SemaphoreSlim Alone = new(4, 4);

    /// <summary>Queues a move before returning: see <see cref="IMailbox.AdvanceAsync"/>.</summary>
    public Task AdvanceAsync(long accountId, long position, IReadOnlyList<LogNumber> rooms)
    {
        var move = new Move(accountId, position, rooms);
        Queue(move);
        return move.Task;
    }

    /// <inheritdoc/>
    protected override async Task WriteAsync(List<Move> batch, CancellationToken cancellationToken)
    {
        // Of several moves of one account, the furthest includes the others.
        var positions = new Dictionary<long, long>();
        var rooms = new Dictionary<(long Account, long Log), long>();
        foreach (var move in batch)
        {
            positions[move.AccountId] = Math.Max(move.Position, positions.GetValueOrDefault(move.AccountId));
            foreach (var (log, number) in move.Rooms)
                rooms[(move.AccountId, log)] = Math.Max(number, rooms.GetValueOrDefault((move.AccountId, log)));
        }
        object?[] inboxes = [positions.Keys.ToArray(), positions.Values.ToArray()];
        try
        {
            var written = await source.QueryAsync(
                "moving read positions", rooms.Count == 0 ? Sql : SqlWithRooms,
                rooms.Count == 0
                    ? inboxes
                    : [.. inboxes, rooms.Keys.Select(room => room.Account).ToArray(), rooms.Keys.Select(room => room.Log).ToArray(),
                       rooms.Values.ToArray()],
                reader => reader.GetInt64(0), cancellationToken);
            var isWritten = written.ToHashSet();
            foreach (var move in batch)
            {
                if (isWritten.Contains(move.AccountId)) move.SetResult();
                else _ = WriteAloneAsync(move);
            }
        }
        catch (Exception exception)
        {
            foreach (var move in batch)
                move.SetException(exception);
        }
    }

    private async Task WriteAloneAsync(Move move)
    {
        await Alone.WaitAsync();
        try
        {
            await source.ExecuteAsync(
                "moving a read position", AloneSql,
                [move.AccountId, move.Position, move.Rooms.Select(room => room.LogId).ToArray(),
                 move.Rooms.Select(room => room.Number).ToArray()]);
            move.SetResult();
        }
        catch (Exception exception)
        {
            move.SetException(exception);
        }
        finally
        {
            Alone.Release();
        }
    }

    /// <summary>A move, and its end.</summary>
    internal sealed class Move(long accountId, long position, IReadOnlyList<LogNumber> rooms)
        : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long AccountId => accountId;
        public long Position => position;
        public IReadOnlyList<LogNumber> Rooms => rooms;
    }
}
