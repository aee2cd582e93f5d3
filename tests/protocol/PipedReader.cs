using System.Buffers;
using System.Text;

namespace OrleansChat.Protocol.Tests;

/// <summary>Something that a line reader found, and where its line began. The content is shown as Latin-1.</summary>
internal readonly record struct LineEvent(LineStatus Status, long Start, string Content);

/// <summary>A line reader behind a pipe: pieces arrive, each in a segment of its own, and what was not consumed stays.</summary>
internal sealed class PipedReader(int maxLength)
{
    private readonly LineReader _reader = new(maxLength);
    private byte[] _left = [];
    private long _arrived;

    public List<LineEvent> Events { get; } = [];

    public void Arrive(ReadOnlySpan<byte> piece)
    {
        ReadOnlySequence<byte> buffer = Segments.Of([_left, ReadOnlyMemory<byte>.Empty, piece.ToArray()]);
        _arrived += piece.Length;
        LineStatus status;
        while ((status = _reader.Read(ref buffer, out ReadOnlySequence<byte> line)) != LineStatus.Incomplete)
        {
            Events.Add(new(status, _reader.LineStart, Encoding.Latin1.GetString(line.ToArray())));
            Assert.Equal(_arrived - buffer.Length, _reader.Position);
        }

        Assert.Equal(_arrived - buffer.Length, _reader.Position);
        _left = buffer.ToArray();
    }

    /// <summary>What must have been found once these bytes have arrived, by cutting them at once and without any memory.</summary>
    public static List<LineEvent> Expected(byte[] stream, int maxLength)
    {
        List<LineEvent> events = [];
        string[] pieces = Encoding.Latin1.GetString(stream).Split('\n');
        long start = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            bool ended = i < pieces.Length - 1;
            string content = pieces[i].EndsWith('\r') ? pieces[i][..^1] : pieces[i];
            if (content.Length > maxLength)
                events.Add(new(LineStatus.TooLong, start, ""));
            else if (ended)
                events.Add(new(LineStatus.Line, start, content));
            start += pieces[i].Length + 1;
        }

        return events;
    }
}
