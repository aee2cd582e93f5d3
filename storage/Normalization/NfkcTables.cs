using System.Globalization;

namespace OrleansChat.Storage.Normalization;

/// <summary>
/// The tables of <see cref="Nfkc"/>, read once from <c>nfkc.txt</c>, which <c>make-tables.py</c> beside it makes and describes.
/// </summary>
internal static class NfkcTables
{
    private static readonly Dictionary<int, byte> _classes = [];

    static NfkcTables()
    {
        using var stream = typeof(NfkcTables).Assembly.GetManifestResourceStream("nfkc.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "ccc") AddClass(byte.Parse(words[1], CultureInfo.InvariantCulture), words[2..]);
            else if (words[0] == "pair") Pairs.Add((Code(words[1]), Code(words[2])), Code(words[3]));
            else if (words[0] == "full") Full.Add(Code(words[1]), [.. words[2..].Select(Code)]);
        }
    }

    /// <summary>The full decomposition of each character that has one.</summary>
    public static Dictionary<int, int[]> Full { get; } = [];

    /// <summary>The pairs of characters that compose into one.</summary>
    public static Dictionary<(int First, int Second), int> Pairs { get; } = [];

    /// <summary>The canonical combining class of a mark; 0 for other characters.</summary>
    public static byte ClassOf(int code) => _classes.GetValueOrDefault(code);

    private static void AddClass(byte combining, string[] ranges)
    {
        foreach (var range in ranges)
        {
            var ends = range.Split('-');
            for (var code = Code(ends[0]); code <= Code(ends[1]); code++) _classes.Add(code, combining);
        }
    }

    private static int Code(string word) => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
