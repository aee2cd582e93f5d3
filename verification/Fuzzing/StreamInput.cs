using System.Buffers;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>A stream of request lines, and how it is cut into segments and buffers, which must make no difference.</summary>
/// <param name="Bytes">The stream.</param>
/// <param name="MaxLength">The maximum length of a line in bytes.</param>
/// <param name="Borders">The offsets where memory segments end, ascending; a repeated one makes an empty segment.</param>
/// <param name="Arrivals">How many bytes have arrived at each read, ascending; the last is the length of the stream.</param>
internal sealed record StreamInput(byte[] Bytes, int MaxLength, int[] Borders, int[] Arrivals) : IFuzzInput
{
    public string? Check(ProtocolSubject subject, FuzzCounts counts)
    {
        counts.Streams++;
        counts.StreamBytes += Bytes.Length;
        counts.Buffers += Arrivals.Length;
        var expected = NaiveLines.Of(Bytes, MaxLength);
        var mark = NaiveLines.MarkLength(Bytes);
        var stream = Segments.Of(Bytes, Borders);
        var reader = subject.NewReader(MaxLength);
        var (found, consumed) = (0, 0L);
        foreach (var arrived in Arrivals)
        {
            var buffer = stream.Slice(consumed, arrived - consumed);
            LineStatus status;
            while ((status = subject.Read(reader, ref buffer, out var line)) != LineStatus.Incomplete)
            {
                if (found == expected.Count || expected[found].Certain > arrived)
                    return $"{status} with {arrived} bytes arrived, but nothing was expected";
                var next = expected[found++];
                if ((status, reader.LineStart) != (next.Status, next.Start))
                    return $"{status} at {reader.LineStart}, expected {next.Status} at {next.Start}";
                if (CheckLine(subject, next, line, counts) is { } difference) return $"the line at {next.Start}: {difference}";
                if (reader.Position != arrived - buffer.Length)
                    return $"position {reader.Position}, but {arrived - buffer.Length} bytes were consumed";
            }

            if (found < expected.Count && expected[found].Certain <= arrived)
                return $"{expected[found].Status} at {expected[found].Start} was not found with {arrived} bytes arrived";
            consumed = arrived - buffer.Length;
            var passed = found > 0 ? Math.Min(expected[found - 1].End, arrived) : arrived < mark ? 0 : mark;
            if (consumed != passed || reader.Position != passed)
                return $"{consumed} bytes were consumed (position {reader.Position}) of {arrived}, expected {passed}";
        }

        return null;
    }

    public IEnumerable<IFuzzInput> Smaller()
    {
        foreach (var range in Cutting.Ranges(Bytes.Length))
        {
            StreamInput shorter = new(Cutting.Without(Bytes, range), MaxLength, Moved(Borders, range), Moved(Arrivals, range));
            yield return shorter;
            // An input that is exactly at the limit stays at the limit.
            if (range.Count <= MaxLength) yield return shorter with { MaxLength = MaxLength - range.Count };
        }

        foreach (var fewer in Cutting.Shorter(Borders)) yield return this with { Borders = fewer };
        foreach (var fewer in Cutting.Shorter(Arrivals[..^1])) yield return this with { Arrivals = [.. fewer, Bytes.Length] };
        if (MaxLength > 0) yield return this with { MaxLength = MaxLength / 2 };
        if (MaxLength > 1) yield return this with { MaxLength = MaxLength - 1 };
    }

    public override string ToString() =>
        $"stream {EscapedText.Of(Bytes)}\nlines of at most {MaxLength} bytes; "
            + $"segments end at [{string.Join(", ", Borders)}]; arrived [{string.Join(", ", Arrivals)}]";

    private string? CheckLine(ProtocolSubject subject, in LineEvent expected, in ReadOnlySequence<byte> line, FuzzCounts counts)
    {
        if (expected.Status == LineStatus.TooLong)
        {
            counts.Refusals[(int)ReplyError.LineTooLong]++;
            return line.IsEmpty ? null : "it is too long, but not empty";
        }

        var content = Bytes.AsSpan(expected.Start, expected.Length);
        if (!IsSame(line, content)) return $"read as {EscapedText.Of(line.ToArray())}";
        var meant = NaiveParser.Parse(content);
        var parsed = subject.TryParse(line, out var command, out var error);
        if (Request.Of(parsed, command, error) is var understood && understood != meant)
            return $"understood as {understood}, expected {meant}";
        if (meant.Kind is { } kind) counts.Commands[(int)kind]++;
        else counts.Refusals[(int)error]++;
        return null;
    }

    private static bool IsSame(in ReadOnlySequence<byte> line, ReadOnlySpan<byte> content)
    {
        if (line.Length != content.Length) return false;
        foreach (var segment in line)
        {
            if (!content.StartsWith(segment.Span)) return false;
            content = content[segment.Length..];
        }

        return true;
    }

    private static int[] Moved(int[] positions, (int From, int Count) cut) =>
        Array.ConvertAll(positions, at => at <= cut.From ? at : Math.Max(cut.From, at - cut.Count));
}
