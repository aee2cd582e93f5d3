using System.Buffers;

namespace OrleansChat.Protocol.Line;

/// <summary>What <see cref="LineReader.Read"/> found at the start of the buffer.</summary>
public enum LineStatus
{
    /// <summary>Not a whole line yet: more bytes are needed.</summary>
    Incomplete = 0,

    /// <summary>A whole line.</summary>
    Line = 1,

    /// <summary>A line that is too long: refuse it now. The calls that follow drop its rest.</summary>
    TooLong = 2,
}

/// <summary>
/// Cuts one connection's stream of bytes into lines that end in LF or CR LF, and drops a byte order mark at its very start. Not
/// thread-safe.
/// </summary>
/// <remarks>
/// The buffer of a call begins where the previous call left it: after <see cref="LineStatus.Incomplete"/> advance the pipe to the
/// buffer's start and mark its end as examined. The pipe must be able to hold a line of the greatest length and its end of two bytes.
/// Each byte is examined once, into however many pieces the stream is split.
/// </remarks>
/// <param name="maxLength">The greatest length of a line in bytes, without its end.</param>
public sealed class LineReader(int maxLength = LineReader.MaxLineLength)
{
    /// <summary>The protocol's greatest length of a line in bytes, without its end.</summary>
    public const int MaxLineLength = 65_536;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    private bool _discarding;
    private long _scanned;

    /// <summary>How many bytes of the stream were consumed: the offset at which the remaining buffer begins.</summary>
    public long Position { get; private set; }

    /// <summary>The stream offset at which the last line began, including one that was too long.</summary>
    public long LineStart { get; private set; }

    /// <summary>The stream offset at which the unfinished line begins, or the next one will begin.</summary>
    public long UnfinishedStart => _discarding ? LineStart : Position;

    /// <summary>
    /// Takes the next line from the start of the buffer, and moves that start past what was consumed. Call it until it returns
    /// <see cref="LineStatus.Incomplete"/>.
    /// </summary>
    /// <param name="buffer">The bytes that have arrived and are not consumed yet.</param>
    /// <param name="line">The line without its end, in the buffer's own memory; empty for every other result.</param>
    public LineStatus Read(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (_discarding && !TryDiscard(ref buffer)) return LineStatus.Incomplete;
        if (Position == 0 && !TryPassMark(ref buffer)) return LineStatus.Incomplete;

        // The first byte beyond the limit may be the CR of the end, the second only its LF.
        var window = buffer.Slice(0, Math.Min(buffer.Length, maxLength + 2L));
        var content = UpToLineFeed(window, _scanned, out var ended);
        var endsInReturn = EndsInReturn(content);
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

    /// <summary>Skips a byte order mark at the start of the stream; false while it may have arrived only in part.</summary>
    private bool TryPassMark(ref ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(buffer.Length, ByteOrderMark.Length)];
        buffer.Slice(0, start.Length).CopyTo(start);
        if (!ByteOrderMark.StartsWith(start)) return true;
        if (start.Length < ByteOrderMark.Length) return false;
        Consume(ref buffer, start.Length);
        return true;
    }

    /// <summary>Drops the rest of a refused line; false if its end has not arrived.</summary>
    private bool TryDiscard(ref ReadOnlySequence<byte> buffer)
    {
        var rest = UpToLineFeed(buffer, 0, out var ended);
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
        var end = bytes.Slice(from).PositionOf((byte)'\n');
        found = end is not null;
        return end is { } position ? bytes.Slice(0, position) : bytes;
    }

    private static bool EndsInReturn(in ReadOnlySequence<byte> bytes) =>
        !bytes.IsEmpty && bytes.Slice(bytes.Length - 1).FirstSpan[0] == '\r';
}
