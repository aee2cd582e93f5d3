using System.Text;
using System.Text.Json;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>The kinds of replies, one per method that writes them.</summary>
internal enum ReplyKind
{
    LoggedIn,
    Sent,
    Receipt,
    Users,
    LoggedOut,
    Error,
    Inbox,
}

/// <summary>A reply to be written.</summary>
internal sealed record ReplyInput(ReplyKind Kind) : IFuzzInput
{
    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>By <see cref="Kind"/>: the token; the durability; the users; the user who logged out; the inbox's owner.</summary>
    public string[] Names { get; init; } = [];

    /// <summary>The ID of a receipt.</summary>
    public Guid Id { get; init; }

    /// <summary>The error.</summary>
    public ReplyError Error { get; init; }

    /// <summary>The messages of an inbox.</summary>
    public InboxEntry[] Messages { get; init; } = [];

    /// <summary>The maximum size of the reply to an inbox in bytes.</summary>
    public int Limit { get; init; } = InboxReply.MaxBytes;

    /// <summary>How many bytes of memory the output provides at a time, unless asked for more.</summary>
    public int SpanLength { get; init; } = 4096;

    public string? Check(ProtocolSubject subject, FuzzCounts counts)
    {
        ScatteredWriter output = new(SpanLength);
        subject.Write(output, this);
        var written = output.Written;
        counts.Replies[(int)Kind]++;
        counts.ReplyBytes += written.Length;
        var value = NaiveReplies.Of(this);
        if (!IsAscii(written, NaiveJson.Dumps(value) + "\r\n\r\n"))
            return $"written as {EscapedText.Of(written.Span)}, expected {NaiveJson.Dumps(value)}";
        var json = written[..^End.Length];
        if (json.Span.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return "it is not one line of printable ASCII";
        using var document = JsonDocument.Parse(json);
        if (!NaiveJson.IsSame(document.RootElement, value))
            return $"System.Text.Json reads something else from {EscapedText.Of(written.Span)}";
        return Kind == ReplyKind.Inbox ? CheckCount(subject) : null;
    }

    public IEnumerable<IFuzzInput> Smaller()
    {
        foreach (var shorter in Shorter())
        {
            yield return shorter;
            // An input that is exactly at the limit stays at the limit.
            if (Kind == ReplyKind.Inbox
                && NaiveReplies.CountedSizeOf(this) - NaiveReplies.CountedSizeOf(shorter) is > 0 and var by && by <= Limit)
                yield return shorter with { Limit = Limit - by };
        }

        if (Limit > 0) yield return this with { Limit = Limit / 2 };
        if (Limit > 1) yield return this with { Limit = Limit - 1 };
        if (SpanLength != 4096) yield return this with { SpanLength = 4096 };
    }

    public override string ToString()
    {
        StringBuilder shown = new($"reply {Kind}");
        if (Kind == ReplyKind.Receipt) shown.Append($" {Id}");
        if (Kind == ReplyKind.Error) shown.Append($" {Error}");
        foreach (var name in Names) shown.Append($" {EscapedText.Of(name)}");
        foreach (var message in Messages)
            shown.Append(
                $"\n  from {EscapedText.Of(message.Sender)}, {EscapedText.Of(message.SenderName)}: {EscapedText.Of(message.Text.Span)}");
        return shown.Append($"\nat most {Limit} bytes; memory by {SpanLength} bytes").ToString();
    }

    private string? CheckCount(ProtocolSubject subject)
    {
        // Sizes are guaranteed only for valid texts.
        if (Array.Exists(Messages, message => NaiveUtf8.Decode(message.Text.Span) is null)) return null;
        var count = subject.CountThatFit(Names[0], Messages, Limit);
        if (count < Math.Min(1, Messages.Length) || count > Messages.Length) return $"{count} of {Messages.Length} messages fit";
        var size = NaiveReplies.SizeOf(this with { Messages = Messages[..count] });
        if (count > 1 && size > Limit) return $"{count} messages fit, but take {size} bytes";
        if (count < Messages.Length
            && NaiveReplies.CountedSizeOf(this with { Messages = Messages[..(count + 1)] }) is var more && more <= Limit)
            return $"only {count} messages fit, though one more would count as {more} bytes";
        return null;
    }

    private IEnumerable<ReplyInput> Shorter()
    {
        foreach (var fewer in Cutting.Shorter(Messages)) yield return this with { Messages = fewer };
        if (Kind == ReplyKind.Users) foreach (var fewer in Cutting.Shorter(Names)) yield return this with { Names = fewer };
        for (var i = 0; i < Names.Length; i++)
        {
            foreach (var shorter in Cutting.Shorter(Names[i])) yield return this with { Names = Cutting.With(Names, i, shorter) };
        }

        for (var i = 0; i < Messages.Length; i++)
        {
            var message = Messages[i];
            foreach (var shorter in Cutting.Shorter(message.Sender)) yield return With(i, message with { Sender = shorter });
            foreach (var shorter in Cutting.Shorter(message.SenderName)) yield return With(i, message with { SenderName = shorter });
            foreach (var shorter in Cutting.Shorter(message.Text.ToArray())) yield return With(i, message with { Text = shorter });
        }
    }

    private ReplyInput With(int index, InboxEntry message) => this with { Messages = Cutting.With(Messages, index, message) };

    private static bool IsAscii(ReadOnlyMemory<byte> written, string expected)
    {
        if (written.Length != expected.Length) return false;
        var bytes = written.Span;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != expected[i]) return false;
        }

        return true;
    }
}
