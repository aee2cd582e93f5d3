using Npgsql;

namespace OrleansChat.Storage.Postgres;

/// <summary>
/// Makes sure of what no migration can bring about: that every text can be stored, that writes are taken, and that a connection
/// stays the same one.
/// </summary>
public static class DatabaseCheck
{
    /// <summary>How long a start waits for a server that is itself just starting, or recovers from a crash.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How often it is tried to catch a pooler out: others may use it at the same time.</summary>
    private const int Rounds = 3;

    private const string FactsSql =
        """
        SELECT current_database(), current_setting('server_encoding'), pg_is_in_recovery(),
               current_setting('transaction_read_only') = 'on', pg_backend_pid()
        """;

    /// <summary>Waits until the server takes connections.</summary>
    /// <param name="source">The database.</param>
    /// <param name="patience">How long it is tried.</param>
    /// <param name="say">Is told once why it must wait.</param>
    /// <param name="time">The clock of the patience.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="NpgsqlException">The server refuses for good, or could not be reached in that time.</exception>
    public static async Task WaitAsync(
        NpgsqlDataSource source, TimeSpan patience, Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && time.GetElapsedTime(start) < patience)
            {
                if (attempt == 1) say(e.Message);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <summary>Asks the database.</summary>
    /// <exception cref="UnsuitableDatabaseException">The service cannot run on it; the message says why, and what to do.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
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
            : isStandby ? $"The database {name} is a standby's, which takes no writes: give the address of the primary."
            : isReadOnly
                ? $"The database {name} takes no writes: default_transaction_read_only is on, for the server, the database or the role."
            : process != connection.ProcessID && await IsSharedAsync(source, connection, process, cancellationToken)
                ? "Between this program and PostgreSQL is a pooler that lends a connection for a transaction "
                    + "(PgBouncer's pool_mode=transaction). "
                    + "Advisory locks and prepared statements need one for longer: set pool_mode=session, or connect to PostgreSQL itself."
            : null;
        if (fault is not null) throw new UnsuitableDatabaseException(fault);
    }

    /// <summary>
    /// Whether a connection's server process is lent to others between its statements. A pooler names a process of its own when a
    /// connection is opened; so does one that lends for as long as the connection lasts.
    /// </summary>
    private static async Task<bool> IsSharedAsync(
        NpgsqlDataSource source, NpgsqlConnection connection, int process, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var other = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await other.BeginTransactionAsync(cancellationToken);
            // Poolers lend first what came back last.
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

/// <summary>The service cannot run on this database. The message is for the operator.</summary>
public sealed class UnsuitableDatabaseException : Exception
{
    /// <summary>Creates the exception.</summary>
    public UnsuitableDatabaseException() { }

    /// <summary>Creates the exception with what is wrong, and what to do about it.</summary>
    public UnsuitableDatabaseException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public UnsuitableDatabaseException(string message, Exception innerException) : base(message, innerException) { }
}
