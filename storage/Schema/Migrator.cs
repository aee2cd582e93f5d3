using Npgsql;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// Brings the schema up to this program's version. Any number of processes may start at once: one at a time is let through.
/// </summary>
public static class Migrator
{
    /// <summary>The schema version of this program.</summary>
    public static int ProgramVersion => ProgramSchema.OfThisProgram.Program;

    /// <summary>Runs what is missing; one round trip where nothing is. A newer schema that this program can use is left as it is.</summary>
    /// <returns>The version that the schema had.</returns>
    /// <exception cref="HostLockException">Silos run that the new schema would break; they can use what it is by then.</exception>
    /// <exception cref="SchemaVersionException">The schema is of a newer program, and not for this one; nothing was changed.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public static Task<int> MigrateAsync(NpgsqlDataSource source, CancellationToken cancellationToken) =>
        ProgramSchema.OfThisProgram.MigrateAsync(source, cancellationToken);

    /// <summary>Changes nothing, and fails unless this program can use the schema as it is.</summary>
    /// <returns>The version that the schema has: this program's, or a newer one.</returns>
    /// <exception cref="SchemaVersionException">The schema is too old, or not for this program any more.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public static async Task<int> CheckAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await ProgramSchema.OfThisProgram.CheckAsync(connection, cancellationToken);
    }
}
