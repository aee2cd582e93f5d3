using Npgsql;

namespace OrleansChat.Storage.Postgres;

/// <summary>
/// Checks what no migration can bring about: the database stores every text and accepts writes, and a connection keeps its
/// server process.
/// </summary>
public static class DatabaseCheck
{
    /// <summary>How long a start waits for a server that is starting itself, or recovering from a crash.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Attempts to catch a pooler sharing a connection; one may miss it, because others may use the pooler meanwhile.</summary>
    private const int Rounds = 3;

    private const string FactsSql =
        """
        SELECT current_database(), current_setting('server_encoding'), pg_is_in_recovery(),
               current_setting('transaction_read_only') = 'on', pg_backend_pid()
        """;

    /// <summary>Waits until the server accepts connections.</summary>
    /// <param name="source">The database to connect to.</param>
    /// <param name="timeout">How long to keep trying.</param>
    /// <param name="report">Receives the reason of the first failure, once.</param>
    /// <param name="time">Measures <paramref name="timeout"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NpgsqlException">The server refuses for good, or cannot be reached within the timeout.</exception>
    public static async Task WaitAsync(
        NpgsqlDataSource source, TimeSpan timeout, Action<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (exception.IsTransient && time.GetElapsedTime(start) < timeout)
            {
                if (attempt == 1) report(exception.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <summary>Fails unless the service can run on the database.</summary>
    /// <exception cref="UnsuitableDatabaseException">The service cannot run on it; the message says why and what to do.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public static async Task RequireAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FactsSql, connection);
        var facts = await command.ReadAllAsync(
            row => (row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetInt32(4)), cancellationToken);
        var (name, encoding, isStandby, isReadOnly, process) = facts.Single();
        var fault = encoding != "UTF8"
                ? $"The database {name} has the encoding {encoding}, which does not hold every name and message: "
                    + "it must be UTF8 (createdb --encoding=UTF8 --template=template0)."
            : isStandby ? $"The database {name} is a standby, which takes no writes: give the address of the primary."
            : isReadOnly
                ? $"The database {name} takes no writes: default_transaction_read_only is on, for the server, the database or the role."
            : process != connection.ProcessID && await IsSharedAsync(source, connection, process, cancellationToken)
                ? "This program reaches PostgreSQL through a pooler that lends a connection for a transaction "
                    + "(PgBouncer's pool_mode=transaction). Advisory locks and prepared statements need it for longer: "
                    + "set pool_mode=session, or connect to PostgreSQL directly."
            : null;
        if (fault is not null) throw new UnsuitableDatabaseException(fault);
    }

    /// <summary>
    /// Whether a pooler lends a connection's server process to others between its statements. The process number that a pooler
    /// gives at connect proves nothing: it is the pooler's own, also where it lends for as long as the connection lasts.
    /// </summary>
    private static async Task<bool> IsSharedAsync(
        NpgsqlDataSource source, NpgsqlConnection connection, int process, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var other = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await other.BeginTransactionAsync(cancellationToken);
            // Poolers first lend the process that came back last.
            if (await ProcessOf(other) == process || await ProcessOf(connection) != process) return true;
        }
        return false;

        async Task<int> ProcessOf(NpgsqlConnection asked)
        {
            await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", asked);
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
    }
}

/// <summary>The service cannot run on this database. The message tells the operator what is wrong and what to do about it.</summary>
public sealed class UnsuitableDatabaseException(string message) : Exception(message);
