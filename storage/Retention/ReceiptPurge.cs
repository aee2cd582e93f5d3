using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Retention;

/// <summary>
/// Deletes receipts of repeatable sends that are older than the operator keeps them; by default they are kept for ever. Those without a
/// time, from before schema 10, stay.
/// </summary>
/// <remarks>
/// Receipts have no index on time, which each send would pay for: twice per day the table is read from its beginning to its end, in steps.
/// Any number of processes may call it; one of them does it.
/// </remarks>
public sealed class ReceiptPurge(NpgsqlDataSource source)
{
    // 8 MiB, or some 80,000 receipts.
    private const int PagesPerStep = 1_000;

    private const string ClaimSql =
        """
        UPDATE retention SET look_at_receipts = now() + interval '12 hours'
        WHERE keep_receipts IS NOT NULL AND look_at_receipts <= now()
        RETURNING pg_relation_size('send_receipt') / current_setting('block_size')::bigint
        """;

    private const string DeleteSql =
        """
        DELETE FROM send_receipt
        WHERE ctid >= format('(%s,0)', $1)::tid AND ctid < format('(%s,0)', $2)::tid
          AND accepted_at < now() - (SELECT greatest(keep_receipts, interval '12 minutes') FROM retention WHERE keep_receipts IS NOT NULL)
        """;

    /// <summary>Looks through the receipts, if it is time to.</summary>
    /// <returns>The number of deleted receipts.</returns>
    /// <exception cref="StorageUnavailableException">The database did not answer; what is left goes half a day later.</exception>
    public async Task<long> RunOnceAsync(CancellationToken cancellationToken)
    {
        var claims = await source.QueryAsync(
            "looking for old receipts", ClaimSql, [], reader => reader.GetInt64(0), cancellationToken);
        var deleted = 0L;
        for (var page = 0L; page < claims.SingleOrDefault(); page += PagesPerStep)
            deleted += await source.ExecuteAsync("deleting old receipts", DeleteSql, [page, page + PagesPerStep], cancellationToken);
        return deleted;
    }
}
