using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Retention;

/// <summary>How long messages and receipts stay: one row of the database, for all silos.</summary>
/// <remarks>
/// Every method throws <see cref="StorageUnavailableException"/> when the database does not answer; repeating it is safe. A time is null
/// for "for ever".
/// </remarks>
public sealed class RetentionStore(NpgsqlDataSource source)
{
    /// <summary>The longest time that can be set; beyond it there is only "for ever".</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    private const string ReadSql =
        """
        SELECT CASE WHEN now() < begins_at THEN keep_now ELSE keep END, now() < begins_at, keep, nullif(begins_at, '-infinity'),
               keep_receipts
        FROM retention
        """;

    // Numbers have no gap and the purge goes by the head of a log, so the first message that stays tells how many go. Only those that
    // go are read. A room's go after a day at the earliest, received or not. $1: hours, $2: whether it begins now.
    private const string CountSql =
        """
        SELECT coalesce(sum(least(u.upto, coalesce(young.number - 1, u.upto)) - g.purged), 0)::bigint
        FROM log g
        CROSS JOIN LATERAL (SELECT CASE WHEN g.is_room THEN last_number(g.log_id) ELSE g.received END AS upto) u
        LEFT JOIN LATERAL (
            SELECT m.number FROM message m
            WHERE m.log_id = g.log_id AND m.number > g.purged
              AND m.accepted_at >= now() + CASE WHEN $2 THEN interval '0' ELSE interval '24 hours' END
                  - greatest(make_interval(hours => $1), CASE WHEN g.is_room THEN interval '24 hours' ELSE interval '12 minutes' END)
            ORDER BY m.number LIMIT 1) young ON true
        WHERE u.upto > g.purged AND g.removed_at IS NULL
        """;

    // Statements that move log.look_at read the retention when they begin. Once this lock is there, those that began before have ended, and
    // those that wait for it will read the new retention: the purge, which then looks at all logs again, misses none.
    private const string LockSql = "SET LOCAL lock_timeout = '3s'; LOCK TABLE log IN SHARE ROW EXCLUSIVE MODE";

    // $1: hours, $2: whether it begins now. Set again while it is pending, a shorter time begins when it was said.
    private const string SetSql =
        """
        UPDATE retention r
        SET keep = n.keep, keep_now = n.present, revision = r.revision + 1,
            begins_at = CASE
                WHEN NOT n.is_shorter THEN '-infinity'
                WHEN $2 THEN now()
                WHEN now() < r.begins_at AND r.keep = n.keep THEN r.begins_at
                ELSE now() + interval '24 hours'
            END
        FROM (SELECT p.*, coalesce(p.keep < p.present, p.keep IS NOT NULL AND p.present IS NULL) AS is_shorter
              FROM (SELECT make_interval(hours => $1) AS keep, CASE WHEN now() < begins_at THEN keep_now ELSE keep END AS present
                    FROM retention) p) n
        """;

    /// <summary>Returns what holds now and what is pending.</summary>
    public async Task<RetentionTimes> ReadAsync(CancellationToken cancellationToken = default)
    {
        var rows = await source.QueryAsync(
            "reading the retention", ReadSql, [],
            reader => new RetentionTimes(
                TimeOrNull(reader, 0),
                reader.GetBoolean(1) ? new(reader.GetFieldValue<TimeSpan>(2), reader.GetFieldValue<DateTimeOffset>(3)) : null,
                TimeOrNull(reader, 4)),
            cancellationToken);
        return rows.Single();

        static TimeSpan? TimeOrNull(NpgsqlDataReader reader, int column) =>
            reader.IsDBNull(column) ? null : reader.GetFieldValue<TimeSpan>(column);
    }

    /// <summary>
    /// Counts the messages that a shorter time would delete when it begins, of those that were received by now. It takes as long as it
    /// takes to read them.
    /// </summary>
    /// <param name="keep">The time, in whole hours.</param>
    /// <param name="isNow">Whether it begins now, and not in 24 hours.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    public Task<long> CountAsync(TimeSpan keep, bool isNow, CancellationToken cancellationToken = default) =>
        RunAsync("counting messages", async connection =>
        {
            await using var command = Command(connection, CountSql, (int)keep.TotalHours, isNow);
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }, cancellationToken);

    /// <summary>
    /// Sets how long messages stay. A longer time holds at once, a shorter one after 24 hours. The purge finds out, and looks at all
    /// logs again.
    /// </summary>
    /// <param name="keep">The time, in whole hours; at most <see cref="Longest"/>, or null for ever.</param>
    /// <param name="isNow">Whether a shorter time holds at once too.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task SetAsync(TimeSpan? keep, bool isNow, CancellationToken cancellationToken = default) =>
        RunAsync("setting the retention", async connection =>
        {
            await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
            {
                await using var hold = Command(connection, LockSql);
                await hold.ExecuteNonQueryAsync(cancellationToken);
                await using var set = Command(connection, SetSql, HoursOf(keep), isNow);
                await set.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            return true;
        }, cancellationToken);

    /// <summary>Sets how long the receipts of repeatable sends stay; the housekeeping looks for older ones within a minute.</summary>
    /// <param name="keep">The time, in whole hours; at least one hour, at most <see cref="Longest"/>, or null for ever.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task SetReceiptsAsync(TimeSpan? keep, CancellationToken cancellationToken = default) => source.ExecuteAsync(
        "setting how long receipts stay",
        "UPDATE retention SET keep_receipts = make_interval(hours => $1), look_at_receipts = now()", [HoursOf(keep)], cancellationToken);

    private static int? HoursOf(TimeSpan? keep) => (int?)keep?.TotalHours;

    private async Task<T> RunAsync<T>(string operation, Func<NpgsqlConnection, Task<T>> run, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await run(connection);
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable(operation, exception);
        }
    }

    // No timeout: it may have much to read, or to wait for.
    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object?[] parameters) =>
        new NpgsqlCommand(sql, connection) { CommandTimeout = 0 }.With(parameters);
}

/// <summary>How long messages and receipts stay; null times are "for ever".</summary>
/// <param name="Keep">How long received messages stay now.</param>
/// <param name="Pending">A shorter time that begins later; null if there is none.</param>
/// <param name="Receipts">How long receipts of repeatable sends stay.</param>
public sealed record RetentionTimes(TimeSpan? Keep, PendingRetention? Pending, TimeSpan? Receipts);

/// <summary>A shorter retention, and when it begins.</summary>
public sealed record PendingRetention(TimeSpan Keep, DateTimeOffset BeginsAt);
