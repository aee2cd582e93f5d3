using System.Data;
using Npgsql;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Processes;

/// <summary>
/// Tells the ledger of each row that was committed to a log, and of rooms: it looks into the database again and again, on a connection
/// of its own. What one look sees is one state of the database.
/// </summary>
/// <remarks>
/// The ledger hears of a row later than it was committed, so "before a request began" is true of fewer rows than it could be: of those that
/// must be shown. What may be shown is all that a look sees which began after the answer (<see cref="SettleAsync"/>).
/// </remarks>
internal sealed class LogFollower : IAsyncDisposable
{
    private const string Look =
        """
        SELECT account_id, user_name FROM account;
        SELECT log_id, name, is_public, shows_all, removed_at IS NOT NULL FROM room;
        SELECT m.log_id, m.number, m.sender_id, m.kind, m.target, m.accepted_at, m.body
        FROM log l
        LEFT JOIN unnest($1::bigint[], $2::bigint[]) k (log_id, number) USING (log_id)
        CROSS JOIN LATERAL (SELECT * FROM message m WHERE m.log_id = l.log_id AND m.number > coalesce(k.number, 0) ORDER BY m.number) m
        WHERE l.log_id <> ALL ($3);
        SELECT log_id, purged FROM log WHERE purged > 0 AND log_id <> ALL ($1)
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10), RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly string _database;
    private readonly Ledger _ledger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<long, UserEntry> _owners = [];
    private readonly Dictionary<long, long> _numbers = [];
    private readonly HashSet<long> _strange = [];
    private readonly HashSet<long> _deletedRooms = [];
    private readonly HashSet<UserEntry> _changed = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins to follow.</summary>
    /// <param name="database">The connection string for the service's database.</param>
    /// <param name="ledger">Who is told.</param>
    /// <param name="time">The clock of the pauses.</param>
    public LogFollower(string database, Ledger ledger, TimeProvider time)
    {
        (_database, _ledger, _time) = ($"{database};Pooling=false;Timeout=5;Command Timeout=30;Options=-c jit=off", ledger, time);
        Ended = FollowAsync();
    }

    /// <summary>Fails if it cannot go on, for another reason than that PostgreSQL does not answer.</summary>
    public Task Ended { get; }

    /// <summary>Waits until the ledger was told of all that was committed before this was called.</summary>
    public Task SettleAsync()
    {
        lock (_gate) return _next.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(_database);
                await connection.OpenAsync(_over.Token);
                while (true)
                {
                    TaskCompletionSource told;
                    lock (_gate) (told, _next) = (_next, new(TaskCreationOptions.RunContinuationsAsynchronously));
                    await LookUntilAnsweredAsync(connection, told);
                    await Task.Delay(Pause, _time, _over.Token);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
            {
                await Task.WhenAny(Task.Delay(RetryPause, _time, _over.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Anyone who waits for a look that fails waits for the next one.</summary>
    private async Task LookUntilAnsweredAsync(NpgsqlConnection connection, TaskCompletionSource told)
    {
        try
        {
            await LookAsync(connection);
            told.SetResult();
        }
        catch (Exception exception)
        {
            lock (_gate) _ = _next.Task.ContinueWith(_ => told.TrySetResult(), TaskScheduler.Default);
            if (exception is InvalidOperationException && connection.State != ConnectionState.Open)
                throw new IOException("The connection to the database broke between two looks.", exception);
            throw;
        }
    }

    private async Task LookAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, _over.Token);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var statement in Look.Split(';')) batch.BatchCommands.Add(new(statement));
        var numbers = _numbers.ToList();
        batch.BatchCommands[2].Parameters.Add(new() { Value = numbers.Select(log => log.Key).ToArray() });
        batch.BatchCommands[2].Parameters.Add(new() { Value = numbers.Select(log => log.Value).ToArray() });
        batch.BatchCommands[2].Parameters.Add(new() { Value = _strange.ToArray() });
        batch.BatchCommands[3].Parameters.Add(new() { Value = _strange.ToArray() });
        await using var reader = await batch.ExecuteReaderAsync(_over.Token);
        await ReadAccountsAsync(reader);
        await reader.NextResultAsync(_over.Token);
        var deleted = await ReadRoomsAsync(reader);
        await reader.NextResultAsync(_over.Token);
        await ReadRowsAsync(reader);
        await reader.NextResultAsync(_over.Token);
        while (await reader.ReadAsync(_over.Token))
            if (_owners.TryGetValue(reader.GetInt64(0), out var owner)) _ledger.Purged(owner, reader.GetInt64(1));
        foreach (var (log, room) in deleted)
        {
            _deletedRooms.Add(log);
            _ledger.RoomDeleted(room);
        }
        foreach (var room in _changed) _ledger.RoomChanged(room);
        _changed.Clear();
    }

    private async Task ReadAccountsAsync(NpgsqlDataReader reader)
    {
        while (await reader.ReadAsync(_over.Token))
        {
            var account = reader.GetInt64(0);
            if (_owners.ContainsKey(account) || _strange.Contains(account)) continue;
            // The ledger does not know who only asks whether the service is there. A name is the first one: it may be erased later.
            if (reader.GetString(1).StartsWith("probe", StringComparison.Ordinal)) _strange.Add(account);
            else _owners[account] = _ledger.User(reader.GetString(1));
        }
    }

    private async Task<List<(long Log, UserEntry Room)>> ReadRoomsAsync(NpgsqlDataReader reader)
    {
        var deleted = new List<(long, UserEntry)>();
        while (await reader.ReadAsync(_over.Token))
        {
            var log = reader.GetInt64(0);
            if (!_owners.TryGetValue(log, out var room))
            {
                room = _owners[log] = _ledger.User(RoomName.ToRecipient(reader.GetString(1)));
                _ledger.RoomCreated(room, reader.GetBoolean(2), reader.GetBoolean(3));
            }
            if (reader.GetBoolean(4) && !_deletedRooms.Contains(log)) deleted.Add((log, room));
        }
        return deleted;
    }

    private async Task ReadRowsAsync(NpgsqlDataReader reader)
    {
        while (await reader.ReadAsync(_over.Token))
        {
            var (log, number, kind) = (reader.GetInt64(0), reader.GetInt64(1), (EntryKind)reader.GetInt16(3));
            var target = reader.IsDBNull(4) ? default(long?) : reader.GetInt64(4);
            var isChange = kind > EntryKind.Deleted;
            var owner = _owners[log];
            var sender = reader.IsDBNull(2) ? UserEntry.Nobody : _owners[reader.GetInt64(2)];
            _ledger.Stored(owner, log, new StoredRow(
                number, sender, kind, reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetFieldValue<byte[]>(6), kind == EntryKind.Deleted ? target : null,
                isChange && target is { } user ? _owners[user] : null));
            _numbers[log] = number;
            if (isChange) _changed.Add(owner);
        }
    }
}
