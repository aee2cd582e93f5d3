using System.Text;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Verification.Fuzzing.Oracles;

/// <summary>What each reply must say, as a value for <see cref="NaiveJson"/>.</summary>
internal static class NaiveReplies
{
    // The separator between a message's own pair and the next one.
    private const int Separator = 2;

    /// <summary>The errors that the oracle knows; add new ones here and below.</summary>
    public static readonly ReplyError[] Errors =
        [ReplyError.NoSuchUser, ReplyError.WrongPassword, ReplyError.NoRecipient,
         ReplyError.NoSession, ReplyError.MissingArguments, ReplyError.NotACommand,
         ReplyError.LineTooLong, ReplyError.TooManyAttempts, ReplyError.MailboxFull, ReplyError.Unavailable,
         ReplyError.IdUsed];

    /// <summary>The value of a reply.</summary>
    public static object Of(ReplyInput reply) => reply.Kind switch
    {
        ReplyKind.LoggedIn => Ok(("tokenid", WellFormed(reply.Names[0]))),
        ReplyKind.Sent => Ok(("message", "Message Sent")),
        ReplyKind.Receipt => Ok(("message", "Message Sent"), ("id", reply.Id.ToString("D")), ("durability", WellFormed(reply.Names[0]))),
        ReplyKind.Users => Ok(("user", Array.ConvertAll<string, object>(reply.Names, WellFormed))),
        ReplyKind.LoggedOut => Ok(("messages", $"User {WellFormed(reply.Names[0])} berhasil Logout")),
        ReplyKind.Error => NaiveJson.Object(("status", "ERROR"), ("message", TextOf(reply.Error))),
        _ => Ok(("messages", Senders(reply))),
    };

    /// <summary>The size of a reply in bytes.</summary>
    public static int SizeOf(ReplyInput reply) => NaiveJson.Dumps(Of(reply)).Length + "\r\n\r\n".Length;

    /// <summary>
    /// The size in bytes of the reply to an inbox, if each message were in a group of its own, with a separator each.
    /// </summary>
    public static int CountedSizeOf(ReplyInput inbox)
    {
        var pairs = Array.ConvertAll(inbox.Messages, message => (WellFormed(message.Sender), (object)new[] { Message(inbox, message) }));
        return NaiveJson.Dumps(Ok(("messages", NaiveJson.Object(pairs)))).Length + Separator + "\r\n\r\n".Length;
    }

    private static KeyValuePair<string, object>[] Ok(params (string Key, object Value)[] members) =>
        NaiveJson.Object([("status", "OK"), .. members]);

    private static KeyValuePair<string, object>[] Senders(ReplyInput reply)
    {
        List<string> senders = [];
        foreach (var message in reply.Messages)
        {
            if (!senders.Contains(message.Sender)) senders.Add(message.Sender);
        }

        return NaiveJson.Object([.. senders.Select(sender => (WellFormed(sender),
            (object)reply.Messages.Where(message => message.Sender == sender).Select(message => Message(reply, message)).ToArray()))]);
    }

    private static KeyValuePair<string, object>[] Message(ReplyInput reply, in InboxEntry message) => NaiveJson.Object(
        ("msg_from", WellFormed(message.SenderName)),
        ("msg_to", WellFormed(reply.Names[0])),
        ("msg", NaiveUtf8.Decode(message.Text.Span) ?? Encoding.UTF8.GetString(message.Text.Span)));

    /// <summary>Half of a surrogate pair has no UTF-8, and becomes U+FFFD.</summary>
    private static string WellFormed(string text)
    {
        var units = text.ToCharArray();
        for (var i = 0; i < units.Length; i++)
        {
            if (!char.IsSurrogate(units[i])) continue;
            if (char.IsHighSurrogate(units[i]) && i + 1 < units.Length && char.IsLowSurrogate(units[i + 1])) i++;
            else units[i] = '\ufffd';
        }

        return new string(units);
    }

    private static string TextOf(ReplyError error) => error switch
    {
        ReplyError.NoSuchUser => "User Tidak Ada",
        ReplyError.WrongPassword => "Password Salah",
        ReplyError.NoRecipient => "User Tidak Ditemukan",
        ReplyError.NoSession => "Informasi tidak ditemukan",
        ReplyError.MissingArguments => "--Protocol Tidak Benar",
        ReplyError.NotACommand => "**Protocol Tidak Benar",
        ReplyError.LineTooLong => "Baris Terlalu Panjang",
        ReplyError.TooManyAttempts => "Terlalu Banyak Percobaan",
        ReplyError.MailboxFull => "Kotak Masuk Penuh",
        ReplyError.IdUsed => "ID Sudah Dipakai",
        _ => "Layanan Sedang Tidak Tersedia",
    };
}
