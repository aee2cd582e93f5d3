using System.Buffers;
using System.Text;

namespace OrleansChat.Protocol.Line;

/// <summary>
/// Writes the inside of a JSON string as Python's <c>json.dumps</c> does by default: in ASCII only, with UTF-16 units above ASCII and
/// DEL as <c>\uxxxx</c> in lower case, and with control characters as short escapes where there is one.
/// </summary>
/// <remarks>Old clients decode each chunk of a reply by itself: a raw multi-byte character split between chunks would break them.</remarks>
public static class JsonText
{
    // One code point becomes at most two escapes of six bytes.
    private const int MaxEscape = 12;

    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(value => (byte)value).Where(IsPlain)]);

    /// <summary>Writes UTF-8 and escapes what must be escaped; invalid bytes become U+FFFD.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            var special = utf8.IndexOfAnyExcept(Plain);
            var plain = special < 0 ? utf8.Length : special;
            output.Write(utf8[..plain]);
            utf8 = utf8[plain..];
            if (!utf8.IsEmpty) utf8 = utf8[WriteEscapes(output, utf8)..];
        }
    }

    /// <summary>Writes a string with the same escapes.</summary>
    public static void Write(IBufferWriter<byte> output, string text)
    {
        Span<byte> utf8 = text.Length <= 128 ? stackalloc byte[3 * 128] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        Write(output, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>How many bytes <see cref="Write(IBufferWriter{byte}, ReadOnlySpan{byte})"/> writes; exact for valid UTF-8.</summary>
    public static long EscapedLength(ReadOnlySpan<byte> utf8)
    {
        var special = utf8.IndexOfAnyExcept(Plain);
        if (special < 0) return utf8.Length;

        long length = special;
        foreach (var value in utf8[special..])
        {
            length += value switch
            {
                < 0x80 => IsPlain(value) ? 1 : ShortEscape(value) != 0 ? 2 : 6,
                < 0xC0 => 0, // Follows the first byte of a sequence, which counts for all of it.
                < 0xF0 => 6,
                _ => MaxEscape,
            };
        }
        return length;
    }

    /// <summary>How many bytes <see cref="Write(IBufferWriter{byte}, string)"/> writes.</summary>
    public static long EscapedLength(string text)
    {
        long length = 0;
        foreach (var unit in text)
            length += unit >= 0x80 ? 6 : IsPlain((byte)unit) ? 1 : ShortEscape((byte)unit) != 0 ? 2 : 6;
        return length;
    }

    /// <summary>Writes the escapes of a run of characters that are not plain, as many as fit.</summary>
    /// <returns>How many bytes of the input it took, at least one.</returns>
    private static int WriteEscapes(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8)
    {
        var span = output.GetSpan(MaxEscape);
        var (read, written) = (0, 0);
        do
        {
            Rune.DecodeFromUtf8(utf8[read..], out var rune, out var consumed);
            read += consumed;
            written += WriteEscape(span[written..], rune);
        }
        while (read < utf8.Length && !IsPlain(utf8[read]) && span.Length - written >= MaxEscape);
        output.Advance(written);
        return read;
    }

    private static int WriteEscape(Span<byte> span, Rune rune)
    {
        if (rune.IsAscii && ShortEscape((byte)rune.Value) is not 0 and byte letter)
        {
            span[0] = (byte)'\\';
            span[1] = letter;
            return 2;
        }
        if (rune.IsBmp)
        {
            WriteUnit(span, rune.Value);
            return 6;
        }

        Span<char> pair = stackalloc char[2];
        rune.EncodeToUtf16(pair);
        WriteUnit(span, pair[0]);
        WriteUnit(span[6..], pair[1]);
        return MaxEscape;
    }

    private static void WriteUnit(Span<byte> span, int unit)
    {
        var digits = "0123456789abcdef"u8;
        span[5] = digits[unit & 0xF];
        span[4] = digits[(unit >> 4) & 0xF];
        span[3] = digits[(unit >> 8) & 0xF];
        span[2] = digits[(unit >> 12) & 0xF];
        span[1] = (byte)'u';
        span[0] = (byte)'\\';
    }

    private static bool IsPlain(byte value) => value is >= (byte)' ' and <= (byte)'~' and not (byte)'"' and not (byte)'\\';

    /// <summary>The letter after the backslash, or 0 if there is no short escape.</summary>
    private static byte ShortEscape(byte value) => value switch
    {
        (byte)'"' or (byte)'\\' => value,
        (byte)'\b' => (byte)'b',
        (byte)'\f' => (byte)'f',
        (byte)'\n' => (byte)'n',
        (byte)'\r' => (byte)'r',
        (byte)'\t' => (byte)'t',
        _ => 0,
    };
}
