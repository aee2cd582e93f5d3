using System.Buffers.Binary;

namespace OrleansChat.Identifiers;

/// <summary>
/// The id of a message: a UUID of version 7, which begins with the time at which it was minted.
/// </summary>
/// <remarks>
/// A unique index refuses a second message of the same id. Messages that were read are deleted in the end, and with
/// them the index entry; so an id is accepted only for <see cref="Lifetime"/> after its minting, by the database's clock,
/// and no message younger than that is ever deleted: together they make "stored once" hold for good.
/// </remarks>
public static class MessageId
{
    /// <summary>How long after its minting an id is accepted. A gateway whose clock is slow by more than that cannot send.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Mints an id. Its 74 random bits come from the thread's own generator, which the system has seeded: an id is unique,
    /// and no secret. (<see cref="Guid.CreateVersion7()"/> asks the kernel each time, at a microsecond a message.)
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
}
