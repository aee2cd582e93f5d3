using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Looks up receipts, of many senders together: each repeatable send asks for one, nearly always in vain, and a statement for each would
/// cost as much as storing the message.
/// </summary>
internal sealed class ReceiptReader(NpgsqlDataSource source) : GroupedReader<(long SenderAccountId, string OnceId), ReceiptLookUp>
{
    // The answer waits until the receipts, visible earlier, are as durable as they say: see MailboxStatements.Judge. OFFSET 0 has each
    // looked up by its key, also where the plan was made for an empty table: otherwise all receipts would be gone through.
    private const string Sql =
        """
        SELECT a.receipt_key, r.message_id, r.durability, r.fingerprint, r.log_id, r.number, r.accepted_at,
               CASE WHEN r.message_id IS NOT NULL THEN pg_logical_emit_message(true, 'orleanschat', '') END
        FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS i (account_id, once_id, position)
        LEFT JOIN LATERAL (
            SELECT account_id, receipt_key FROM account WHERE account_id = i.account_id OFFSET 0) a ON true
        LEFT JOIN LATERAL (
            SELECT * FROM send_receipt WHERE sender_account_id = a.account_id AND once_id = i.once_id OFFSET 0) r ON true
        ORDER BY i.position
        """;

    /// <summary>Queues a question before returning: see <see cref="IMailbox.FindReceiptAsync"/>.</summary>
    public Task<ReceiptLookUp> FindAsync(long senderAccountId, string onceId) => AskAsync((senderAccountId, onceId));

    /// <inheritdoc/>
    protected override Task<List<ReceiptLookUp>> AnswerAsync(
        List<(long SenderAccountId, string OnceId)> questions, CancellationToken cancellationToken) => source.QueryAsync(
            "looking up receipts", Sql,
            [questions.Select(q => q.SenderAccountId).ToArray(), questions.Select(q => q.OnceId).ToArray()], Read, cancellationToken);

    private static ReceiptLookUp Read(NpgsqlDataReader reader)
    {
        return new ReceiptLookUp(
            BytesOrNull(0),
            reader.IsDBNull(1)
                ? null
                : new SendReceipt(reader.GetGuid(1), reader.GetString(2), BytesOrNull(3), MailboxConnection.PlaceOrNull(reader, 4)));

        byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
    }
}
