using System.Globalization;
using System.Text;

namespace OrleansChat.Storage.Accounts;

/// <summary>The rules for display names: each is visible, and none affects the text around it.</summary>
internal static class DisplayName
{
    /// <summary>The greatest length, in bytes of UTF-8.</summary>
    public const int MaxBytes = 128;

    // The controls that close an embedding or override, and an isolate (UAX #9).
    private const int PopEmbedding = 0x202C, PopIsolate = 0x2069;

    /// <summary>
    /// Whether a text is a valid display name: well-formed Unicode of at most <see cref="MaxBytes"/>, with a visible character,
    /// without white space around it, without control characters, line separators or a byte order mark, and with every control
    /// of direction closed by its counterpart.
    /// </summary>
    public static bool IsValid(string name) =>
        name.Trim().Length == name.Length && Encoding.UTF8.GetByteCount(name) <= MaxBytes
        && name.EnumerateRunes().All(IsAllowed) && name.EnumerateRunes().Any(IsVisible) && IsDirectionClosed(name);

    private static bool IsAllowed(Rune rune) =>
        rune != Rune.ReplacementChar && rune.Value != 0xFEFF
        && (rune.Value & 0xFFFE) != 0xFFFE && rune.Value is not (>= 0xFDD0 and <= 0xFDEF)
        && Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    // Blank letters, such as the Hangul fillers, are among those that Unicode lets a program ignore; the blank braille pattern is not.
    // A combining mark needs a base. An unassigned character counts as visible: it may be a newer emoji.
    private static bool IsVisible(Rune rune) =>
        rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x2065)
        && rune.Value is not ((>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF))
        && Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark);

    private static bool IsDirectionClosed(string name)
    {
        var open = new Stack<int>();
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is 0x202A or 0x202B or 0x202D or 0x202E)
                open.Push(PopEmbedding);
            else if (rune.Value is >= 0x2066 and <= 0x2068)
                open.Push(PopIsolate);
            else if (rune.Value is PopEmbedding or PopIsolate && (!open.TryPop(out var closing) || closing != rune.Value))
                return false;
        }
        return open.Count == 0;
    }
}
