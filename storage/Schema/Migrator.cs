using Npgsql;

namespace OrleansChat.Storage.Schema;

/// <summary>
/// Migrates the schema to this program's version. Any number of processes may do so at once; they take turns.
/// </summary>
public static class Migrator
{
    /// <summary>The schema version that this program migrates to: the number of its newest migration.</summary>
    public static int ProgramVersion => ProgramSchema.OfThisProgram.Program;

    /// <summary>Runs the missing migrations; one round trip if there are none. A newer schema that this program can use stays.</summary>
    /// <param name="source">The database.</param>
    /// <param name="cancellationToken">Ends the call; the migrations that were done stay.</param>
    /// <param name="report">Takes a sentence as each migration of an existing schema begins, and about the disk that they need.</param>
    /// <returns>The version that the schema had before.</returns>
    /// <exception cref="DiskSpaceException">The disk of the server is seen to have too little space. Nothing was changed.</exception>
    /// <exception cref="HostLockException">The new schema would break running silos; they can use it as this call leaves it.</exception>
    /// <exception cref="SchemaVersionException">The schema is too new for this program, which changed nothing.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public static Task<int> MigrateAsync(NpgsqlDataSource source, CancellationToken cancellationToken, Action<string>? report = null) =>
        ProgramSchema.OfThisProgram.MigrateAsync(source, cancellationToken, report);

    /// <summary>Fails unless this program can use the schema as it is. Changes nothing.</summary>
    /// <returns>The version that the schema has: this program's, or a newer one.</returns>
    /// <exception cref="SchemaVersionException">The schema is too old, or too new for this program.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public static async Task<int> CheckAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await ProgramSchema.OfThisProgram.CheckAsync(connection, cancellationToken);
    }
}
