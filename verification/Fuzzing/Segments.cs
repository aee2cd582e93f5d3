using System.Buffers;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>Sequences of several segments, as a pipe returns them.</summary>
internal static class Segments
{
    /// <summary>
    /// The bytes in segments that end at the borders and at the end; a border that occurs twice is followed by an empty segment.
    /// </summary>
    public static ReadOnlySequence<byte> Of(byte[] bytes, ReadOnlySpan<int> borders)
    {
        if (borders.IsEmpty) return new(bytes);
        Segment? first = null, last = null;
        var from = 0;
        foreach (var to in borders)
        {
            last = new(bytes.AsMemory(from, to - from), last);
            first ??= last;
            from = to;
        }

        last = new(bytes.AsMemory(from), last);
        return new(first!, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
