using System.Text;
using Npgsql;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Processes;

/// <summary>What must be so in the database once everything is quiet.</summary>
internal static class Reconciliation
{
    private const int Shown = 20;

    /// <summary>Each query names, by an invariant, the rows that must not be.</summary>
    private static readonly (string Invariant, string What, string Sql)[] Checks =
    [
        ("NumbersWithoutGap", "the numbers of a mailbox have a gap, or do not begin where the purge has ended",
            """
            SELECT 'account ' || m.account_id || ': ' || count(*) || ' messages, numbers ' || min(m.number) || ' to ' || max(m.number) || ', purged up to ' || p.purged
            FROM mailbox m JOIN mailbox_position p USING (account_id)
            GROUP BY m.account_id, p.purged
            HAVING count(*) <> max(m.number) - min(m.number) + 1 OR min(m.number) <> p.purged + 1
            """),
        ("MessageIdsUnique", "a message id is stored twice",
            "SELECT message_id || ': ' || count(*) FROM mailbox GROUP BY message_id HAVING count(*) > 1"),
        ("TextsUnique", "a text that was sent once is stored twice",
            """
            SELECT convert_from(body, 'UTF8') || ': ' || count(*) || ' times, accounts ' || min(account_id) || ' to ' || max(account_id)
            FROM mailbox GROUP BY body HAVING count(*) > 1
            """),
        ("ReceiptsMatch", "two receipts name one message",
            "SELECT message_id || ': ' || count(*) FROM send_receipt GROUP BY message_id HAVING count(*) > 1"),
        ("ReadPositions", "a read position is beyond the last message, or everything was not read",
            """
            SELECT 'account ' || p.account_id || ': received up to ' || p.received || ', last is ' || coalesce(m.last, p.purged)
            FROM mailbox_position p
            LEFT JOIN (SELECT account_id, max(number) AS last FROM mailbox GROUP BY account_id) m USING (account_id)
            WHERE p.received > coalesce(m.last, p.purged) OR p.purged > p.received
            """),
    ];

    /// <summary>The names of the checks.</summary>
    public static IEnumerable<string> Invariants => Checks.Select(check => check.Invariant);

    /// <summary>Asks the database.</summary>
    public static async Task<IReadOnlyList<Violation>> RunAsync(string connectionString, CancellationToken cancellationToken)
    {
        var violations = new List<Violation>();
        await using var source = NpgsqlDataSource.Create(connectionString);
        foreach (var (invariant, what, sql) in Checks)
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 0;
            var rows = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) rows.Add(OneLine(reader.GetString(0)));
            if (rows.Count > 0) violations.Add(new Violation(invariant, $"{what} ({rows.Count})", [.. rows.Take(Shown)]));
        }
        return violations;
    }

    private static string OneLine(string text) => new StringBuilder(text).Replace("\r", "\\r").Replace("\n", "\\n").ToString();
}
