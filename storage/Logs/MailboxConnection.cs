using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Logs;

/// <summary>
/// A writer's own connection, with its statements prepared once. Not thread-safe. After any exception it must not be used
/// again, and it is unknown whether the statement took effect.
/// </summary>
internal sealed class MailboxConnection : IMailboxConnection
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _insert;
    private readonly NpgsqlCommand _insertUnusual;
    private readonly NpgsqlCommand _judge;
    private readonly StoredNumbers _stored = new();

    // The parameters of the statements, refilled for each; the lists keep their memory.
    private readonly List<long> _accounts = [];
    private readonly List<long> _numbers = [];
    private readonly List<Guid> _ids = [];
    private readonly List<string> _sessions = [];
    private readonly List<byte[]> _texts = [];
    private readonly List<string?> _onceIds = [];
    private readonly List<byte[]?> _fingerprints = [];
    private readonly List<short> _kinds = [];
    private readonly List<long?> _targets = [];
    private readonly List<short> _predecessors = [];
    private readonly List<bool> _rooms = [];

    private bool _isUnusual;

    private MailboxConnection(NpgsqlConnection connection)
    {
        _connection = connection;
        _insert = new NpgsqlCommand(MailboxStatements.Insert, connection)
        {
            Parameters =
            {
                Of(_accounts), Of(_numbers), Of(_ids), Of(_sessions), Of(_texts), Of(_predecessors), Of(MessageId.Lifetime),
                Of(MessageId.MaxAhead),
            },
        };
        _insertUnusual = new NpgsqlCommand(MailboxStatements.InsertUnusual, connection)
        {
            Parameters =
            {
                Of(_accounts), Of(_numbers), Of(_ids), Of(_sessions), Of(_texts), Of(_predecessors), Of(MessageId.Lifetime),
                Of(MessageId.MaxAhead), Of(_onceIds), Of(_fingerprints), Of(_kinds), Of(_targets), Of(_rooms),
            },
        };
        _judge = new NpgsqlCommand(MailboxStatements.Judge, connection)
        {
            Parameters =
            {
                Of(_accounts), Of(_ids), Of(_sessions), Of(_onceIds), Of(MessageId.Lifetime), Of(MessageId.MaxAhead), Of(_targets),
                Of(_rooms), Of(_kinds),
            },
        };

        static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
    }

    /// <summary>Opens a connection and prepares the statements.</summary>
    public static async Task<MailboxConnection> OpenAsync(Database database, CancellationToken cancellationToken)
    {
        var opened = await database.OpenDedicatedAsync(cancellationToken);
        var connection = new MailboxConnection(opened);
        try
        {
            await using var settings = new NpgsqlCommand(MailboxStatements.Settings, opened);
            await settings.ExecuteNonQueryAsync(cancellationToken);
            await connection._insert.PrepareAsync(cancellationToken);
            await connection._insertUnusual.PrepareAsync(cancellationToken);
            await connection._judge.PrepareAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server process of the connection, for tests that end it.</summary>
    internal int ProcessId => _connection.ProcessID;

    /// <inheritdoc/>
    public Commit LastCommit { get; private set; }

    /// <inheritdoc/>
    public Task<bool> TryInsertAsync(IReadOnlyList<PendingGroup> groups)
    {
        Fill(groups);
        try
        {
            var insert = _isUnusual ? _insertUnusual : _insert;
            // Blocks the writer's own thread: the answer wakes it directly, without waiting for a busy thread pool.
            using var reader = insert.ExecuteReader();
            reader.Read();
            var commit = new Commit(reader.GetFieldValue<DateTimeOffset>(0), reader.GetString(1));
            // The row comes before the commit, whose end is the last that comes.
            while (reader.NextResult()) { }
            LastCommit = commit;
            _stored.BatchStored();
            return Task.FromResult(true);
        }
        catch (PostgresException exception)
            when (exception.SqlState is MailboxStatements.Refused
                or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
        {
            return Task.FromResult(false);
        }
    }

    /// <inheritdoc/>
    public async Task<List<MessageFacts>> JudgeAsync(IReadOnlyList<PendingGroup> groups)
    {
        Fill(groups);
        return await _judge.ReadAllAsync(
            reader => new MessageFacts(
                reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3),
                reader.GetBoolean(4), reader.GetBoolean(5), reader.IsDBNull(6) ? null : reader.GetInt64(6),
                reader.IsDBNull(7) ? null : reader.GetInt64(7), reader.GetFieldValue<DateTimeOffset>(8),
                PlaceOrNull(reader, 9), reader.GetString(12)),
            CancellationToken.None);
    }

    /// <summary>Reads a place from three columns: log, number, time.</summary>
    internal static StoredPlace? PlaceOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : new StoredPlace(reader.GetInt64(column), reader.GetInt64(column + 1), reader.GetFieldValue<DateTimeOffset>(column + 2));

    /// <summary>Closes the connection with its statements.</summary>
    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync();
        await _insertUnusual.DisposeAsync();
        await _judge.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Fill(IReadOnlyList<PendingGroup> groups)
    {
        _accounts.Clear();
        _numbers.Clear();
        _ids.Clear();
        _sessions.Clear();
        _texts.Clear();
        _onceIds.Clear();
        _fingerprints.Clear();
        _kinds.Clear();
        _targets.Clear();
        _rooms.Clear();
        _isUnusual = false;
        _predecessors.Clear();
        _stored.BeginBatch();
        foreach (var group in groups)
        {
            var number = group.FirstNumber;
            foreach (var message in group.Messages)
            {
                _predecessors.Add((short)_stored.Add(group.AccountId, number));
                _accounts.Add(group.AccountId);
                _numbers.Add(number++);
                _ids.Add(message.Id);
                _sessions.Add(group.SessionKey);
                _texts.Add(message.Text);
                _onceIds.Add(message.OnceId);
                _fingerprints.Add(message.Fingerprint);
                _kinds.Add((short)(message.Target is null ? 0 : 1));
                _targets.Add(message.Target);
                _rooms.Add(group.IsRoom);
                _isUnusual |= message.OnceId is not null || message.Target is not null || group.IsRoom;
            }
        }
    }
}
