using System.Buffers;

namespace OrleansChat.Client.Wire;

/// <summary>Reads a reply up to its end, CR LF CR LF, however the network cut it into pieces.</summary>
internal static class ReplyReader
{
    /// <summary>
    /// The maximum size of a reply in bytes. Servers cut an inbox near 1 MiB; a single message of the longest line, all of it escaped,
    /// adds less than 1 MiB to that.
    /// </summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int ChunkBytes = 16 * 1024;

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>
    /// Reads one reply, which must be everything that the server has sent. Throws <see cref="EndOfStreamException"/> if the stream ends
    /// first, and <see cref="ConnectionBrokenException"/> for anything that is not a reply.
    /// </summary>
    public static async Task<Reply> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var received = new ArrayBufferWriter<byte>(ChunkBytes);
        while (true)
        {
            var count = await stream.ReadAsync(received.GetMemory(ChunkBytes), cancellationToken);
            if (count == 0)
                throw new EndOfStreamException();

            var unseen = Math.Max(0, received.WrittenCount - End.Length + 1);
            received.Advance(count);
            var at = received.WrittenSpan[unseen..].IndexOf(End);
            if (at >= 0 && unseen + at + End.Length == received.WrittenCount)
                return Reply.Parse(received.WrittenSpan[..(unseen + at)]);
            if (at >= 0 || received.WrittenCount > MaxBytes)
                throw new ConnectionBrokenException("The server sent more than one reply can hold.");
        }
    }
}
