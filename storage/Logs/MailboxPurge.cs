using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Deletes received messages, once their ids are so old that a retry of the delivery is refused, and what removed accounts left.
/// </summary>
/// <remarks>
/// Goes by the read positions, a page of accounts at a time, and deletes from each mailbox's head without gaps; so it finds its
/// work without reading the messages that stay. Any number of processes may call it; one at a time works.
/// </remarks>
public sealed class MailboxPurge(NpgsqlDataSource source)
{
    // An abandoned statement that carries the ids has ended by this age: see MailboxStatements.Settings.
    private static readonly TimeSpan Age = MessageId.Lifetime + TimeSpan.FromMinutes(1);

    // $1: the account to start after; $2: the age. Returns the page's last account (null: no more) and the number of deletions.
    private const string PageSql =
        """
        WITH due AS MATERIALIZED (
            SELECT account_id, received, purged, removed_at
            FROM mailbox_position
            WHERE account_id > $1 AND (received > purged OR removed_at IS NOT NULL)
            ORDER BY account_id LIMIT 200),
        reach AS MATERIALIZED (
            SELECT d.account_id, CASE WHEN d.removed_at IS NULL THEN h.upto ELSE h.last END AS upto
            FROM due d
            CROSS JOIN LATERAL (
                SELECT coalesce(min(number) FILTER (WHERE NOT is_old) - 1, max(number)) AS upto, max(number) AS last
                FROM (SELECT m.number, m.message_id < (SELECT message_id_floor(now() - $2::interval)) AS is_old
                      FROM mailbox m
                      WHERE m.account_id = d.account_id AND m.number > d.purged
                        AND (m.number <= d.received OR d.removed_at IS NOT NULL)
                      ORDER BY m.number LIMIT 100) head) h),
        deleted AS (
            DELETE FROM mailbox m USING reach r
            WHERE m.account_id = r.account_id AND m.number <= r.upto
            RETURNING 1),
        moved AS (
            UPDATE mailbox_position p SET purged = r.upto
            FROM reach r
            WHERE p.account_id = r.account_id AND p.purged < r.upto),
        forgotten AS (
            DELETE FROM mailbox_position p USING reach r
            WHERE p.account_id = r.account_id AND r.upto IS NULL AND p.removed_at < now() - $2::interval)
        SELECT max(account_id), (SELECT count(*) FROM deleted) FROM due
        """;

    /// <summary>Deletes everything that can be deleted now.</summary>
    /// <returns>The number of deleted messages; 0 also if another process is purging.</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer; the next call deletes the rest.</exception>
    public async Task<long> RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            if (!await TryLockAsync(connection, cancellationToken)) return 0;
            try
            {
                return await PurgeAsync(connection, cancellationToken);
            }
            finally
            {
                await UnlockAsync(connection);
            }
        }
        catch (Exception exception) when (exception.IsStorageFailure())
        {
            throw Statements.Unavailable("purging mailboxes", exception);
        }
    }

    private static async Task<long> PurgeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        long total = 0, after = 0;
        while (true)
        {
            await using var page = new NpgsqlCommand(PageSql, connection).With(after, Age);
            var (last, deleted) = (await page.ReadAllAsync(
                reader => (reader.IsDBNull(0) ? (long?)null : reader.GetInt64(0), reader.GetInt64(1)), cancellationToken)).Single();
            if (last == null) return total;
            total += deleted;
            // Repeat the page as long as it yields something.
            if (deleted == 0)
                after = last.Value;
        }
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({StorageNames.PurgeLock})", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        // The lock of a broken connection is already released.
        if (connection.State != System.Data.ConnectionState.Open) return;
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({StorageNames.PurgeLock})", connection);
        await command.ExecuteNonQueryAsync();
    }
}
