using System.Globalization;
using System.Text;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>Inputs as text that a terminal can show; if not shortened, the text is also valid in a C# string literal.</summary>
internal static class EscapedText
{
    private const int LongestRun = 40;

    /// <summary>Bytes as text, each as the character of its value.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Of(Encoding.Latin1.GetString(bytes));

    /// <summary>A text; a run of more than 40 equal characters becomes <c>"x" * 65536</c>.</summary>
    public static string Of(string text)
    {
        List<string> parts = [];
        StringBuilder part = new();
        for (var i = 0; i < text.Length;)
        {
            var run = 1;
            while (i + run < text.Length && text[i + run] == text[i]) run++;
            if (run > LongestRun)
            {
                if (part.Length > 0) parts.Add($"\"{part}\"");
                part.Clear();
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"\"{Of(text[i])}\" * {run}"));
            }
            else for (var k = 0; k < run; k++) part.Append(Of(text[i]));

            i += run;
        }

        if (part.Length > 0 || parts.Count == 0) parts.Add($"\"{part}\"");
        return string.Join(" + ", parts);
    }

    private static string Of(char unit) => unit switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\r' => "\\r",
        '\n' => "\\n",
        '\t' => "\\t",
        < ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
        _ => unit.ToString(),
    };
}
