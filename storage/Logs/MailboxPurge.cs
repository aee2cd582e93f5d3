using System.Data;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Deletes received messages when the retention has passed, and what removed and erased accounts left.
/// </summary>
/// <remarks>
/// A log says when to look at it, so the work is found without a look at what stays. The purge deletes from a log's head without gaps.
/// Any number of processes may call it; one at a time works.
/// </remarks>
public sealed class MailboxPurge(NpgsqlDataSource source)
{
    private static readonly string LockSql = $"SELECT pg_try_advisory_lock({StorageNames.PurgeLock})";
    private static readonly string UnlockSql = $"SELECT pg_advisory_unlock({StorageNames.PurgeLock})";

    /// <summary>How long the row of a removed account's log stays, which detects repetitions.</summary>
    // A statement that its client abandoned has ended by this time: see MailboxStatements.Settings.
    internal static readonly TimeSpan AfterRemoval = MessageId.Lifetime + TimeSpan.FromMinutes(1);

    private const string ForgetNamesSql = "SELECT forget_erased(), forget_rooms(), forget_codes()";

    // Another value also holds when a pending one begins, without a revision of its own.
    private const string ChangedSql =
        """
        SELECT retention_age()::text, revision
        FROM retention WHERE applied IS DISTINCT FROM retention_age() OR applied_revision <> revision
        """;

    // By default the planner takes a third of a log for what a step deletes, and reads the whole table where few logs hold much.
    internal const string PlanSql =
        "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off";

    // The times to look at logs come from the retention. When that is another, every log of which something was received gets an earlier
    // time, if it is due earlier. One that waits for its first receipt gets its time by that, and no receipt knows only the former
    // retention (RetentionStore). $1: the log after which to go on. Returns the last log, or null after the end.
    private const string LookAgainSql =
        """
        WITH part AS MATERIALIZED (SELECT log_id, received, purged, is_room FROM log WHERE log_id > $1 ORDER BY log_id LIMIT 200),
        moved AS (
            UPDATE log g SET look_at = d.at
            FROM (SELECT log_id, CASE WHEN is_room THEN room_due_at(log_id, purged) ELSE due_at(log_id, purged) END AS at
                  FROM part WHERE received > purged OR is_room) d
            WHERE g.log_id = d.log_id AND d.at < g.look_at)
        SELECT max(log_id) FROM part
        """;

