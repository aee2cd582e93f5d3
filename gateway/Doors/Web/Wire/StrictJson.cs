using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>
/// Reads bodies, and refuses what readers of JSON understand differently: fields that come twice, bytes that are not UTF-8, halves of
/// surrogate pairs, deep nesting.
/// </summary>
internal static class StrictJson
{
    /// <summary>The greatest depth of a body; none of this API is deeper than two.</summary>
    public const int MaxDepth = 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a body.</summary>
    /// <exception cref="RequestException">It is not what was expected.</exception>
    public static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        if (!Utf8.IsValid(body)) throw RequestException.Bad("The body is not valid UTF-8.");
        try
        {
            Check(body);
            return JsonSerializer.Deserialize(body, type) ?? throw RequestException.Bad("The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw RequestException.Bad(Describe(exception));
        }
    }

    private static void Check(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Options);
        var names = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    names.Push([]);
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
                case JsonTokenType.PropertyName when !names.Peek().Add(TextOf(ref reader)):
                    throw RequestException.Bad($"The field '{Shown(TextOf(ref reader))}' comes twice.");
                case JsonTokenType.String when reader.ValueIsEscaped:
                    TextOf(ref reader);
                    break;
            }
        }
    }

    private static string TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw RequestException.Bad("A text of the body has half of a surrogate pair.");
        }
    }

    // The message of the exception may quote the body, which may hold a password: only the place is told.
    private static string Describe(JsonException exception) => exception.Path is { Length: > 1 } path
        ? $"The body's field {Shown(path)} is missing, or is not of its type."
        : exception.LineNumber is { } line
            ? $"The body is not valid JSON for this request: see line {line + 1}, byte {exception.BytePositionInLine + 1}."
            : "The body lacks a required field, or has one that is not of its type.";

    /// <summary>A part of what the client sent, short and harmless.</summary>
    public static string Shown(string text)
    {
        var shown = text.Length <= 64 ? text : text[..64] + "...";
        return string.Concat(shown.Select(c => c is < ' ' or > '~' ? '?' : c));
    }
}
