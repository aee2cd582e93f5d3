using System.Buffers;
using System.Text;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing;

namespace OrleansChat.Protocol.Tests;

/// <summary>Protocol layers that are wrong, and how many bytes or characters the smallest input has that shows it.</summary>
internal static class BrokenProtocol
{
    public static readonly Dictionary<string, (ProtocolSubject Broken, int Size)> Faults = new()
    {
        ["the limit is one too high"] = (new HighLimit(), 2),
        ["a CR that arrives alone stays in the line"] = (new ForgottenReturn(), 2),
        ["a line that is found is kept for the next read"] = (new LateLine(), 1),
        ["a no-break space parts words"] = (new WideSpace(), 11),
        ["a mark is skipped at the start of every line"] = (new MarkedLines(), 10),
        ["invalid UTF-8 is repaired"] = (new Repairing(), 8),
        ["a line is trimmed at its end"] = (new TrimmedLine(), 7),
        ["surrogate pairs are upper case"] = (new UpperCase(), 4),
        ["a reply has one line end"] = (new OneEnd(), 0),
        ["the last user is left out"] = (new FewerUsers(), 0),
        ["one message too many fits"] = (new FullPage(), 0),
        ["one message too few fits"] = (new EmptyPage(), 0),
        ["the writer throws"] = (new Throwing(), 0),
    };

    private sealed class HighLimit : ProtocolSubject
    {
        public override LineReader NewReader(int maxLength) => new(maxLength + 1);
    }

    private sealed class ForgottenReturn : ProtocolSubject
    {
        public override LineStatus Read(LineReader reader, ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
        {
            ReadOnlySequence<byte> before = buffer;
            LineStatus status = base.Read(reader, ref buffer, out line);
            long consumed = before.Length - buffer.Length;
            if (status == LineStatus.Line && consumed == line.Length + 2 && before.Slice(line.Length).FirstSpan.Length == 1)
                line = before.Slice(0, consumed - 1);
            return status;
        }
    }

    private sealed class LateLine : ProtocolSubject
    {
        public override LineStatus Read(LineReader reader, ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
        {
            line = default;
            return buffer.Length == 1 ? LineStatus.Incomplete : base.Read(reader, ref buffer, out line);
        }
    }

    private abstract class BrokenParser : ProtocolSubject
    {
        public override bool TryParse(in ReadOnlySequence<byte> line, out Command? command, out ReplyError error) =>
            CommandTable.TryParse(Break(line.ToArray()), out command, out error);

        protected abstract ReadOnlySpan<byte> Break(byte[] line);
    }

    private sealed class WideSpace : BrokenParser
    {
        protected override ReadOnlySpan<byte> Break(byte[] line) =>
            Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(line).Replace("\xc2\xa0", " ", StringComparison.Ordinal));
    }

    private sealed class MarkedLines : BrokenParser
    {
        protected override ReadOnlySpan<byte> Break(byte[] line) =>
            line.AsSpan().StartsWith((byte[])[0xef, 0xbb, 0xbf]) ? line.AsSpan(3) : line;
    }

    private sealed class Repairing : BrokenParser
    {
        protected override ReadOnlySpan<byte> Break(byte[] line) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
    }

    private sealed class TrimmedLine : BrokenParser
    {
        protected override ReadOnlySpan<byte> Break(byte[] line) => line.AsSpan().TrimEnd((byte)' ');
    }

    private abstract class BrokenWriter : ProtocolSubject
    {
        public override void Write(IBufferWriter<byte> output, ReplyInput reply)
        {
            ArrayBufferWriter<byte> right = new();
            base.Write(right, reply);
            output.Write(Encoding.ASCII.GetBytes(Break(Encoding.ASCII.GetString(right.WrittenSpan))));
        }

        protected abstract string Break(string reply);
    }

    private sealed class UpperCase : BrokenWriter
    {
        protected override string Break(string reply) => reply.Replace("\\ud83d", "\\uD83D", StringComparison.Ordinal);
    }

    private sealed class OneEnd : BrokenWriter
    {
        protected override string Break(string reply) => reply[..^2];
    }

    private sealed class FewerUsers : ProtocolSubject
    {
        public override void Write(IBufferWriter<byte> output, ReplyInput reply) =>
            base.Write(output, reply is { Kind: ReplyKind.Users, Names: [.. var fewer, _] } ? reply with { Names = fewer } : reply);
    }

    private sealed class FullPage : ProtocolSubject
    {
        public override int CountThatFit(string ownerName, IEnumerable<InboxEntry> messages, int maxBytes) =>
            Math.Min(messages.Count(), base.CountThatFit(ownerName, messages, maxBytes) + 1);
    }

    private sealed class EmptyPage : ProtocolSubject
    {
        public override int CountThatFit(string ownerName, IEnumerable<InboxEntry> messages, int maxBytes) =>
            Math.Max(Math.Min(1, messages.Count()), base.CountThatFit(ownerName, messages, maxBytes) - 1);
    }

    private sealed class Throwing : ProtocolSubject
    {
        public override void Write(IBufferWriter<byte> output, ReplyInput reply) =>
            base.Write(output, reply.Kind == ReplyKind.Error ? reply with { Error = (ReplyError)(-1) } : reply);
    }
}
