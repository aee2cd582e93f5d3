using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// How Orleans's AdoNet provider stores grain states and keys, as far as SQL and the admin commands rely on it: the migrations
/// compute columns from the JSON, and the commands write rows like the provider's.
/// </summary>
/// <remarks>
/// The format is private to Orleans's packages, yet part of this schema. So a silo compares its provider with this class at
/// start (<c>StorageFormatCheck</c>), and tests compare the rows that a silo writes.
/// </remarks>
public static class GrainStateFormat
{
    /// <summary>Returns a state as it is stored: JSON in UTF-8.</summary>
    public static byte[] Serialize<TState>(TState state) => JsonSerializer.SerializeToUtf8Bytes(state);

    /// <summary>Reads a state from its stored form.</summary>
    /// <exception cref="JsonException">The payload is not such a state.</exception>
    public static TState Deserialize<TState>(ReadOnlySpan<byte> payload) => JsonSerializer.Deserialize<TState>(payload)!;

    /// <summary>The column <c>grainidhash</c> of a string key: a hash of the key's bytes in reverse order.</summary>
    public static int HashKey(string grainKey)
    {
        var bytes = Encoding.UTF8.GetBytes(grainKey);
        Array.Reverse(bytes);
        return Hash(bytes);
    }

    /// <summary>The column <c>graintypehash</c> of a state's name.</summary>
    public static int HashName(string stateName) => Hash(Encoding.UTF8.GetBytes(stateName));

    // Orleans reads the big-endian digest as a little-endian number.
    private static int Hash(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReverseEndianness((int)XxHash32.HashToUInt32(bytes));
}
