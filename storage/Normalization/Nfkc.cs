using System.Text;

namespace OrleansChat.Storage.Normalization;

/// <summary>
/// Unicode's normalization form KC (UAX #15): texts that look the same but come from different keyboards become the same
/// characters. <see cref="string.Normalize()"/> does not normalize non-ASCII text in these programs, which run without ICU
/// (<c>InvariantGlobalization</c>).
/// </summary>
internal static class Nfkc
{
    // Arithmetic composes Hangul syllables: chapter 3.12 of the Unicode standard.
    private const int Syllables = 0xAC00, SyllableCount = 11_172, Leading = 0x1100, LeadingCount = 19;
    private const int Vowels = 0x1161, VowelCount = 21, Trailing = 0x11A7, TrailingCount = 28;

    /// <summary>Normalizes well-formed text. ASCII text is already normal.</summary>
    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var decomposed = Decompose(text);
        SortMarks(decomposed);
        var composed = new StringBuilder(text.Length);
        foreach (var code in Compose(decomposed)) composed.Append(new Rune(code));
        return composed.ToString();
    }

    private static List<int> Decompose(string text)
    {
        var codes = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var syllable = rune.Value - Syllables;
            if (syllable is >= 0 and < SyllableCount)
            {
                codes.Add(Leading + syllable / (VowelCount * TrailingCount));
                codes.Add(Vowels + syllable / TrailingCount % VowelCount);
                if (syllable % TrailingCount > 0) codes.Add(Trailing + syllable % TrailingCount);
            }
            else if (NfkcTables.Full.TryGetValue(rune.Value, out var parts)) codes.AddRange(parts);
            else codes.Add(rune.Value);
        }
        return codes;
    }

    // Sorts consecutive marks by class, without changing the order within a class.
    private static void SortMarks(List<int> codes)
    {
        for (var i = 1; i < codes.Count; i++)
        {
            var (code, combining) = (codes[i], NfkcTables.ClassOf(codes[i]));
            if (combining == 0) continue;
            var at = i;
            for (; at > 0 && NfkcTables.ClassOf(codes[at - 1]) > combining; at--) codes[at] = codes[at - 1];
            codes[at] = code;
        }
    }

    // A mark composes with the starter before it unless a mark of the same or a greater class is in between.
    private static List<int> Compose(List<int> codes)
    {
        var composed = new List<int>(codes.Count);
        var (starter, between) = (-1, -1);
        foreach (var code in codes)
        {
            var combining = NfkcTables.ClassOf(code);
            if (starter >= 0 && between < combining && Pair(composed[starter], code) is { } pair)
            {
                composed[starter] = pair;
                continue;
            }
            (starter, between) = combining == 0 ? (composed.Count, -1) : (starter, combining);
            composed.Add(code);
        }
        return composed;
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= Leading and < Leading + LeadingCount && second is >= Vowels and < Vowels + VowelCount)
            return Syllables + ((first - Leading) * VowelCount + second - Vowels) * TrailingCount;
        if (first is >= Syllables and < Syllables + SyllableCount && (first - Syllables) % TrailingCount == 0
            && second is > Trailing and < Trailing + TrailingCount)
            return first + second - Trailing;
        return NfkcTables.Pairs.TryGetValue((first, second), out var pair) ? pair : null;
    }
}
