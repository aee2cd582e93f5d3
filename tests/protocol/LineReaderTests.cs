using System.Buffers;
using System.Text;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Protocol.Tests;

public class LineReaderTests
{
    private const int Max = LineReader.MaxLineLength;

    [Fact]
    public void Every_short_stream_gives_the_same_lines_at_every_split_and_never_later_than_certain()
    {
        foreach (byte[] stream in StreamsUpTo(7))
        {
            for (int cuts = 0; cuts < 1 << (stream.Length - 1); cuts++)
            {
                int[] positions = [.. Enumerable.Range(1, stream.Length - 1).Where(at => (cuts >> (at - 1) & 1) == 1)];
                Streams.AssertRead(
                    new(stream, MaxLength: 2, Borders: [.. positions.SelectMany(at => new[] { at, at })], [.. positions, stream.Length]));
            }
        }
    }

    [Theory]
    [InlineData(Max, "\n", LineStatus.Line)]
    [InlineData(Max, "\r\n", LineStatus.Line)]
    [InlineData(Max, "\r", LineStatus.Incomplete)]
    [InlineData(Max, "", LineStatus.Incomplete)]
    [InlineData(Max, "\rx", LineStatus.TooLong)]
    [InlineData(Max, "\r\r", LineStatus.TooLong)]
    [InlineData(Max, "\r\r\n", LineStatus.TooLong)]
    [InlineData(Max, "x", LineStatus.TooLong)]
    [InlineData(Max, "x\n", LineStatus.TooLong)]
    [InlineData(Max, "x\r\n", LineStatus.TooLong)]
    [InlineData(Max - 1, "\r\r\n", LineStatus.Line)]
    [InlineData(4 * Max, "", LineStatus.TooLong)]
    public void The_limit_counts_the_line_without_its_end(int length, string behind, LineStatus expected)
    {
        ReadOnlySequence<byte> buffer = new(Encoding.Latin1.GetBytes(new string('x', length) + behind));
        Assert.Equal(expected, new LineReader().Read(ref buffer, out ReadOnlySequence<byte> line));
        if (expected == LineStatus.Line)
            Assert.Equal(length + behind.TrimEnd('\n').Length - (behind.EndsWith("\r\n", StringComparison.Ordinal) ? 1 : 0), line.Length);
    }

    [Fact]
    public void The_longest_line_is_read_byte_by_byte_and_the_next_too()
    {
        LineReader reader = new();
        byte[] stream = Encoding.Latin1.GetBytes(new string('x', Max) + "\r\nnext\n");
        int consumed = 0;
        List<(LineStatus, long)> found = [];
        for (int arrived = 1; arrived <= stream.Length; arrived++)
        {
            ReadOnlySequence<byte> buffer = new(stream, consumed, arrived - consumed);
            LineStatus status = reader.Read(ref buffer, out _);
            consumed = (int)reader.Position;
            if (status != LineStatus.Incomplete)
                found.Add((status, reader.LineStart));
        }

        Assert.Equal([(LineStatus.Line, 0L), (LineStatus.Line, Max + 2L)], found);
    }

    [Fact]
    public void A_line_that_is_too_long_is_refused_once_and_the_next_one_is_read()
    {
        byte[] stream = [.. new byte[1_000_000], .. "\r\ninbox\n"u8];
        Assert.Equal(
            [new LineEvent(LineStatus.TooLong, 0, 1_000_000, Max + 1, 1_000_002),
             new LineEvent(LineStatus.Line, 1_000_002, 5, 1_000_008, 1_000_008)],
            NaiveLines.Of(stream, Max));
        Streams.AssertRead(new(stream, Max, Borders: [], [.. Enumerable.Range(1, 10).Select(i => 100_000 * i), stream.Length]));
    }

    [Fact]
    public void Bytes_that_were_scanned_are_not_looked_at_again()
    {
        LineReader reader = new();
        ReadOnlySequence<byte> first = new("abc"u8.ToArray());
        Assert.Equal(LineStatus.Incomplete, reader.Read(ref first, out _));

        // No pipe changes what it has shown: only a reader that scans again would notice.
        ReadOnlySequence<byte> changed = new("\n\n\nd\n"u8.ToArray());
        Assert.Equal(LineStatus.Line, reader.Read(ref changed, out ReadOnlySequence<byte> line));
        Assert.Equal("\n\n\nd"u8, line.ToArray());
    }

    [Fact]
    public void A_flood_without_an_end_is_never_kept()
    {
        LineReader reader = new();
        ReadOnlySequence<byte> buffer = new(new byte[10 * Max]);
        Assert.Equal(LineStatus.TooLong, reader.Read(ref buffer, out _));
        Assert.Equal(LineStatus.Incomplete, reader.Read(ref buffer, out _));
        Assert.True(buffer.IsEmpty);
        Assert.Equal(10 * Max, reader.Position);
    }

    private static IEnumerable<byte[]> StreamsUpTo(int length)
    {
        List<byte[]> streams = [[]];
        for (int i = 0; i < length; i++)
        {
            streams = [.. streams.SelectMany(stream => "a\r\n"u8.ToArray().Select(next => (byte[])[.. stream, next]))];
            foreach (byte[] stream in streams)
                yield return stream;
        }
    }
}
