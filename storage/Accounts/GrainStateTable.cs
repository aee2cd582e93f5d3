using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// The table of Orleans's AdoNet grain storage, for code outside Orleans: the admin commands, and tools that fill or read a
/// database. Rows, hashes and payloads equal the provider's.
/// </summary>
internal sealed class GrainStateTable(NpgsqlDataSource source)
{
    // Writes call the same function as the provider's statement; see the migrations.
    public const string ReadSql =
        $"""
        SELECT payloadbinary, version FROM orleansstorage
        WHERE serviceid = '{StorageNames.ServiceId}' AND graintypestring = $1 AND grainidn0 = 0 AND grainidn1 = 0
          AND grainidextensionstring = $2 AND payloadbinary IS NOT NULL
        """;

    public const string WriteSql =
        $"SELECT write_grain_state($1, 0, 0, $2, $3, $4, '{StorageNames.ServiceId}', $5::integer, $6)";

    private const string WriteNewSql =
        $"""
        SELECT write_grain_state(hash, 0, 0, $2, $3, key, '{StorageNames.ServiceId}', NULL, payload)
        FROM unnest($1::integer[], $4::text[], $5::bytea[]) AS s (hash, key, payload)
        """;

    public const string DeleteSql =
        $"""
        DELETE FROM orleansstorage
        WHERE serviceid = '{StorageNames.ServiceId}' AND graintypestring = $1 AND grainidn0 = 0 AND grainidn1 = 0
          AND grainidextensionstring = $2 AND version = $3
        """;

    /// <summary>Reads a state; null if there is none.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public async Task<StoredState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken)
    {
        var rows = await source.QueryAsync("reading a grain state", ReadSql, [stateName, grainKey], ReadState, cancellationToken);
        return rows.SingleOrDefault();
    }

    /// <summary>Writes a state over the version that was read (null if there was none).</summary>
    /// <returns>The new version; null if another writer was first, and nothing was written.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown whether it was written.</exception>
    public async Task<int?> WriteAsync(
        string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken)
    {
        var rows = await source.QueryAsync(
            "writing a grain state", WriteSql, WriteParameters(stateName, grainKey, payload, expectedVersion), ReadVersion,
            cancellationToken);
        return rows.Single();
    }

    /// <summary>Writes new states in one statement, for tools that fill a database.</summary>
    public Task<int> WriteNewAsync(
        string stateName, IReadOnlyList<(string Key, byte[] Payload)> states, CancellationToken cancellationToken) =>
        source.ExecuteAsync("writing grain states", WriteNewSql,
            [
                states.Select(s => GrainStateFormat.HashKey(s.Key)).ToArray(), GrainStateFormat.HashName(stateName), stateName,
                states.Select(s => s.Key).ToArray(), states.Select(s => s.Payload).ToArray(),
            ],
            cancellationToken);

    /// <summary>Deletes a state if it still has the version that was read.</summary>
    /// <returns>False if another writer was first, and nothing was deleted.</returns>
    /// <exception cref="StorageUnavailableException">It is unknown whether it was deleted.</exception>
    public async Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken) =>
        await source.ExecuteAsync("deleting a grain state", DeleteSql, [stateName, grainKey, expectedVersion], cancellationToken) == 1;

    public static StoredState ReadState(NpgsqlDataReader reader) => new(reader.GetFieldValue<byte[]>(0), reader.GetInt32(1));

    public static int? ReadVersion(NpgsqlDataReader reader) => reader.IsDBNull(0) ? null : reader.GetInt32(0);

    public static object?[] WriteParameters(string stateName, string grainKey, byte[] payload, int? expectedVersion) =>
        [GrainStateFormat.HashKey(grainKey), GrainStateFormat.HashName(stateName), stateName, grainKey, expectedVersion, payload];
}

/// <summary>A state as it is stored.</summary>
/// <param name="Payload">JSON in UTF-8.</param>
/// <param name="Version">1 after the first write; each further write adds one.</param>
internal sealed record StoredState(byte[] Payload, int Version);
