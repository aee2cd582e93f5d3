using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// Prevents incompatible silos from sharing a database: an advisory lock that the silos of a cluster share and a silo alone
/// holds exclusively. It has a connection of its own, so it ends with the process. It also shows which silos run, and of which
/// program: see <see cref="RunningSilo"/>.
/// </summary>
/// <remarks>
/// A lost connection means a lost lock. A probe every second notices it, and this class takes the lock again as soon as the
/// database answers. If another silo was faster, or this program can no longer use the schema, <see cref="Lost"/> completes and
/// this process has to stop. Until then, its writes are safe: every statement checks the rows that it depends on.
/// </remarks>
internal sealed partial class HostLock(
    Database database, HostKind kind, ProgramSchema schema, TimeProvider time, ILogger<HostLock> logger) : IAsyncDisposable
{
    private const int ProbeTimeoutSeconds = 5;
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// By this time, a server that answers has ended a process whose client is gone; it notices within about 15 s, see
    /// <see cref="Settings"/>.
    /// </summary>
    private static readonly TimeSpan MaxProcessEnd = TimeSpan.FromSeconds(30);

    // With these, the server notices within about 15 s that a machine has vanished, and releases the lock.
    private const string Settings =
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3";

    private static readonly string ShareMigrationLockSql = $"SELECT pg_try_advisory_lock_shared({StorageNames.MigrationLock})";
    private static readonly string ReleaseMigrationLockSql = $"SELECT pg_advisory_unlock_shared({StorageNames.MigrationLock})";

    private readonly string _lockSql =
        $"""
        SELECT pg_try_advisory_lock{(kind == HostKind.Cluster ? "_shared" : "")}({StorageNames.HostLock}), pg_backend_pid()
        FROM pg_advisory_lock_shared({StorageNames.ProgramLocks}, {schema.Program})
        """;

    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private NpgsqlConnection? _connection;
    private Task _guard = Task.CompletedTask;

    // When the server first answered after the connection broke.
    private long? _answeredAt;

    private enum Attempt { Taken, Held, Migrating }

    /// <summary>Completes when this process cannot regain the lock after a lost connection and has to stop.</summary>
    public Task Lost => _lost.Task;

    /// <summary>The server process of the connection, for tests that end it.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>
    /// Takes the lock. Waits for a migration without limit, and at most <paramref name="wait"/> for an incompatible silo to end.
    /// </summary>
    /// <exception cref="HostLockException">An incompatible silo runs on the database.</exception>
    /// <exception cref="SchemaVersionException">The schema belongs to a newer program, and this one cannot use it.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public async Task AcquireAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var hasLoggedMigrating = false;
        while (await TryAcquireAsync(cancellationToken) is var attempt and not Attempt.Taken)
        {
            if (attempt == Attempt.Migrating)
            {
                if (!hasLoggedMigrating) LogMigrating();
                hasLoggedMigrating = true;
                start = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(start) >= wait)
                throw new HostLockException(await DescribeHoldersAsync(cancellationToken));
            await Task.Delay(RetryEvery, time, cancellationToken);
        }
        _guard = Task.Run(GuardAsync, CancellationToken.None);
    }

    /// <summary>Releases the lock and closes its connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _guard;
        if (_connection != null)
            await _connection.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task<Attempt> TryAcquireAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenDedicatedAsync(cancellationToken);
        try
        {
            await using (var settings = new NpgsqlCommand(Settings, connection))
                await settings.ExecuteNonQueryAsync(cancellationToken);
            await using (var name = new NpgsqlCommand("SELECT set_config('application_name', $1, false)", connection))
                await name.With(RunningSilo.NameOfThis(schema.Program)).ExecuteNonQueryAsync(cancellationToken);

            // No migration runs while this silo holds the share: the next one finds this silo, or this silo finds what the last one made.
            await using (var share = new NpgsqlCommand(ShareMigrationLockSql, connection))
            {
                if (!(bool)(await share.ExecuteScalarAsync(cancellationToken))!) return Attempt.Migrating;
            }
            await schema.RequireNotTooNewAsync(connection, cancellationToken);
            await using var command = new NpgsqlCommand(_lockSql, connection);
            var rows = await command.ReadAllAsync(row => (IsTaken: row.GetBoolean(0), ProcessId: row.GetInt32(1)), cancellationToken);
            if (!rows[0].IsTaken) return Attempt.Held;
            await using (var release = new NpgsqlCommand(ReleaseMigrationLockSql, connection))
                await release.ExecuteNonQueryAsync(cancellationToken);
            ProcessId = rows[0].ProcessId;
            (_connection, connection) = (connection, null);
            return Attempt.Taken;
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
                if (await ReleaseBrokenAsync(exception)) continue;
            }
            if (_lost.Task.IsCompleted) return;
            await Task.Delay(_connection == null ? RetryEvery : ProbeEvery, time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeAgainAsync()
    {
        // The server may not have ended our old process yet. Ask before trying: the process could end in between.
        var holders = await GetHoldersAsync(_stopping.Token);
        var firstAnswer = _answeredAt ??= time.GetTimestamp();
        var isOurs = time.GetElapsedTime(firstAnswer) < MaxProcessEnd && holders.Exists(holder => holder.ProcessId == ProcessId);
        try
        {
            if (await TryAcquireAsync(_stopping.Token) != Attempt.Held || isOurs) return;
            LogLost();
        }
        catch (SchemaVersionException exception)
        {
            LogOutdated(exception.Message);
        }
        _lost.TrySetResult();
    }

    // Not NpgsqlConnection.WaitAsync, which misses a cancellation that arrives while it begins.
    private static async Task ProbeAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT", connection) { CommandTimeout = ProbeTimeoutSeconds };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>Abandons a broken connection; false if there is no connection, or if it is not broken.</summary>
    private async Task<bool> ReleaseBrokenAsync(Exception exception)
    {
        if (_connection is null or { FullState: ConnectionState.Open }) return false;
        // Once per outage.
        LogBroken(exception);
        _answeredAt = null;
        await _connection.DisposeAsync();
        _connection = null;
        return true;
    }

    private async Task<List<RunningSilo>> GetHoldersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        return await RunningSilo.FindAllAsync(connection, cancellationToken);
    }

    private async Task<string> DescribeHoldersAsync(CancellationToken cancellationToken)
    {
        var holders = await GetHoldersAsync(cancellationToken);
        var wish = kind == HostKind.Cluster ? "join a cluster" : "start alone";
        var names = string.Join(", ", holders.Select(holder => holder.Name));
        return holders switch
        {
            [] => Cannot("another silo ran there a moment ago. Start this one again."),
            [{ IsAlone: true }, ..] when kind == HostKind.Cluster => Cannot($"another silo has it for itself ({names}). Stop it first."),
            [_] => Cannot($"another silo runs there ({names}). Stop it first."),
            _ => Cannot($"other silos run there ({names}). Stop them first."),
        };

        string Cannot(string why) => $"This silo cannot {wish} on its database: {why}";
    }

    [LoggerMessage(3020, LogLevel.Information, "Another process is migrating the database; waiting for it to finish.")]
    private partial void LogMigrating();

    [LoggerMessage(3021, LogLevel.Warning, "The connection that holds the host lock broke; taking the lock again.")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(3022, LogLevel.Critical, "Another silo has taken the database; this process has to stop.")]
    private partial void LogLost();

    [LoggerMessage(
        3023, LogLevel.Critical, "The database was migrated while the connection was lost; this process has to stop. {Reason}")]
    private partial void LogOutdated(string reason);
}
