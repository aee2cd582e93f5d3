using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>The schema version of a database, from its table <c>schema_version</c>.</summary>
/// <param name="Number">The number of the newest migration that ran; 0 if none did.</param>
/// <param name="MinProgram">The oldest program that can use the schema; 0 if there is no schema.</param>
internal readonly record struct SchemaVersion(int Number, int MinProgram)
{
    // Reads min_program through JSON, because the column does not exist in older schemas.
    private const string Sql =
        """
        SELECT coalesce(max(version), 0), coalesce(max(coalesce((to_jsonb(s) ->> 'min_program')::integer, version)), 0)
        FROM schema_version s
        """;

    /// <summary>Reads the version; all zeros for a database without the table.</summary>
    /// <exception cref="NpgsqlException">The database does not answer, or refuses.</exception>
    public static async Task<SchemaVersion> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(Sql, connection);
            var rows = await command.ReadAllAsync(reader => new SchemaVersion(reader.GetInt32(0), reader.GetInt32(1)), cancellationToken);
            return rows[0];
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return default;
        }
    }
}
