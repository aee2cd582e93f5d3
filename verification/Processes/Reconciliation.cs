using System.Text;
using Npgsql;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Processes;

/// <summary>Checks the database once everything is quiet.</summary>
internal static class Reconciliation
{
    private const int Shown = 20;
    private const string Receipts = "ReceiptsMatch";

    /// <summary>The queries with their invariants; each returns the rows that violate it.</summary>
    private static readonly (string Invariant, string What, string Sql)[] Checks =
    [
        ("NumbersWithoutGap", "the numbers of a mailbox have a gap, or do not begin where the purge has ended",
            "SELECT 'log ' || m.log_id || ': ' || count(*) || ' messages, numbers ' || min(m.number) || ' to ' || max(m.number)"
            + """
             || ', purged up to ' || p.purged
            FROM message m JOIN log p USING (log_id)
            GROUP BY m.log_id, p.purged
            HAVING count(*) <> max(m.number) - min(m.number) + 1 OR min(m.number) <> p.purged + 1
            """),
        ("MessageIdsUnique", "a message id is stored twice",
            "SELECT message_id || ': ' || count(*) FROM message GROUP BY message_id HAVING count(*) > 1"),
        // Deleted messages have no text.
        ("TextsUnique", "a text that was sent once is stored twice",
            """
            SELECT convert_from(body, 'UTF8') || ': ' || count(*) || ' times, logs ' || min(log_id) || ' to ' || max(log_id)
            FROM message WHERE kind = 0 AND target IS NULL GROUP BY body HAVING count(*) > 1
            """),
        (Receipts, "two receipts name one message",
            "SELECT message_id || ': ' || count(*) FROM send_receipt GROUP BY message_id HAVING count(*) > 1"),
        (Receipts, "a client was told of a message id that is not its receipt's",
            "SELECT 'ID ' || t.once_id || ': told ' || t.message_id"
            + """
             || ', the receipt has ' || coalesce(r.message_id::text, 'never been stored')
            FROM unnest($1::text[], $2::uuid[]) AS t (once_id, message_id) LEFT JOIN send_receipt r USING (once_id)
            WHERE r.message_id IS DISTINCT FROM t.message_id
            """),
        (Receipts, "a receipt's message is another one, or is gone though nothing was purged",
            "SELECT 'ID ' || r.once_id || ', message ' || r.message_id"
            + """
             || ': ' || coalesce(btrim(convert_from(m.body, 'UTF8'), E' \r\n'), 'not there')
            FROM send_receipt r LEFT JOIN message m USING (message_id)
            WHERE (m.target IS NULL AND btrim(convert_from(m.body, 'UTF8'), E' \r\n') <> replace(r.once_id, '-', ' '))
                OR (m.message_id IS NULL AND NOT EXISTS (SELECT FROM log WHERE purged > 0))
            """),
        // The purge comes by each minute. Nothing goes within 12 minutes of its acceptance.
        (Ledgers.Invariants.ExpiredIsGone, "messages were received and have expired, and are still there",
            """
            SELECT 'log ' || m.log_id || ': ' || count(*) || ' messages, the oldest of ' || min(m.accepted_at)
            FROM message m JOIN log l USING (log_id)
            WHERE m.number <= l.received
                AND m.accepted_at < now() - (SELECT greatest(keep, '12 minutes') FROM retention) - interval '5 minutes'
            GROUP BY m.log_id
            """),
        ("ReadPositions", "a read position is beyond the last message, or everything was not read",
            """
            SELECT 'log ' || p.log_id || ': received up to ' || p.received || ', last is ' || coalesce(m.last, p.purged)
            FROM log p
            LEFT JOIN (SELECT log_id, max(number) AS last FROM message GROUP BY log_id) m USING (log_id)
            WHERE p.received > coalesce(m.last, p.purged) OR (p.purged > p.received AND p.removed_at IS NULL)
            """),
    ];

    /// <summary>The names of the checks.</summary>
    public static IEnumerable<string> Invariants => Checks.Select(check => check.Invariant).Distinct();

    /// <summary>Runs the checks.</summary>
    /// <param name="connectionString">The connection string for the service's database.</param>
    /// <param name="told">The ID and message ID of each repeatable send, as clients were told.</param>
    /// <param name="cancellationToken">Cancels the checks.</param>
    public static async Task<IReadOnlyList<Violation>> RunAsync(
        string connectionString, IReadOnlyList<(string OnceId, Guid MessageId)> told, CancellationToken cancellationToken)
    {
        var violations = new List<Violation>();
        await using var source = NpgsqlDataSource.Create(connectionString);
        foreach (var (invariant, what, sql) in Checks)
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 0;
            if (sql.Contains("$1", StringComparison.Ordinal))
            {
                command.Parameters.Add(new() { Value = told.Select(receipt => receipt.OnceId).ToArray() });
                command.Parameters.Add(new() { Value = told.Select(receipt => receipt.MessageId).ToArray() });
            }
            var rows = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) rows.Add(OneLine(reader.GetString(0)));
            if (rows.Count > 0) violations.Add(new Violation(invariant, $"{what} ({rows.Count})", [.. rows.Take(Shown)]));
        }
        return violations;
    }

    private static string OneLine(string text) => new StringBuilder(text).Replace("\r", "\\r").Replace("\n", "\\n").ToString();
}
