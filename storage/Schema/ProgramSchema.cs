using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// The schema that a program is made for, by its migrations. Each runs in a transaction of its own, under the migration lock.
/// </summary>
/// <remarks>
/// A program also runs on the schema of a newer one that allows it. So silos of two versions may be on one database, and no
/// migration may break a silo that runs: a silo shows itself, with its number, under a share of the migration lock
/// (<see cref="HostLock"/>), and a migration looks for silos while nobody else has any. Whoever shows itself later finds the
/// new schema. A silo of before numbers were said takes no share, but shows itself before it reads the schema's version, and
/// refuses one above its own: so it is found by the look before the second step at the latest.
/// </remarks>
internal sealed class ProgramSchema
{
    /// <summary>Lets one process at a time through, until the end of its transaction.</summary>
    public static readonly string LockSql = $"SELECT pg_advisory_xact_lock({StorageNames.MigrationLock})";

    private readonly IReadOnlyList<Migration> _migrations;

    /// <summary>Makes the schema of a program with these migrations: at least one, in order.</summary>
    /// <exception cref="InvalidOperationException">A migration lets older programs in again than the one before it: a defect.</exception>
    public ProgramSchema(IReadOnlyList<Migration> migrations)
    {
        foreach (var (before, after) in migrations.Zip(migrations.Skip(1)))
        {
            if (after.MinProgram < before.MinProgram)
                throw new InvalidOperationException(
                    $"Migration {after.Number} says min-program {after.MinProgram}, below the {before.MinProgram} of the one before it.");
        }
        _migrations = migrations;
    }

    /// <summary>That of this program.</summary>
    public static ProgramSchema OfThisProgram { get; } = new(Migration.ReadAll());

    /// <summary>The number of the program, which is that of its newest migration.</summary>
    public int Program => _migrations[^1].Number;

    private int MinProgram => _migrations[^1].MinProgram;

    /// <summary>Runs what is missing; one round trip where nothing is.</summary>
    /// <returns>The version that the schema had.</returns>
    /// <exception cref="HostLockException">Silos run that the new schema would break.</exception>
    /// <exception cref="SchemaVersionException">The schema is of a newer program, and not for this one.</exception>
    /// <exception cref="NpgsqlException">The database does not answer or refuses.</exception>
    public async Task<int> MigrateAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var found = await SchemaVersion.ReadAsync(connection, cancellationToken);
        var version = found;
        while (version.Number < Program)
            version = await StepAsync(connection, cancellationToken);
        RequireNotTooNew(version);
        return found.Number;
    }

    /// <summary>Changes nothing, and fails unless this program can use the schema as it is.</summary>
    /// <returns>The version that the schema has: the program's, or a newer one.</returns>
    /// <exception cref="SchemaVersionException">The schema is too old, or not for this program any more.</exception>
    /// <exception cref="NpgsqlException">The database does not answer or refuses.</exception>
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

    /// <summary>Fails where the schema is not for this program any more; it may be one that this program is still to migrate.</summary>
    /// <exception cref="SchemaVersionException">It is not for this program any more.</exception>
    /// <exception cref="NpgsqlException">The database does not answer or refuses.</exception>
    public async Task RequireNotTooNewAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        RequireNotTooNew(await SchemaVersion.ReadAsync(connection, cancellationToken));

    private void RequireNotTooNew(SchemaVersion version)
    {
        if (version.MinProgram > Program)
            throw new SchemaVersionException(
                $"The database has schema version {version.Number}, which programs of {version.MinProgram} and later can use; "
                + $"this program is of {Program}: use a newer program.");
    }

    private async Task<SchemaVersion> StepAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(LockSql);
        await RunAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");

        // Another process may have been here between.
        var version = await SchemaVersion.ReadAsync(connection, cancellationToken);
        if (version.Number < Program)
        {
            await RefuseToBreakAsync(connection, cancellationToken);
            var migration = _migrations[version.Number];
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

    // By what it will be after the last step: a migration that has to stop half-way had better not begin.
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
