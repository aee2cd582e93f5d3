using System.Globalization;
using System.Reflection;
using Npgsql;

namespace OrleansChat.Storage;

/// <summary>
/// Brings the schema up to the program's version: the embedded resources <c>Migrations/NNN_name.sql</c>, in order, each in
/// a transaction of its own. Any number of processes may start at once: an advisory lock lets one at a time through.
/// </summary>
public static class Migrator
{
    /// <summary>Lets one process at a time through, until the end of its transaction.</summary>
    internal static readonly string LockSql = $"SELECT pg_advisory_xact_lock({StorageNames.MigrationLock})";

    private const string ReadVersion = "SELECT coalesce(max(version), 0) FROM schema_version";

    /// <summary>The schema version of this program.</summary>
    public static int ProgramVersion => Scripts.Length;

    private static readonly string[] Scripts = FindScripts();

    /// <summary>Runs what is missing; one round trip where nothing is.</summary>
    /// <returns>The version that the schema had.</returns>
    /// <exception cref="SchemaVersionException">The database is newer than the program; nothing was changed.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public static async Task<int> MigrateAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var found = await GetVersionAsync(connection, cancellationToken);
        var version = found;
        while (version < ProgramVersion)
            version = await StepAsync(connection, cancellationToken);
        if (version > ProgramVersion)
            throw new SchemaVersionException(version, ProgramVersion);
        return found;
    }

    /// <summary>Changes nothing, and fails unless the schema is the program's.</summary>
    /// <exception cref="SchemaVersionException">The database is newer or older than the program.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public static async Task CheckAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await CheckAsync(connection, cancellationToken);
    }

    /// <summary>The same, on a connection and within its transaction.</summary>
    internal static async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = await GetVersionAsync(connection, cancellationToken);
        if (version != ProgramVersion)
            throw new SchemaVersionException(version, ProgramVersion);
    }

    private static async Task<int> GetVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(ReadVersion, connection);
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return 0;
        }
    }

    private static async Task<int> StepAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(LockSql);
        await RunAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");

        // Another process may have been here between.
        var version = await GetVersionAsync(connection, cancellationToken);
        if (version < ProgramVersion)
        {
            await RunAsync(Scripts[version++]);
            await RunAsync($"INSERT INTO schema_version (version) VALUES ({version})");
        }
        await transaction.CommitAsync(cancellationToken);
        return version;

        async Task RunAsync(string sql)
        {
            // No timeout: neither the wait for another process nor a long migration is an error.
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static string[] FindScripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        return [.. names.Select((name, index) => Read(name, index + 1))];

        string Read(string name, int number)
        {
            if (!name.Contains($".{number.ToString("000", CultureInfo.InvariantCulture)}_", StringComparison.Ordinal))
                throw new InvalidOperationException($"Migration {number} is missing: found {name} in its place.");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }
}

/// <summary>The database's schema is not the program's.</summary>
public sealed class SchemaVersionException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SchemaVersionException() { }

    /// <summary>Creates the exception with a message.</summary>
    public SchemaVersionException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause.</summary>
    public SchemaVersionException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the exception with both versions.</summary>
    public SchemaVersionException(int databaseVersion, int programVersion) : base(
        $"The database has schema version {databaseVersion}, this program is made for {programVersion}: "
        + (databaseVersion > programVersion ? "use a newer program." : "migrate it first (orleanschat-admin migrate)."))
    { }
}
