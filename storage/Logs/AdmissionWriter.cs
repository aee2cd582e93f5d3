using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Says who may write to whom, and makes the rows of their conversations. Many ask at once when a silo has just started, and knows nobody.
/// </summary>
internal sealed class AdmissionWriter(NpgsqlDataSource source) : GroupedReader<(long AccountId, string SessionKey), Admission?>
{
    // The rows of both sides, in the order of their keys, so that no two of these statements wait for each other.
    private const string Sql =
        """
        WITH asked AS MATERIALIZED (
            SELECT i.log_id, i.position, l.account_id
            FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS i (log_id, session_key, position)
            LEFT JOIN live_session l ON l.session_key = i.session_key),
        made AS (
            INSERT INTO member (account_id, log_id)
            SELECT DISTINCT v.account_id, v.log_id
            FROM asked a
            JOIN log g ON g.log_id = a.log_id AND g.removed_at IS NULL
            CROSS JOIN LATERAL (VALUES (a.account_id, a.log_id), (a.log_id, a.account_id)) AS v (account_id, log_id)
            WHERE a.account_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM member m WHERE m.account_id = v.account_id AND m.log_id = v.log_id)
            ORDER BY 1, 2
            ON CONFLICT DO NOTHING)
        SELECT a.account_id, coalesce(b.is_blocked, false)
        FROM asked a LEFT JOIN member b ON b.account_id = a.log_id AND b.log_id = a.account_id
        ORDER BY a.position
        """;

    /// <summary>Queues a question before returning: see <see cref="IMailbox.AdmitAsync"/>.</summary>
    public Task<Admission?> AdmitAsync(long accountId, string sessionKey) => AskAsync((accountId, sessionKey));

    /// <inheritdoc/>
    protected override Task<List<Admission?>> AnswerAsync(
        List<(long AccountId, string SessionKey)> questions, CancellationToken cancellationToken) => source.QueryAsync(
            "admitting senders", Sql, [questions.Select(q => q.AccountId).ToArray(), questions.Select(q => q.SessionKey).ToArray()],
            reader => reader.IsDBNull(0) ? (Admission?)null : new Admission(reader.GetInt64(0), reader.GetBoolean(1)),
            cancellationToken);
}
