using System.Globalization;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>The forms of names and numbers.</summary>
internal static class Formats
{
    private const int MaxEpochLength = 64, MaxKeyLength = 64;

    /// <summary>What stands before a user's name where rooms have names too.</summary>
    public const char OfUser = '@';

    /// <summary>A log as clients name it.</summary>
    public static string ShowLog(long log) => log.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads the name of a log; null for a text that names none.</summary>
    public static long? ReadLog(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var log) && log > 0 && ShowLog(log) == text ? log : null;

    /// <summary>The conversation with a peer: a user, or a room, which has its mark already.</summary>
    public static string ShowConversation(string peer) => peer is [RoomName.Mark, ..] ? peer : OfUser + peer;

    /// <summary>Reads the peer of a conversation: a user's name, or a room's with its mark; null for a name that is not valid.</summary>
    /// <exception cref="RequestException">It is neither a user's nor a room's.</exception>
    public static string? ReadPeer(string conversation)
    {
        if (conversation is not [OfUser or RoomName.Mark, _, ..])
            throw RequestException.Bad("A conversation is '@' and a user's name, or '#' and a room's.");
        if (conversation[0] == RoomName.Mark) return RoomName.TryParse(conversation, out _) ? conversation : null;
        return UserName.IsValid(conversation.AsSpan(1)) ? conversation[1..] : null;
    }

    /// <summary>Reads a time as RFC 3339 has it: it says where it holds, so that it means the same to every server.</summary>
    /// <exception cref="RequestException">It is not one.</exception>
    public static DateTimeOffset ReadTime(string text, string name) =>
        text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _]
        && DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw RequestException.Bad($"'{name}' is a time such as 2026-12-31T23:59:59Z.");

    /// <summary>Whether a text can be an epoch.</summary>
    public static bool IsEpoch(string text) => text.Length is > 0 and <= MaxEpochLength && IsPrintable(text);

    /// <summary>Reads an idempotency key, with quotes around it or without; with one quote it is perhaps what is left of another.</summary>
    /// <exception cref="RequestException">It is not valid.</exception>
    public static string ReadKey(string header)
    {
        var key = header;
        if (key is ['"', ..] or [.., '"']) key = key is ['"', .., '"'] and { Length: > 1 } ? Unquote(key[1..^1]) : "";
        return key.Length is > 0 and <= MaxKeyLength && IsPrintable(key)
            ? key
            : throw RequestException.Bad("An Idempotency-Key has 1 to 64 printable ASCII characters without space.");
    }

    // As a string of structured fields (RFC 9651): a backslash stands before a quote and before another backslash.
    private static string Unquote(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text.Contains('"', StringComparison.Ordinal) ? "" : text;
        var unquoted = new System.Text.StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' || (text[i] == '\\' && (++i == text.Length || text[i] is not ('"' or '\\')))) return "";
            unquoted.Append(text[i]);
        }
        return unquoted.ToString();
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
