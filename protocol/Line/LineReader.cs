using System.Buffers;

namespace OrleansChat.Protocol.Line;

/// <summary>What <see cref="LineReader.Read"/> found at the start of the buffer.</summary>
public enum LineStatus
{
    /// <summary>No line yet: more bytes are needed.</summary>
    Incomplete = 0,

    /// <summary>A line.</summary>
    Line = 1,

    /// <summary>A line that is too long: to be refused now. Its rest is dropped by the calls that follow.</summary>
    TooLong = 2,
}

/// <summary>
/// Cuts one connection's stream of bytes into lines that end in LF or CR LF; a byte order mark at its very start belongs to
/// none of them. Not thread-safe.
/// </summary>
/// <remarks>
/// The buffer of a call begins where the call before left it: after <see cref="LineStatus.Incomplete"/> advance the pipe
/// to the buffer's start and mark its end as examined. The pipe must be willing to hold a line of the greatest length and
/// its end, two bytes more. Each byte is looked at once, however the stream arrives in pieces.
/// </remarks>
/// <param name="maxLength">The greatest length of a line in bytes, its end not counted.</param>
public sealed class LineReader(int maxLength = LineReader.MaxLineLength)
{
    /// <summary>The protocol's greatest length of a line in bytes, its end not counted.</summary>
    public const int MaxLineLength = 65_536;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    private bool _discarding;
    private long _scanned;

    /// <summary>How many bytes of the stream were consumed: the offset at which the remaining buffer begins.</summary>
    public long Position { get; private set; }

    /// <summary>The stream offset at which the last line, or the last that was too long, began.</summary>
    public long LineStart { get; private set; }

    /// <summary>The stream offset at which the line begins, or will, whose end has not been read.</summary>
    public long UnfinishedStart => _discarding ? LineStart : Position;

    /// <summary>
    /// Takes the next line from the start of the buffer, which is moved behind what was consumed.
    /// Call it until it answers <see cref="LineStatus.Incomplete"/>.
    /// </summary>
    /// <param name="buffer">The bytes that have arrived and were not consumed yet.</param>
    /// <param name="line">The line without its end, in the buffer's own memory; empty for every other answer.</param>
    public LineStatus Read(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (_discarding && !TryDiscard(ref buffer))
            return LineStatus.Incomplete;
        if (Position == 0 && !TryPassMark(ref buffer))
            return LineStatus.Incomplete;

        // One byte beyond the limit may be the CR of the end, two beyond it only the LF.
        ReadOnlySequence<byte> window = buffer.Slice(0, Math.Min(buffer.Length, maxLength + 2L));
        ReadOnlySequence<byte> content = UpToLineFeed(window, _scanned, out bool ended);
        bool endsInReturn = EndsInReturn(content);
        if (content.Length > maxLength + (endsInReturn ? 1 : 0))
        {
            LineStart = Position;
            Consume(ref buffer, maxLength + 1L);
            _discarding = true;
            return LineStatus.TooLong;
        }

        if (!ended)
        {
            _scanned = window.Length;
            return LineStatus.Incomplete;
        }

        line = endsInReturn ? content.Slice(0, content.Length - 1) : content;
        LineStart = Position;
        Consume(ref buffer, content.Length + 1);
        return LineStatus.Line;
    }

    /// <summary>Passes over a mark at the start of the stream; false while it may be one that has not arrived whole.</summary>
    private bool TryPassMark(ref ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(buffer.Length, ByteOrderMark.Length)];
        buffer.Slice(0, start.Length).CopyTo(start);
        if (!ByteOrderMark.StartsWith(start))
            return true;
        if (start.Length < ByteOrderMark.Length)
            return false;
        Consume(ref buffer, start.Length);
        return true;
    }

    /// <summary>Drops the rest of a refused line; false when its end has not arrived.</summary>
    private bool TryDiscard(ref ReadOnlySequence<byte> buffer)
    {
        ReadOnlySequence<byte> rest = UpToLineFeed(buffer, 0, out bool ended);
        Consume(ref buffer, rest.Length + (ended ? 1 : 0));
        _discarding = !ended;
        return ended;
    }

    private void Consume(ref ReadOnlySequence<byte> buffer, long count)
    {
        buffer = buffer.Slice(count);
        Position += count;
        _scanned = 0;
    }

    private static ReadOnlySequence<byte> UpToLineFeed(in ReadOnlySequence<byte> bytes, long from, out bool found)
    {
        SequencePosition? end = bytes.Slice(from).PositionOf((byte)'\n');
        found = end is not null;
        return end is { } position ? bytes.Slice(0, position) : bytes;
    }

    private static bool EndsInReturn(in ReadOnlySequence<byte> bytes) =>
        !bytes.IsEmpty && bytes.Slice(bytes.Length - 1).FirstSpan[0] == '\r';
}
