using System.Globalization;

namespace OrleansChat.Storage.Normalization;

/// <summary>
/// The tables of <see cref="Nfkc"/>, read once from <c>nfkc.txt</c>; <c>make-tables.py</c> beside it makes that and describes it.
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

    /// <summary>What a character is made of, as far as it can be taken apart.</summary>
    public static Dictionary<int, int[]> Full { get; } = [];

    /// <summary>Which two characters become one.</summary>
    public static Dictionary<(int First, int Second), int> Pairs { get; } = [];

    /// <summary>A mark's canonical combining class; 0 for what is no mark.</summary>
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
