using System.Text;
using System.Text.Json;

namespace OrleansChat.Verification.Fuzzing.Oracles;

/// <summary>
/// Python's <c>json.dumps</c> with its defaults, simple and slow: an oracle for the replies. A value is a string, a list of values, or
/// pairs of a name and a value.
/// </summary>
internal static class NaiveJson
{
    /// <summary>The value as JSON, in ASCII.</summary>
    public static string Dumps(object value)
    {
        StringBuilder json = new();
        Append(json, value);
        return json.ToString();
    }

    /// <summary>An object with these members, in this order.</summary>
    public static KeyValuePair<string, object>[] Object(params (string Key, object Value)[] pairs) =>
        Array.ConvertAll(pairs, pair => KeyValuePair.Create(pair.Key, pair.Value));

    /// <summary>The inside of a JSON string.</summary>
    public static string Escape(string text) => Dumps(text)[1..^1];

    /// <summary>Whether the result of System.Text.Json equals the value.</summary>
    public static bool IsSame(JsonElement read, object value) => value switch
    {
        string text => read.ValueKind == JsonValueKind.String && read.ValueEquals(text),
        KeyValuePair<string, object>[] pairs => read.ValueKind == JsonValueKind.Object && read.GetPropertyCount() == pairs.Length
            && read.EnumerateObject().Zip(pairs)
                .All(both => both.First.NameEquals(both.Second.Key) && IsSame(both.First.Value, both.Second.Value)),
        object[] items => read.ValueKind == JsonValueKind.Array && read.GetArrayLength() == items.Length
            && read.EnumerateArray().Zip(items).All(both => IsSame(both.First, both.Second)),
        _ => throw Unknown(value),
    };

    private static void Append(StringBuilder json, object value)
    {
        switch (value)
        {
            case string text:
                AppendString(json, text);
                break;
            case KeyValuePair<string, object>[] pairs:
                json.Append('{');
                for (var i = 0; i < pairs.Length; i++)
                {
                    if (i > 0) json.Append(", ");
                    AppendString(json, pairs[i].Key);
                    json.Append(": ");
                    Append(json, pairs[i].Value);
                }

                json.Append('}');
                break;
            case object[] items:
                json.Append('[');
                for (var i = 0; i < items.Length; i++)
                {
                    if (i > 0) json.Append(", ");
                    Append(json, items[i]);
                }

                json.Append(']');
                break;
            default:
                throw Unknown(value);
        }
    }

    private static void AppendString(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var unit in text)
        {
            _ = unit switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' or > '~' => json.Append("\\u").Append(((int)unit).ToString("x4", null)),
                _ => json.Append(unit),
            };
        }

        json.Append('"');
    }

    private static ArgumentException Unknown(object value) =>
        new($"{value.GetType()} is not a type that replies consist of.", nameof(value));
}
