using System.Buffers.Binary;

namespace OrleansChat.Identifiers;

/// <summary>
/// Message ids: UUIDs of version 7, which begin with the time at which they were minted.
/// </summary>
/// <remarks>
/// A unique index refuses a second message with the same id. Read messages are deleted eventually, and their index entries with them.
/// So the database accepts an id only for <see cref="Lifetime"/> after its minting, by its own clock, and deletes no message within 12
/// minutes of its acceptance: together these two rules keep "stored exactly once" true forever.
/// </remarks>
public static class MessageId
{
    /// <summary>How long after its minting an id is accepted. A gateway whose clock is slower by more than this cannot send.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How far the time of an id may be ahead of the database's clock. A gateway whose clock is faster by more than this cannot send.
    /// </summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Mints an id. Its 74 random bits come from the thread's own generator, which the system has seeded: an id is unique, but not
    /// secret. (<see cref="Guid.CreateVersion7()"/> asks the kernel each time, which costs 1 µs per message.)
    /// </summary>
    public static Guid New(DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[16];
        Random.Shared.NextBytes(id[6..]);
        BinaryPrimitives.WriteUInt32BigEndian(id, (uint)(now.ToUnixTimeMilliseconds() >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(id[4..], (ushort)now.ToUnixTimeMilliseconds());
        id[6] = (byte)(id[6] & 0x0F | 0x70);
        id[8] = (byte)(id[8] & 0x3F | 0x80);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>When an id was minted, by the clock of the process that did it.</summary>
    public static DateTimeOffset MintedAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16);
    }
}
