using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrleansChat.Storage;

/// <summary>
/// Keeps hosts off a database that do not go together: an advisory lock that the silos of a cluster share and every other
/// host holds alone, on a connection of its own, so that it ends with the process.
/// </summary>
/// <remarks>
/// A lost connection, looked for every second, is a lost lock: it is taken again as soon as the database answers. Where another host was faster,
/// <see cref="Lost"/> completes and this process has to stop. What it does until then is fenced row by row as ever.
/// </remarks>
public sealed partial class HostLock(Database database, HostKind kind, TimeProvider time, ILogger<HostLock> logger) : IAsyncDisposable
{
    private const int ProbeTimeoutSeconds = 5;
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>A server that answers has ended a process whose client is gone by then: it notices within 15 s, see <see cref="Settings"/>.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    // A server notices within some 15 s that a machine has vanished, and gives the lock back.
    private const string Settings =
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3";

    private const string HoldersSql =
        """
        SELECT pid, mode = 'ExclusiveLock' FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (classid::bigint << 32) + objid::bigint = $1
        """;

    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private NpgsqlConnection? _connection;
    private Task _guard = Task.CompletedTask;

    // When the server answered again for the first time since the connection broke.
    private long? _answeredAt;

    /// <summary>Completes when the other host has taken the database after a lost connection: this process has to stop.</summary>
    public Task Lost => _lost.Task;

    /// <summary>The server's process, for tests that end it.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>Takes the lock, waiting at most <paramref name="wait"/> for a host that is about to end.</summary>
    /// <exception cref="HostLockException">A host that does not go together with this one runs on the database.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public async Task AcquireAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!await TryAcquireAsync(cancellationToken))
        {
            if (time.GetElapsedTime(start) >= wait)
                throw new HostLockException(await DescribeHolderAsync(cancellationToken));
            await Task.Delay(RetryEvery, time, cancellationToken);
        }
        _guard = Task.Run(GuardAsync, CancellationToken.None);
    }

    /// <summary>Gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _guard;
        if (_connection != null)
            await _connection.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task<bool> TryAcquireAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenDedicatedAsync(cancellationToken);
        try
        {
            await using var settings = new NpgsqlCommand(Settings, connection);
            await settings.ExecuteNonQueryAsync(cancellationToken);
            var function = kind == HostKind.Cluster ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock";
            await using var command = new NpgsqlCommand($"SELECT {function}({StorageNames.HostLock}), pg_backend_pid()", connection);
            var (isTaken, processId) = (await command.ReadAllAsync(reader => (reader.GetBoolean(0), reader.GetInt32(1)), cancellationToken)).Single();
            if (!isTaken)
                return false;
            ProcessId = processId;
            (_connection, connection) = (connection, null);
            return true;
        }
        finally
        {
            if (connection != null)
                await connection.DisposeAsync();
        }
    }

    private async Task GuardAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (_connection == null)
                    await TakeAgainAsync();
                else
                    await ProbeAsync(_connection);
            }
            catch (Exception exception)
            {
                if (await ReleaseBrokenAsync(exception))
                    continue;
            }
            if (_lost.Task.IsCompleted)
                return;
            await Task.Delay(_connection == null ? RetryEvery : ProbeEvery, time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeAgainAsync()
    {
        // The server may still be ending the process that had it for us. To be asked first: it could end in between.
        var holders = await GetHoldersAsync(_stopping.Token);
        var answeredFirst = _answeredAt ??= time.GetTimestamp();
        var isOurs = time.GetElapsedTime(answeredFirst) < LongestEnd && holders.Exists(holder => holder.ProcessId == ProcessId);
        if (await TryAcquireAsync(_stopping.Token) || isOurs)
            return;
        LogLost();
        _lost.TrySetResult();
    }

    // Not NpgsqlConnection.WaitAsync, which misses a cancellation that comes while it begins.
    private static async Task ProbeAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT", connection) { CommandTimeout = ProbeTimeoutSeconds };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Gives up a connection that broke; false where there is none, or where it did not.</summary>
    private async Task<bool> ReleaseBrokenAsync(Exception exception)
    {
        if (_connection is null or { FullState: ConnectionState.Open })
            return false;
        // Once an outage.
        LogBroken(exception);
        _answeredAt = null;
        await _connection.DisposeAsync();
        _connection = null;
        return true;
    }

    private Task<List<(int ProcessId, bool IsAlone)>> GetHoldersAsync(CancellationToken cancellationToken) =>
        database.DataSource.QueryAsync(
            "looking who holds the host lock", HoldersSql, [StorageNames.HostLock],
            reader => (reader.GetInt32(0), reader.GetBoolean(1)), cancellationToken);

    private async Task<string> DescribeHolderAsync(CancellationToken cancellationToken)
    {
        var holders = await GetHoldersAsync(cancellationToken);
        var holder = holders switch
        {
            [] => "another host was",
            [{ IsAlone: true }, ..] => "a host that has the database for itself is",
            _ => "the silos of a cluster are",
        };
        var wish = kind == HostKind.Cluster ? "a silo of a cluster" : $"the only host ({kind})";
        return $"This process cannot start as {wish}: {holder} running on this database. Stop it first.";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that holds the host lock broke; taking the lock again.")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Another host has taken the database: this process has to stop.")]
    private partial void LogLost();
}
