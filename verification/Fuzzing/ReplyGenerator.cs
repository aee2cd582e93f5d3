using System.Runtime.InteropServices;
using System.Text;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>Generates replies with names and texts of everything that UTF-16 and UTF-8 can hold.</summary>
internal sealed class ReplyGenerator(Dice dice)
{
    private const int OneInFullPages = 50_000;
    private static readonly ReplyKind[] Kinds = Enum.GetValues<ReplyKind>();
    private static readonly string[] Senders = ["messi", "hénderson", "a\"b", "", "\U0001f600"];

    /// <summary>Draws a reply.</summary>
    public ReplyInput Draw()
    {
        var spanLength = dice.OneIn(2) ? 4096 : dice.Between(1, 32);
        if (dice.OneIn(OneInFullPages)) return DrawFullPage() with { SpanLength = spanLength };
        // Half of the replies are inboxes, where most can go wrong.
        var kind = dice.OneIn(2) ? ReplyKind.Inbox : dice.Of(Kinds);
        var reply = new ReplyInput(kind)
        {
            Names = kind is ReplyKind.Users
                ? [.. Enumerable.Range(0, dice.OneIn(50) ? dice.Below(200) : dice.Below(6)).Select(_ => DrawText(8))]
                : [DrawText(8)],
            Id = MemoryMarshal.Read<Guid>(MemoryMarshal.AsBytes<ulong>([dice.Next(), dice.Next()])),
            Error = dice.Of(Oracles.NaiveReplies.Errors),
            SpanLength = spanLength,
        };
        if (kind != ReplyKind.Inbox) return reply;
        InboxEntry[] messages = [.. Enumerable.Range(0, dice.OneIn(50) ? dice.Below(60) : dice.Below(5)).Select(_ => DrawMessage())];
        return reply with { Messages = messages, Limit = dice.Below(100 + messages.Sum(message => 120 + (2 * message.Text.Length))) };
    }

    /// <summary>Messages that together are slightly larger than the largest reply.</summary>
    private ReplyInput DrawFullPage()
    {
        List<InboxEntry> messages = [];
        for (var bytes = 0; bytes < InboxReply.MaxBytes;)
        {
            var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(dice.Of(Vocabulary.Texts), dice.Between(1, 4000))));
            messages.Add(new(dice.Of(Senders), DrawText(4), text));
            bytes += 60 + text.Length;
        }

        return new(ReplyKind.Inbox) { Names = [DrawText(8)], Messages = [.. messages] };
    }

    private InboxEntry DrawMessage() => new(dice.OneIn(20) ? DrawText(3) : dice.Of(Senders), DrawText(4), DrawBytes());

    private byte[] DrawBytes()
    {
        var bytes = Encoding.UTF8.GetBytes(DrawText(16));
        if (dice.OneIn(100) && bytes.Length > 0) bytes[dice.Below(bytes.Length)] = (byte)dice.Next();
        return bytes;
    }

    private string DrawText(int maxPieces)
    {
        // A text of more than 128 units is encoded in other memory, which must be large enough for the longest encoding.
        if (dice.OneIn(50)) return string.Concat(Enumerable.Repeat(dice.Of(Vocabulary.Texts), 140))[..dice.Between(124, 132)];
        var pieces = dice.OneIn(20) ? dice.Between(20, 200) : dice.Between(0, maxPieces);
        StringBuilder text = new();
        for (; pieces > 0; pieces--)
        {
            if (!dice.OneIn(8)) text.Append(dice.Of(Vocabulary.Texts));
            else text.Append((char)(dice.OneIn(4) ? dice.Below(0x1_0000) : dice.Below(0x100)));
        }

        return text.ToString();
    }
}
