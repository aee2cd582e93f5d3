using System.Buffers;

namespace OrleansChat.Protocol.Line;

/// <summary>
/// Writes replies: each is one JSON object on one line, followed by CR LF CR LF. <see cref="InboxReply"/> writes the longest one.
/// </summary>
public static class ReplyWriter
{
    private static ReadOnlySpan<byte> Separator => ", "u8;

    /// <summary>Writes that a login succeeded, with its token.</summary>
    public static void WriteLoggedIn(IBufferWriter<byte> output, string token)
    {
        output.Write("""{"status": "OK", "tokenid": """u8);
        WriteString(output, token);
        output.Write("}\r\n\r\n"u8);
    }

    /// <summary>Writes that a message was stored durably.</summary>
    public static void WriteSent(IBufferWriter<byte> output) =>
        output.Write("{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n"u8);

    /// <summary>Writes the receipt of a repeatable send.</summary>
    /// <param name="output">The buffer that takes the reply.</param>
    /// <param name="id">The id of the message that the sender's ID is bound to.</param>
    /// <param name="durability">What the service waited for: <c>flushed</c>, <c>replicated</c> or <c>written</c>.</param>
    public static void WriteReceipt(IBufferWriter<byte> output, Guid id, string durability)
    {
        output.Write("""{"status": "OK", "message": "Message Sent", "id": """u8);
        WriteString(output, id.ToString());
        output.Write(""", "durability": """u8);
        WriteString(output, durability);
        output.Write("}\r\n\r\n"u8);
    }

    /// <summary>Writes the users who are online, in the given order.</summary>
    public static void WriteUsers(IBufferWriter<byte> output, IEnumerable<string> users)
    {
        output.Write("""{"status": "OK", "user": ["""u8);
        var first = true;
        foreach (var user in users)
        {
            if (!first) output.Write(Separator);
            first = false;
            WriteString(output, user);
        }
        output.Write("]}\r\n\r\n"u8);
    }

    /// <summary>Writes that a session of the user has ended.</summary>
    public static void WriteLoggedOut(IBufferWriter<byte> output, string user)
    {
        output.Write("""{"status": "OK", "messages": "User """u8);
        JsonText.Write(output, user);
        output.Write(" berhasil Logout\"}\r\n\r\n"u8);
    }

    /// <summary>Writes why the request was refused.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of the enumeration.</exception>
    public static void WriteError(IBufferWriter<byte> output, ReplyError error)
    {
        var text = ReplyErrors.TextOf(error);
        output.Write("{\"status\": \"ERROR\", \"message\": \""u8);
        output.Write(text);
        output.Write("\"}\r\n\r\n"u8);
    }

    private static void WriteString(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        JsonText.Write(output, text);
        output.Write("\""u8);
    }
}
