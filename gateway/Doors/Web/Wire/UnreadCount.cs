using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>A count of unread messages: a number, or a text such as <c>99+</c> where there are more than were counted.</summary>
/// <param name="Count">How many were counted.</param>
/// <param name="Most">How many are said exactly.</param>
[JsonConverter(typeof(UnreadCountConverter))]
internal readonly record struct UnreadCount(int Count, int Most)
{
    /// <summary>How many are said exactly in a list.</summary>
    public const int MostInList = 99;

    /// <summary>How many are said exactly of one conversation; the text never follows, since no more are counted.</summary>
    public const int MostOfOne = 1000;
}

/// <summary>Writes a count.</summary>
internal sealed class UnreadCountConverter : JsonConverter<UnreadCount>
{
    /// <inheritdoc/>
    public override UnreadCount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Clients do not send counts.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, UnreadCount value, JsonSerializerOptions options)
    {
        if (value.Count <= value.Most) writer.WriteNumberValue(value.Count);
        else writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Most}+"));
    }
}
