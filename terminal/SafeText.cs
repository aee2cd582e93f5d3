using System.Globalization;
using System.Text;

namespace OrleansChat.Terminal;

/// <summary>
/// Makes text from others harmless on a terminal: a character that would move the cursor, change colours, reorder the line or stay
/// invisible becomes a <c>\uXXXX</c> escape, which inside JSON means the same character.
/// </summary>
internal static class SafeText
{
    /// <summary>Escapes everything that a terminal would obey; visible text is kept, emoji and their joiners included.</summary>
    public static string ForTerminal(string text) => Escape(text, IsHarmful);

    /// <summary>Escapes everything but printable ASCII: JSON in this form is ASCII, as Python's <c>json.dumps</c> writes it.</summary>
    public static string ForJson(string json) => Escape(json, rune => !rune.IsAscii || Rune.IsControl(rune));

    private static string Escape(string text, Func<Rune, bool> escaped)
    {
        if (!text.EnumerateRunes().Any(escaped))
            return text;

        var safe = new StringBuilder(text.Length + 16);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf16(units);
            if (!escaped(rune))
                safe.Append(units[..length]);
            else
                foreach (var unit in units[..length])
                    safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
        return safe.ToString();
    }

    private static bool IsHarmful(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        // Direction marks and other invisible characters; scripts and emoji need the zero-width joiner and non-joiner.
        UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D),
        _ => false,
    };
}
