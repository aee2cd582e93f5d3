using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>What the table <c>schema_version</c> says of a database.</summary>
/// <param name="Number">The number of the newest migration that was run; 0 for none.</param>
/// <param name="MinProgram">The oldest program that can use the schema; 0 where there is none.</param>
internal readonly record struct SchemaVersion(int Number, int MinProgram)
{
    // Read as JSON, a row of before the column came has no such property.
    private const string Sql =
        """
        SELECT coalesce(max(version), 0), coalesce(max(coalesce((to_jsonb(s) ->> 'min_program')::integer, version)), 0)
        FROM schema_version s
        """;

    /// <summary>Reads it.</summary>
    /// <exception cref="NpgsqlException">The database does not answer or refuses.</exception>
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
