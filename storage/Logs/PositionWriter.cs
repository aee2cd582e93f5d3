using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>Moves read positions.</summary>
internal sealed class PositionWriter(NpgsqlDataSource source) : GroupedWriter<PositionWriter.Move>
{
    // Skips rows that someone else has locked, such as a removal of the account: no move waits for another account.
    private const string Sql =
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
        SELECT log_id FROM locked
        """;

    private const string AloneSql =
        """
        UPDATE log
        SET received = least($2, last_number(log_id)),
            look_at = CASE look_at WHEN 'infinity' THEN coalesce(due_at(log_id, purged), look_at) ELSE look_at END
        WHERE log_id = $1 AND received < least($2, last_number(log_id))
        """;

    /// <summary>Moves of locked rows wait for the locks. Together they take no more than these connections of the pool.</summary>
    private static readonly SemaphoreSlim Alone = new(4, 4);

    /// <summary>Queues a move before returning: see <see cref="IMailbox.AdvanceAsync"/>.</summary>
    public Task AdvanceAsync(long accountId, long position)
    {
        var move = new Move(accountId, position);
        Queue(move);
        return move.Task;
    }

    /// <inheritdoc/>
    protected override async Task WriteAsync(List<Move> batch, CancellationToken cancellationToken)
    {
        // Of several moves of one account, the furthest includes the others.
        var positions = new Dictionary<long, long>();
        foreach (var move in batch)
            positions[move.AccountId] = Math.Max(move.Position, positions.GetValueOrDefault(move.AccountId));
        try
        {
            var written = await source.QueryAsync(
                "moving read positions", Sql, [positions.Keys.ToArray(), positions.Values.ToArray()],
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
            await source.ExecuteAsync("moving a read position", AloneSql, [move.AccountId, move.Position]);
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
    internal sealed class Move(long accountId, long position) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long AccountId => accountId;
        public long Position => position;
    }
}
