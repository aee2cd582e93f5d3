using System.Text;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>The mailboxes in PostgreSQL, with group-commit writers that append to them.</summary>
public sealed class Mailbox : IMailbox, IAsyncDisposable
{
    private const string EndsSql =
        "SELECT coalesce(last_number($1), 0), coalesce((SELECT received FROM mailbox_position WHERE account_id = $1), 0)";

    // Without the OFFSET, a planner that estimates few rows for the sender scans another index.
    private const string CountSql =
        """
        SELECT count(*)
        FROM (SELECT sender FROM mailbox
              WHERE account_id = $1 AND number > (SELECT received FROM mailbox_position WHERE account_id = $1)
              OFFSET 0) AS unread
        WHERE sender = $2
        """;

    // No row means that the session is not alive; a row of nulls means that there is nothing to read.
    private const string ReadSql =
        """
        SELECT m.number, m.sender, m.sender_name, m.body
        FROM live_session l
        LEFT JOIN LATERAL read_mailbox($1, $3, $4) m ON true
        WHERE l.session_key = $2 AND l.account_id = $1
        """;

    // The answer waits until the receipt, visible earlier, is as durable as it says: see MailboxStatements.Judge.
    private const string ReceiptSql =
        """
        SELECT message_id, durability, pg_logical_emit_message(true, 'orleanschat', '')
        FROM send_receipt
        WHERE sender_account_id = $1 AND once_id = $2
        """;

    private readonly Database _database;
    private readonly WriterThread[] _threads;
    private readonly MailboxWriter[] _writers;
    private readonly PositionWriter _positions;

    /// <summary>Starts the writers, which connect on the first append.</summary>
    public Mailbox(Database database, StorageOptions options, TimeProvider time, ILogger<Mailbox> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MailboxWriters, 1);
        _database = database;
        _threads = [.. Enumerable.Range(0, options.MailboxWriters).Select(_ => new WriterThread("mailbox writer"))];
        _writers = [.. _threads.Select(thread =>
            new MailboxWriter(async token => await MailboxConnection.OpenAsync(database, token), time, logger, thread))];
        _positions = new PositionWriter(database.DataSource);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The group is empty, or contains something that cannot be stored.</exception>
    public Task<AppendResult> AppendAsync(MailboxGroup group)
    {
        // Fail here what PostgreSQL or the encoding would refuse, and not in a batch with others.
        ArgumentOutOfRangeException.ThrowIfLessThan(group.FirstNumber, 1);
        ArgumentOutOfRangeException.ThrowIfZero(group.Messages.Count);
        if (!IsPlain(group.SessionKey) || group.Messages.Any(message => !IsPlain(message.OnceId)))
            throw new ArgumentException("Keys and IDs must be printable ASCII.", nameof(group));

        // One writer per recipient keeps the order.
        return _writers[(int)((ulong)group.AccountId % (ulong)_writers.Length)].AppendAsync(group);

        static bool IsPlain(string? text) => text == null || (Ascii.IsValid(text) && !text.Contains('\0', StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public async Task<MailboxEnds> GetEndsAsync(long accountId)
    {
        var rows = await _database.DataSource.QueryAsync(
            "reading a mailbox's ends", EndsSql, [accountId], reader => new MailboxEnds(reader.GetInt64(0), reader.GetInt64(1)));
        return rows.Single();
    }

    /// <inheritdoc/>
    public async Task<long> CountUnreadAsync(long accountId, string sender)
    {
        var rows = await _database.DataSource.QueryAsync(
            "counting a sender's messages", CountSql, [accountId, sender], reader => reader.GetInt64(0));
        return rows.Single();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MailboxMessage>?> ReadAsync(long accountId, string sessionKey, long after, int maxBytes)
    {
        var rows = await _database.DataSource.QueryAsync(
            "reading a mailbox", ReadSql, [accountId, sessionKey, after, (long)maxBytes],
            reader => reader.IsDBNull(0)
                ? null
                : new MailboxMessage(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
        return rows.Count == 0 ? null : [.. rows.OfType<MailboxMessage>()];
    }

    /// <inheritdoc/>
    public Task AdvanceAsync(long accountId, long position) => _positions.AdvanceAsync(accountId, position);

    /// <inheritdoc/>
    public async Task<SendReceipt?> FindReceiptAsync(long senderAccountId, string onceId)
    {
        var rows = await _database.DataSource.QueryAsync(
            "looking up a receipt", ReceiptSql, [senderAccountId, onceId],
            reader => new SendReceipt(reader.GetGuid(0), reader.GetString(1)));
        return rows.SingleOrDefault();
    }

    /// <summary>Writes what is queued, and closes the writers' connections.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var writer in _writers)
                await writer.DisposeAsync();
        }
        finally
        {
            foreach (var thread in _threads)
                thread.Dispose();
            await _positions.DisposeAsync();
        }
    }
}
