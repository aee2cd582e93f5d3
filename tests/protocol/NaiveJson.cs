using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansChat.Protocol.Tests;

/// <summary>Python's <c>json.dumps</c> with its defaults, slowly: an oracle for the replies.</summary>
internal static class NaiveJson
{
    public static string Dumps(object value) => value switch
    {
        string text => $"\"{Escape(text)}\"",
        IReadOnlyList<KeyValuePair<string, object>> pairs =>
            "{" + string.Join(", ", pairs.Select(p => $"{Dumps(p.Key)}: {Dumps(p.Value)}")) + "}",
        IEnumerable<object> items => "[" + string.Join(", ", items.Select(Dumps)) + "]",
        _ => throw new ArgumentException("Not one of the kinds that replies are made of.", nameof(value)),
    };

    public static KeyValuePair<string, object>[] Object(params (string Key, object Value)[] pairs) =>
        [.. pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))];

    public static string Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (char unit in text)
        {
            escaped.Append(unit switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => unit.ToString(),
            });
        }

        return escaped.ToString();
    }

    /// <summary>What a writer wrote, which must be ASCII.</summary>
    public static string Written(Action<IBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> output = new();
        write(output);
        Assert.False(output.WrittenSpan.ContainsAnyExceptInRange((byte)0, (byte)0x7f));
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
