using System.Buffers;

namespace OrleansChat.Protocol.Line;

/// <summary>An unread message as a reply shows it.</summary>
/// <param name="Sender">The sender's user name, by which a reply groups its messages.</param>
/// <param name="SenderName">The sender's display name.</param>
/// <param name="Text">Valid UTF-8; may contain NUL.</param>
/// <param name="To">Whom it was sent to, where that is not the reader: a room, which is its sender too.</param>
public readonly record struct InboxEntry(string Sender, string SenderName, ReadOnlyMemory<byte> Text, string? To = null);

/// <summary>Writes the reply to <c>inbox</c>, and decides how many messages fit into one.</summary>
public static class InboxReply
{
    /// <summary>The greatest size of a reply in bytes, unless a single message needs more.</summary>
    public const int MaxBytes = 1 << 20;

    private static ReadOnlySpan<byte> Head => """{"status": "OK", "messages": {"""u8;
    private static ReadOnlySpan<byte> BeforeSender => "\""u8;
    private static ReadOnlySpan<byte> AfterSender => "\": ["u8;
    private static ReadOnlySpan<byte> BeforeFrom => "{\"msg_from\": \""u8;
    private static ReadOnlySpan<byte> BeforeTo => "\", \"msg_to\": \""u8;
    private static ReadOnlySpan<byte> BeforeText => "\", \"msg\": \""u8;
    private static ReadOnlySpan<byte> AfterText => "\"}"u8;
    private static ReadOnlySpan<byte> AfterMessages => "]"u8;
    private static ReadOnlySpan<byte> Tail => "}}\r\n\r\n"u8;
    private static ReadOnlySpan<byte> Separator => ", "u8;

    /// <summary>Writes the reply: senders in the order of their first message, each with its messages in the given order.</summary>
    /// <param name="output">The buffer that takes the reply.</param>
    /// <param name="ownerName">The reader's display name.</param>
    /// <param name="messages">The messages, oldest first.</param>
    public static void Write(IBufferWriter<byte> output, string ownerName, IEnumerable<InboxEntry> messages)
    {
        output.Write(Head);
        var firstSender = true;
        foreach (var sender in messages.GroupBy(message => message.Sender))
        {
            if (!firstSender) output.Write(Separator);
            firstSender = false;
            output.Write(BeforeSender);
            JsonText.Write(output, sender.Key);
            output.Write(AfterSender);
            var firstMessage = true;
            foreach (var message in sender)
            {
                if (!firstMessage) output.Write(Separator);
                firstMessage = false;
                WriteMessage(output, ownerName, message);
            }
            output.Write(AfterMessages);
        }
        output.Write(Tail);
    }

    /// <summary>
    /// How many of the messages, from the oldest on, fit into one reply: at least one, if there is any.
    /// </summary>
    /// <remarks>
    /// It counts each sender's name with every message, as if each message were a group of its own. So a reply with this many messages
    /// is never too long, and a little shorter than it could be if a sender has several.
    /// </remarks>
    public static int CountThatFit(string ownerName, IEnumerable<InboxEntry> messages, int maxBytes = MaxBytes)
    {
        long size = Head.Length + Tail.Length;
        long ownerSize = JsonText.EscapedLength(ownerName);
        long fixedSize = BeforeFrom.Length + BeforeTo.Length + BeforeText.Length + AfterText.Length
            + BeforeSender.Length + AfterSender.Length + AfterMessages.Length + Separator.Length;
        var count = 0;
        foreach (var message in messages)
        {
            size += fixedSize + (message.To is { } to ? JsonText.EscapedLength(to) : ownerSize)
                + JsonText.EscapedLength(message.Sender) + JsonText.EscapedLength(message.SenderName)
                + JsonText.EscapedLength(message.Text.Span);
            if (size > maxBytes && count > 0) break;
            count++;
        }
        return count;
    }

    private static void WriteMessage(IBufferWriter<byte> output, string ownerName, in InboxEntry message)
    {
        output.Write(BeforeFrom);
        JsonText.Write(output, message.SenderName);
        output.Write(BeforeTo);
        JsonText.Write(output, message.To ?? ownerName);
        output.Write(BeforeText);
        JsonText.Write(output, message.Text.Span);
        output.Write(AfterText);
    }
}
