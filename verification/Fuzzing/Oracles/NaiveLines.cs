using OrleansChat.Protocol.Line;

namespace OrleansChat.Verification.Fuzzing.Oracles;

/// <summary>An event in a stream.</summary>
/// <param name="Status">A line, or a line that is too long.</param>
/// <param name="Start">The offset at which the line begins.</param>
/// <param name="Length">The line's length without its end.</param>
/// <param name="Certain">How many bytes of the stream must have arrived before the event is certain and must be found.</param>
/// <param name="End">The offset after the line's end; the end of the stream if the line has no end.</param>
internal readonly record struct LineEvent(LineStatus Status, int Start, int Length, int Certain, int End);

/// <summary>Cuts a whole stream into lines, without keeping any state.</summary>
internal static class NaiveLines
{
    private static readonly byte[] Mark = [0xef, 0xbb, 0xbf];

    /// <summary>The length in bytes of a byte order mark at the start of a stream, which does not belong to a line.</summary>
    public static int MarkLength(byte[] stream) => stream.Take(Mark.Length).SequenceEqual(Mark) ? Mark.Length : 0;

    /// <summary>The events in a stream, in order.</summary>
    public static List<LineEvent> Of(byte[] stream, int maxLength)
    {
        List<LineEvent> events = [];
        // With fewer bytes, the start of the stream may still turn out to be a mark.
        var decided = stream.Zip(Mark).TakeWhile(pair => pair.First == pair.Second).Count() + 1;
        for (var start = MarkLength(stream); start < stream.Length;)
        {
            var feed = Array.IndexOf(stream, (byte)'\n', start);
            var stop = feed < 0 ? stream.Length : feed;
            var end = feed < 0 ? stream.Length : feed + 1;
            var length = stop > start && stream[stop - 1] == '\r' ? stop - start - 1 : stop - start;

            // The first byte beyond the limit decides, unless it may still turn out to be the CR of the end.
            if (length > maxLength)
                events.Add(new(LineStatus.TooLong, start, length,
                    Math.Max(decided, start + maxLength + (stream[start + maxLength] == '\r' ? 2 : 1)), end));
            else if (feed >= 0)
                events.Add(new(LineStatus.Line, start, length, Math.Max(decided, end), end));
            start = end;
        }

        return events;
    }
}