    // Looks at some logs whose time has come, and at the first rows of each. A log that has more to delete stays due; one that is empty, or
    // whose first message waits for its receipt, has no time: a receipt sets it. $1: how long the row of a removed account's log stays.
    // The second condition on look_at is that of its index.
    internal const string StepSql =
        """
        WITH due AS MATERIALIZED (
            SELECT log_id, received, purged, removed_at, is_room
            FROM log WHERE look_at <= now() AND look_at < 'infinity'
            ORDER BY look_at LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED),
        head AS MATERIALIZED (
            SELECT d.log_id, d.received, d.purged, d.removed_at, d.is_room, h.*
            FROM due d
            CROSS JOIN LATERAL (
                SELECT count(*) AS rows, count(*) FILTER (WHERE NOT is_old) = 0 AS is_all_old, max(number) AS last,
                       coalesce(min(number) FILTER (WHERE NOT is_old) - 1, max(number)) AS upto,
                       (array_agg(accepted_at ORDER BY number) FILTER (WHERE NOT is_old))[1] AS next_accepted_at
                FROM (SELECT m.number, m.accepted_at,
                             d.removed_at IS NOT NULL
                             OR coalesce(
                                 CASE WHEN d.is_room THEN m.accepted_at + (SELECT room_age()) <= now()
                                 ELSE m.number <= d.received AND m.accepted_at + (SELECT retention_age()) <= now() END, false) AS is_old
                      FROM message m
                      WHERE m.log_id = d.log_id AND m.number > d.purged
                      ORDER BY m.number LIMIT 100) r) h),
        deleted AS (
            DELETE FROM message m USING head h WHERE m.log_id = h.log_id AND m.number > h.purged AND m.number <= h.upto RETURNING 1),
        receipts AS (
            DELETE FROM send_receipt r
            USING head h, LATERAL (
                SELECT s.once_id FROM send_receipt s WHERE s.sender_account_id = h.log_id LIMIT 100) chosen
            WHERE h.removed_at IS NOT NULL AND r.sender_account_id = h.log_id AND r.once_id = chosen.once_id
            RETURNING r.sender_account_id),
        forgotten AS (
            DELETE FROM log g USING head h
            WHERE g.log_id = h.log_id AND h.rows = 0 AND h.removed_at < now() - $1::interval
              AND h.log_id NOT IN (SELECT sender_account_id FROM receipts)
            RETURNING g.log_id),
        lists AS (
            DELETE FROM member c USING forgotten f WHERE c.account_id = f.log_id),
        moved AS (
            UPDATE log g
            SET purged = greatest(g.purged, coalesce(h.upto, 0)),
                look_at = CASE
                    WHEN h.rows > 0 AND h.is_all_old OR h.log_id IN (SELECT sender_account_id FROM receipts) THEN now()
                    WHEN h.removed_at IS NOT NULL THEN h.removed_at + $1::interval
                    WHEN h.is_room THEN room_expires_at(coalesce(h.next_accepted_at, now()))
                    -- A receipt of a message that this statement does not see yet has passed it already.
                    WHEN h.rows = 0 AND h.received > h.purged THEN now() + interval '1 minute'
                    WHEN h.rows = 0 OR h.received <= h.upto THEN 'infinity'
                    ELSE expires_at(h.next_accepted_at)
                END
            FROM head h
            WHERE g.log_id = h.log_id AND h.log_id NOT IN (SELECT log_id FROM forgotten))
        SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM deleted)
        """;

    /// <summary>Deletes everything that can be deleted now.</summary>
    /// <returns>The number of deleted messages; 0 also if another process is purging.</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer; the next call deletes the rest.</exception>
    public async Task<long> RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            if (await QueryAsync(connection, LockSql, reader => reader.GetBoolean(0), [], cancellationToken) is [false]) return 0;
            try
            {
                await RunAsync(connection, ForgetNamesSql, [], cancellationToken);
                // What is due does not wait for what is only looked for.
                var deleted = await PurgeAsync(connection, cancellationToken);
                await LookAgainAsync(connection, cancellationToken);
                return deleted + await PurgeAsync(connection, cancellationToken);
            }
            finally
            {
                // The lock of a broken connection is already released.
                if (connection.State == ConnectionState.Open) await RunAsync(connection, UnlockSql, [], CancellationToken.None);
            }
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable("purging mailboxes", exception);
        }
    }

    private static async Task LookAgainAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var changed = await QueryAsync(
            connection, ChangedSql, reader => (Age: reader.IsDBNull(0) ? null : reader.GetString(0), Revision: reader.GetInt64(1)), [],
            cancellationToken);
        if (changed is not [var seen]) return;
        for (long? after = 0; after is not null;)
        {
            var last = await QueryAsync(
                connection, LookAgainSql, reader => reader.IsDBNull(0) ? null : (long?)reader.GetInt64(0), [after], cancellationToken);
            after = last.Single();
        }
        // What was read before: if it has changed again since, receipts may have gone by it.
        await RunAsync(
            connection, "UPDATE retention SET applied = $1::interval, applied_revision = $2", [seen.Age, seen.Revision], cancellationToken);
    }

    private static async Task<long> PurgeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        for (var total = 0L; ;)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, PlanSql, [], cancellationToken);
            var (logs, deleted) = (await QueryAsync(
                connection, StepSql, reader => (reader.GetInt64(0), reader.GetInt64(1)), [AfterRemoval], cancellationToken)).Single();
            await transaction.CommitAsync(cancellationToken);
            if (logs == 0) return total;
            total += deleted;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, object?[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<T>> QueryAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, object?[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(parameters);
        return await command.ReadAllAsync(read, cancellationToken);
    }
}
