using System.Text;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>The mailboxes in PostgreSQL, with group-commit writers that append to them.</summary>
public sealed class Mailbox : IMailbox, IAsyncDisposable
{
    private const string EndsSql =
        "SELECT coalesce(last_number($1), 0), coalesce((SELECT greatest(received, purged) FROM log WHERE log_id = $1), 0)";

    private const string CountSql =
        """
        SELECT count(*) FROM message
        WHERE sender_id = $2 AND log_id = $1 AND kind = 0 AND number > (SELECT greatest(received, purged) FROM log WHERE log_id = $1)
        """;

    private const string CountAllSql =
        """
        SELECT count(*) FROM message
        WHERE log_id = $1 AND kind = 0 AND target IS NULL AND number > (SELECT greatest(received, purged) FROM log WHERE log_id = $1)
        """;

    private const string DeletionSql =
        """
        SELECT coalesce(m.target, 0)
        FROM live_session l JOIN message m ON m.sender_id = l.account_id
        WHERE l.session_key = $2 AND m.log_id = $1 AND m.number = $3 AND m.kind = 0
        """;

    // No row means that the session is not alive; a row of nulls means that there is nothing to read. A row without a sender tells how far
    // there is nothing more to hand over.
    private const string ReadSql =
        """
        SELECT m.at_number, m.sender, m.sender_name, m.body, m.in_log, m.room
        FROM live_session l
        LEFT JOIN LATERAL read_inboxes($1, $3, $5, $6, $4) m ON true
        WHERE l.session_key = $2 AND l.account_id = $1
        """;

    // Each reads at most some 5,000 rows.
    private const int MostRounds = 20;

    private readonly Database _database;
    private readonly WriterThread[] _threads;
    private readonly MailboxWriter[] _writers;
    private readonly PositionWriter _positions;
    private readonly AdmissionWriter _admissions;
    private readonly ReceiptReader _receipts;

    /// <summary>Starts the writers, which connect on the first append.</summary>
    public Mailbox(Database database, StorageOptions options, TimeProvider time, ILogger<Mailbox> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MailboxWriters, 1);
        _database = database;
        _threads = [.. Enumerable.Range(0, options.MailboxWriters).Select(_ => new WriterThread("mailbox writer"))];
        _writers = [.. _threads.Select(thread =>
            new MailboxWriter(async token => await MailboxConnection.OpenAsync(database, token), time, logger, thread))];
        _positions = new PositionWriter(database.DataSource);
        _admissions = new AdmissionWriter(database.DataSource);
        _receipts = new ReceiptReader(database.DataSource);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The group is empty, or contains something that cannot be stored.</exception>
    public Task<Appended> StoreAsync(MailboxGroup group)
    {
        // Fail here what PostgreSQL or the encoding would refuse, and not in a batch with others.
        ArgumentOutOfRangeException.ThrowIfLessThan(group.FirstNumber, 1);
        ArgumentOutOfRangeException.ThrowIfZero(group.Messages.Count);
        if (!IsPlain(group.SessionKey) || group.Messages.Any(message => !IsPlain(message.OnceId)))
            throw new ArgumentException("Keys and IDs must be printable ASCII.", nameof(group));

        // One writer per recipient keeps the order.
        return _writers[(int)((ulong)group.AccountId % (ulong)_writers.Length)].StoreAsync(group);
    }

    /// <inheritdoc/>
    public async Task<MailboxEnds> GetEndsAsync(long accountId)
    {
        var rows = await _database.DataSource.QueryAsync(
            "reading a mailbox's ends", EndsSql, [accountId], reader => new MailboxEnds(reader.GetInt64(0), reader.GetInt64(1)));
        return rows.Single();
    }

    /// <inheritdoc/>
    public async Task<long> CountUnreadAsync(long accountId, long? sender)
    {
        var rows = sender is { } senderId
            ? await _database.DataSource.QueryAsync(
                "counting a sender's messages", CountSql, [accountId, senderId], reader => reader.GetInt64(0))
            : await _database.DataSource.QueryAsync("counting messages", CountAllSql, [accountId], reader => reader.GetInt64(0));
        return rows.Single();
    }

    /// <inheritdoc/>
    public Task<Admission?> AdmitAsync(long accountId, string sessionKey) => _admissions.AdmitAsync(accountId, sessionKey);

    /// <inheritdoc/>
    public async Task<long?> FindDeletionAsync(long accountId, string sessionKey, long number)
    {
        var rows = await _database.DataSource.QueryAsync(
            "looking for a message to delete", DeletionSql, [accountId, sessionKey, number], reader => reader.GetInt64(0));
        return rows.Count == 0 ? null : rows[0];
    }

    /// <inheritdoc/>
    public async Task<MailboxPart?> ReadAsync(
        long accountId, string sessionKey, long after, int maxBytes, IReadOnlyList<LogNumber>? rooms = null)
    {
        var (through, rounds) = (0L, 0);
        var ends = (rooms ?? []).ToDictionary(room => room.LogId, room => room.Number);
        while (true)
        {
            var (inRooms, before) = (false, through);
            var rows = await _database.DataSource.QueryAsync(
                "reading a mailbox", ReadSql,
                [accountId, sessionKey, Math.Max(after, through), (long)maxBytes, ends.Keys.ToArray(), ends.Values.ToArray()],
                reader =>
                {
                    if (reader.IsDBNull(0)) return null;
                    var (number, log) = (reader.GetInt64(0), reader.GetInt64(4));
                    if (log == accountId) through = number;
                    else (ends[log], inRooms) = (number, true);
                    return reader.IsDBNull(1)
                        ? null
                        : new MailboxMessage(
                            number, reader.GetString(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3),
                            reader.IsDBNull(5) ? null : reader.GetString(5), log == accountId ? 0 : log);
                });
            if (rows.Count == 0) return null;
            var messages = rows.OfType<MailboxMessage>().ToList();
            // What was read may have been nothing to hand over, such as one's own messages in rooms: what comes after them may be. A long
            // run of these is gone through in several reads, each of which leads further: an empty answer is a receipt too.
            if (messages.Count > 0 || (!inRooms && through == before) || ++rounds == MostRounds)
                return new MailboxPart(messages, through, [.. ends.Select(end => new LogNumber(end.Key, end.Value))]);
        }
    }

    /// <inheritdoc/>
    public Task AdvanceAsync(long accountId, long position, IReadOnlyList<LogNumber>? rooms = null) =>
        _positions.AdvanceAsync(accountId, position, rooms ?? []);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The ID cannot be one.</exception>
    public Task<ReceiptLookUp> FindReceiptAsync(long senderAccountId, string onceId) => IsPlain(onceId)
        ? _receipts.FindAsync(senderAccountId, onceId)
        : throw new ArgumentException("IDs must be printable ASCII.", nameof(onceId));

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
            await _admissions.DisposeAsync();
            await _receipts.DisposeAsync();
        }
    }

    private static bool IsPlain(string? text) => text == null || (Ascii.IsValid(text) && !text.Contains('\0', StringComparison.Ordinal));
}
