using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// Keeps silos off a database that do not go together: an advisory lock that the silos of a cluster share and a silo alone has
/// for itself, on a connection of its own, so that it ends with the process. It also shows which silos run, and of which
/// program: see <see cref="RunningSilo"/>.
/// </summary>
/// <remarks>
/// A lost connection, looked for every second, is a lost lock: it is taken again as soon as the database answers. Where another
/// silo was faster, or the schema is not for this program any more, <see cref="Lost"/> completes and this process has to stop.
/// What it does until then is fenced row by row as ever.
/// </remarks>
internal sealed partial class HostLock(
    Database database, HostKind kind, ProgramSchema schema, TimeProvider time, ILogger<HostLock> logger) : IAsyncDisposable
{
    private const int ProbeTimeoutSeconds = 5;
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A server that answers has ended a process whose client is gone by then: it notices within 15 s, see <see cref="Settings"/>.
    /// </summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    // A server notices within some 15 s that a machine has vanished, and gives the lock back.
    private const string Settings =
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3";

    private static readonly string ShareMigrationLockSql = $"SELECT pg_try_advisory_lock_shared({StorageNames.MigrationLock})";
    private static readonly string ReturnMigrationLockSql = $"SELECT pg_advisory_unlock_shared({StorageNames.MigrationLock})";

    private readonly string _lockSql =
        $"""
        SELECT pg_try_advisory_lock{(kind == HostKind.Cluster ? "_shared" : "")}({StorageNames.HostLock}), pg_backend_pid()
        FROM pg_advisory_lock_shared({StorageNames.ProgramLocks}, {schema.Program})
        """;

    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private NpgsqlConnection? _connection;
    private Task _guard = Task.CompletedTask;

    // When the server answered again for the first time since the connection broke.
    private long? _answeredAt;

    private enum Attempt { Taken, Held, Migrating }

    /// <summary>Completes when this process cannot have the database back after a lost connection: it has to stop.</summary>
    public Task Lost => _lost.Task;

    /// <summary>The server's process, for tests that end it.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>
    /// Takes the lock, waiting for the end of a migration, and at most <paramref name="wait"/> for a silo that is about to end.
    /// </summary>
    /// <exception cref="HostLockException">A silo that does not go together with this one runs on the database.</exception>
    /// <exception cref="SchemaVersionException">The schema is of a newer program, and not for this one.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public async Task AcquireAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var saidMigrating = false;
        while (await TryAcquireAsync(cancellationToken) is var attempt and not Attempt.Taken)
        {
            if (attempt == Attempt.Migrating)
            {
                if (!saidMigrating) LogMigrating();
                saidMigrating = true;
                start = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(start) >= wait)
                throw new HostLockException(await DescribeHoldersAsync(cancellationToken));
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

    private async Task<Attempt> TryAcquireAsync(CancellationToken cancellationToken)
    {
        var connection = await database.OpenDedicatedAsync(cancellationToken);
        try
        {
            await using (var settings = new NpgsqlCommand(Settings, connection))
                await settings.ExecuteNonQueryAsync(cancellationToken);
            await using (var name = new NpgsqlCommand("SELECT set_config('application_name', $1, false)", connection))
                await name.With(RunningSilo.NameOfThis(schema.Program)).ExecuteNonQueryAsync(cancellationToken);

            // While this is held no migration runs, so that the next one finds this silo, or this silo what the last one made.
            await using (var share = new NpgsqlCommand(ShareMigrationLockSql, connection))
            {
                if (!(bool)(await share.ExecuteScalarAsync(cancellationToken))!)
                    return Attempt.Migrating;
            }
            await schema.RequireNotTooNewAsync(connection, cancellationToken);
            await using var command = new NpgsqlCommand(_lockSql, connection);
            var rows = await command.ReadAllAsync(row => (IsTaken: row.GetBoolean(0), ProcessId: row.GetInt32(1)), cancellationToken);
            if (!rows[0].IsTaken)
                return Attempt.Held;
            await using (var giveBack = new NpgsqlCommand(ReturnMigrationLockSql, connection))
                await giveBack.ExecuteNonQueryAsync(cancellationToken);
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
        try
        {
            if (await TryAcquireAsync(_stopping.Token) != Attempt.Held || isOurs)
                return;
            LogLost();
        }
        catch (SchemaVersionException exception)
        {
            LogOutdated(exception.Message);
        }
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

    [LoggerMessage(Level = LogLevel.Information, Message = "A migration of the database is under way; waiting for its end.")]
    private partial void LogMigrating();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection that holds the host lock broke; taking the lock again.")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Another silo has taken the database: this process has to stop.")]
    private partial void LogLost();

    [LoggerMessage(
        Level = LogLevel.Critical, Message = "The database was migrated while its connection was lost: this process has to stop. {Reason}")]
    private partial void LogOutdated(string reason);
}
