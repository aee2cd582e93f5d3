using System.Globalization;
using System.Text;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>
/// Texts as they are stored and as this door shows them. The text protocol stores a text with the space before it and the end of its
/// line; here it is what a person wrote.
/// </summary>
internal static class StoredText
{
    /// <summary>The greatest length of a text, in bytes of UTF-8: a line of the text protocol holds it, and what stands before.</summary>
    public const int MaxBytes = 60_000;

    private const byte Before = (byte)' ';

    private static ReadOnlySpan<byte> After => "\r\n"u8;

    /// <summary>What is stored of a text.</summary>
    /// <exception cref="RequestException">It is empty, or too long.</exception>
    public static byte[] Of(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        if (length == 0) throw RequestException.Bad("The text is empty.");
        if (length > MaxBytes) throw new RequestException(ProblemCode.TooLarge, $"The text has {length} bytes; it may have {MaxBytes}.");
        var stored = new byte[1 + length + After.Length];
        stored[0] = Before;
        Encoding.UTF8.GetBytes(text, stored.AsSpan(1));
        After.CopyTo(stored.AsSpan(1 + length));
        return stored;
    }

    /// <summary>What is shown of a stored text.</summary>
    public static string Show(ReadOnlySpan<byte> stored)
    {
        if (stored is [Before, ..]) stored = stored[1..];
        if (stored.EndsWith(After)) stored = stored[..^After.Length];
        return Encoding.UTF8.GetString(stored);
    }

    /// <summary>A time as RFC 3339 has it: in UTC, with milliseconds.</summary>
    public static string Show(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
