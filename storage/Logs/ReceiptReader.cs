using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// Looks up receipts, of many senders together: each repeatable send asks for one, nearly always in vain, and a statement for each would
/// cost as much as storing the message.
/// </summary>
internal sealed class ReceiptReader(NpgsqlDataSource source) : GroupedWriter<ReceiptReader.Question>
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
    public Task<ReceiptLookUp> FindAsync(long senderAccountId, string onceId)
    {
        var question = new Question(senderAccountId, onceId);
        Queue(question);
        return question.Task;
    }

    /// <inheritdoc/>
    protected override async Task WriteAsync(List<Question> batch, CancellationToken cancellationToken)
    {
        try
        {
            var answers = await source.QueryAsync(
                "looking up receipts", Sql, [batch.Select(q => q.SenderAccountId).ToArray(), batch.Select(q => q.OnceId).ToArray()],
                Read, cancellationToken);
            foreach (var (question, answer) in batch.Zip(answers)) question.SetResult(answer);
        }
        catch (Exception exception)
        {
            foreach (var question in batch) question.TrySetException(exception);
        }
    }

    private static ReceiptLookUp Read(NpgsqlDataReader reader)
    {
        return new ReceiptLookUp(
            BytesOrNull(0),
            reader.IsDBNull(1)
                ? null
                : new SendReceipt(reader.GetGuid(1), reader.GetString(2), BytesOrNull(3), MailboxConnection.PlaceOrNull(reader, 4)));

        byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
    }

    /// <summary>Which message an ID of a sender's is bound to, and the answer.</summary>
    internal sealed class Question(long senderAccountId, string onceId)
        : TaskCompletionSource<ReceiptLookUp>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long SenderAccountId => senderAccountId;
        public string OnceId => onceId;
    }
}
