using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace OrleansChat.Storage.Accounts;

/// <summary>
/// What Orleans's AdoNet provider makes of grain states and keys, as far as SQL and the admin commands rely on it: the
/// migrations compute columns from the JSON, and the commands write rows like the provider's.
/// </summary>
/// <remarks>
/// It is private to Orleans's packages, and part of this schema all the same. So a silo compares at start what its provider does
/// with this (<c>StorageFormatCheck</c>), and tests compare the rows that a silo writes.
/// </remarks>
public static class GrainStateFormat
{
    /// <summary>A state as it is stored: JSON in UTF-8.</summary>
    public static byte[] Serialize<TState>(TState state) => JsonSerializer.SerializeToUtf8Bytes(state);

    /// <summary>A state from what is stored.</summary>
    /// <exception cref="JsonException">It is no such state.</exception>
    public static TState Deserialize<TState>(ReadOnlySpan<byte> payload) => JsonSerializer.Deserialize<TState>(payload)!;

    /// <summary>The column <c>grainidhash</c> of a string key: over the key's bytes in reverse.</summary>
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
