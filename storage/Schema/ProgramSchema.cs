using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// The schema that a program is made for: its migrations. Each runs in a transaction of its own, under the migration lock.
/// </summary>
/// <remarks>
/// A program also runs on the schema of a newer one that allows it. So silos of two versions may share one database, and no
/// migration may break a running silo. A silo announces itself, with its program number, while it holds a share of the migration
/// lock (<see cref="HostLock"/>); a migration looks for silos while it holds that lock exclusively. A silo that announces itself
/// later finds the new schema. A silo from before program numbers takes no share, but it announces itself before it reads the
/// schema's version and refuses a version above its own; so the check before the second step finds it at the latest.
/// </remarks>
internal sealed class ProgramSchema
{
    /// <summary>Takes the migration lock exclusively, until the end of the transaction.</summary>
    public static readonly string LockSql = $"SELECT pg_advisory_xact_lock({StorageNames.MigrationLock})";

    private readonly IReadOnlyList<Migration> _migrations;

    /// <summary>Creates the schema of a program from its migrations: at least one, in order.</summary>
    /// <exception cref="InvalidOperationException">A migration admits older programs than the one before it: a defect.</exception>
    public ProgramSchema(IReadOnlyList<Migration> migrations)
    {
        foreach (var (before, after) in migrations.Zip(migrations.Skip(1)))
        {
            if (after.MinProgram < before.MinProgram)
                throw new InvalidOperationException(
                    $"Migration {after.Number} states min-program {after.MinProgram}, below the {before.MinProgram} of the one before it.");
        }
        _migrations = migrations;
    }

    /// <summary>The schema of this program.</summary>
    public static ProgramSchema OfThisProgram { get; } = new(Migration.ReadAll());

    /// <summary>The number of the program: that of its newest migration.</summary>
    public int Program => _migrations[^1].Number;

    private int MinProgram => _migrations[^1].MinProgram;

    /// <summary>Runs the missing migrations; one round trip if there are none. See <see cref="Migrator.MigrateAsync"/>.</summary>
    /// <returns>The version that the schema had before.</returns>
    /// <exception cref="DiskSpaceException">The disk of the server is seen to have too little space.</exception>
    /// <exception cref="HostLockException">The new schema would break running silos.</exception>
    /// <exception cref="SchemaVersionException">The schema belongs to a newer program, and this one cannot use it.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or refuses.</exception>
    public async Task<int> MigrateAsync(NpgsqlDataSource source, CancellationToken cancellationToken, Action<string>? report = null)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var found = await SchemaVersion.ReadAsync(connection, cancellationToken);
        // A new schema is made at once, and is small.
        if (found.Number == 0) report = null;
        else await RequireSpaceAsync(connection, found.Number, report, cancellationToken);
        var version = found;
        while (version.Number < Program)
            version = await StepAsync(connection, report, cancellationToken);
        RequireNotTooNew(version);
        return found.Number;
    }

    /// <summary>Fails unless this program can use the schema as it is. Changes nothing.</summary>
    /// <returns>The version that the schema has: the program's, or a newer one.</returns>
    /// <exception cref="SchemaVersionException">The schema is too old, or too new for this program.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or refuses.</exception>
    public async Task<int> CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = await SchemaVersion.ReadAsync(connection, cancellationToken);
        if (version.Number < Program)
            throw new SchemaVersionException(
                $"The database has schema version {version.Number}, and this program needs {Program}: "
                + "migrate it first (orleanschat-admin migrate).");
        RequireNotTooNew(version);
        return version.Number;
    }

    /// <summary>Fails if the schema is too new for this program; it may still be older than the program.</summary>
    /// <exception cref="SchemaVersionException">The schema is too new for this program.</exception>
    /// <exception cref="NpgsqlException">The database does not answer, or refuses.</exception>
    public async Task RequireNotTooNewAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        RequireNotTooNew(await SchemaVersion.ReadAsync(connection, cancellationToken));

    private void RequireNotTooNew(SchemaVersion version)
    {
        if (version.MinProgram > Program)
            throw new SchemaVersionException(
                $"The database has schema version {version.Number}, which programs of {version.MinProgram} and later can use; "
                + $"this program is of {Program}: use a newer program.");
    }

    private async Task RequireSpaceAsync(
        NpgsqlConnection connection, int version, Action<string>? report, CancellationToken cancellationToken)
    {
        var spaces = _migrations.Skip(version).Select(migration => migration.Space).OfType<string>().ToList();
        if (spaces.Count == 0) return;
        await using var command = new NpgsqlCommand($"SELECT ({string.Join(") + (", spaces)})::bigint", connection);
        await DiskSpace.RequireAsync(connection, (long)(await command.ExecuteScalarAsync(cancellationToken))!, report, cancellationToken);
    }

    private async Task<SchemaVersion> StepAsync(NpgsqlConnection connection, Action<string>? report, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(LockSql);
        await RunAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");

        // Another process may have migrated since the last read.
        var version = await SchemaVersion.ReadAsync(connection, cancellationToken);
        if (version.Number < Program)
        {
            await RefuseToBreakAsync(connection, cancellationToken);
            var migration = _migrations[version.Number];
            report?.Invoke($"Migration {migration.Number} of {Program} begins: {migration.Name}.");
            await RunAsync(migration.Sql);
            await RunAsync(migration.Number < Migration.FirstWithMinProgram
                ? $"INSERT INTO schema_version (version) VALUES ({migration.Number})"
                : $"INSERT INTO schema_version (version, min_program) VALUES ({migration.Number}, {migration.MinProgram})");
            version = new SchemaVersion(migration.Number, migration.MinProgram);
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

    // Judges by the schema after the last step: a migration that would have to stop half-way must not begin.
    private async Task RefuseToBreakAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var silos = await RunningSilo.FindAllAsync(connection, cancellationToken);
        var broken = silos.Where(silo => silo.Program < MinProgram).Select(silo => $"{silo.Name} (of {silo.Program})").ToList();
        if (broken.Count > 0)
            throw new HostLockException(
                $"The database cannot be migrated to schema version {Program}, which programs of {MinProgram} and later can use, "
                + $"while older silos run on it: {string.Join(", ", broken)}. Stop them first.");
    }
}
