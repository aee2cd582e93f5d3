using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Npgsql;

namespace OrleansChat.Storage;

/// <summary>Reads and writes grain states row for row as Orleans's AdoNet provider does.</summary>
public sealed class GrainStateTable(NpgsqlDataSource source) : IGrainStateTable
{
    // The write is the function that the provider's statement calls; see the migrations.
    internal const string ReadSql =
        $"""
        SELECT payloadbinary, version FROM orleansstorage
        WHERE serviceid = '{StorageNames.ServiceId}' AND graintypestring = $1 AND grainidn0 = 0 AND grainidn1 = 0
          AND grainidextensionstring = $2 AND payloadbinary IS NOT NULL
        """;

    internal const string WriteSql =
        $"SELECT write_grain_state($1, 0, 0, $2, $3, $4, '{StorageNames.ServiceId}', $5::integer, $6)";

    private const string WriteNewSql =
        $"""
        SELECT write_grain_state(hash, 0, 0, $2, $3, key, '{StorageNames.ServiceId}', NULL, payload)
        FROM unnest($1::integer[], $4::text[], $5::bytea[]) AS s (hash, key, payload)
        """;

    internal const string DeleteSql =
        $"""
        DELETE FROM orleansstorage
        WHERE serviceid = '{StorageNames.ServiceId}' AND graintypestring = $1 AND grainidn0 = 0 AND grainidn1 = 0
          AND grainidextensionstring = $2 AND version = $3
        """;

    /// <inheritdoc/>
    public async Task<StoredState?> ReadAsync(string stateName, string grainKey, CancellationToken cancellationToken)
    {
        var rows = await source.QueryAsync("reading a grain state", ReadSql, [stateName, grainKey], ReadState, cancellationToken);
        return rows.SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<int?> WriteAsync(
        string stateName, string grainKey, byte[] payload, int? expectedVersion, CancellationToken cancellationToken)
    {
        var rows = await source.QueryAsync(
            "writing a grain state", WriteSql, WriteParameters(stateName, grainKey, payload, expectedVersion), ReadVersion,
            cancellationToken);
        return rows.Single();
    }

    /// <summary>Writes states that are not there yet, in one statement: for tools that fill a database.</summary>
    internal Task<int> WriteNewAsync(string stateName, IReadOnlyList<(string Key, byte[] Payload)> states, CancellationToken cancellationToken) =>
        source.ExecuteAsync("writing grain states", WriteNewSql,
            [states.Select(s => HashKey(s.Key)).ToArray(), Hash(Encoding.UTF8.GetBytes(stateName)), stateName, states.Select(s => s.Key).ToArray(), states.Select(s => s.Payload).ToArray()],
            cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string stateName, string grainKey, int expectedVersion, CancellationToken cancellationToken) =>
        await source.ExecuteAsync("deleting a grain state", DeleteSql, [stateName, grainKey, expectedVersion], cancellationToken) == 1;

    internal static StoredState ReadState(NpgsqlDataReader reader) => new(reader.GetFieldValue<byte[]>(0), reader.GetInt32(1));

    internal static int? ReadVersion(NpgsqlDataReader reader) => reader.IsDBNull(0) ? null : reader.GetInt32(0);

    internal static object?[] WriteParameters(string stateName, string grainKey, byte[] payload, int? expectedVersion) =>
        [HashKey(grainKey), Hash(Encoding.UTF8.GetBytes(stateName)), stateName, grainKey, expectedVersion, payload];

    /// <summary>The provider's grainidhash of a string key: over the key's bytes in reverse.</summary>
    internal static int HashKey(string grainKey)
    {
        var bytes = Encoding.UTF8.GetBytes(grainKey);
        Array.Reverse(bytes);
        return Hash(bytes);
    }

    // Orleans reads the big-endian digest as a little-endian number.
    internal static int Hash(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReverseEndianness((int)XxHash32.HashToUInt32(bytes));
}
