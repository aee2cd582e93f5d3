using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients.Web;

/// <summary>Reads JSON as the documentation of HTTP has it; each method throws an <see cref="AnswerFormException"/> otherwise.</summary>
internal static class Form
{
    private const int MostInList = 99;

    private static readonly string[] Kinds = ["message", "deleted", "joined", "left", "removed", "title", "role"],
        Roles = ["banned", "reader", "member", "moderator", "owner"];

    /// <summary>The word for a role.</summary>
    public static string WordOf(MemberRole role) => Roles[(int)role];

    public static JsonElement Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Object ? root : throw new AnswerFormException("it is not an object");
        }
        catch (JsonException exception)
        {
            throw new AnswerFormException("it is not JSON", exception);
        }
    }

    public static string Text(this JsonElement body, string field) =>
        body.TextOrNull(field) ?? throw new AnswerFormException($"'{field}' is not a text");

    public static string? TextOrNull(this JsonElement body, string field) =>
        !body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new AnswerFormException($"'{field}' is not a text");

    /// <summary>A text, or <c>null</c>, which must be there.</summary>
    public static string? TextOrEnd(this JsonElement body, string field) =>
        body.TryGetProperty(field, out _) ? body.TextOrNull(field) : throw new AnswerFormException($"'{field}' is missing");

    public static long Number(this JsonElement body, string field) =>
        body.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw new AnswerFormException($"'{field}' is not a number");

    public static long? NumberOrNull(this JsonElement body, string field) =>
        body.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? body.Number(field) : null;

    public static bool Flag(this JsonElement body, string field) =>
        body.TryGetProperty(field, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new AnswerFormException($"'{field}' is neither true nor false");

    public static JsonElement[] Items(this JsonElement body, string field) =>
        body.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()]
            : throw new AnswerFormException($"'{field}' is not a list");

    /// <summary>A log's number, which is opaque to other clients.</summary>
    public static long Log(this JsonElement body, string field) => ReadLog(body.Text(field));

    public static Position[] Positions(this JsonElement body, string field) =>
        body.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.Object
            ? [.. value.EnumerateObject().Select(log => new Position(ReadLog(log.Name), value.Number(log.Name)))]
            : throw new AnswerFormException($"'{field}' does not name logs");

    public static DateTimeOffset Time(this JsonElement body, string field) => DateTimeOffset.TryParseExact(
        body.Text(field), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time
        : throw new AnswerFormException($"'{field}' is not a time in UTC with milliseconds");

    public static Guid Id(this JsonElement body, string field) =>
        Guid.TryParseExact(body.Text(field), "D", out var id) ? id : throw new AnswerFormException($"'{field}' is not a UUID");

    public static MemberRole Role(this JsonElement body, string field) => (MemberRole)IndexOf(Roles, body.Text(field));

    /// <summary>A count of unread messages: in a list, one more than 99 stands for any number above.</summary>
    public static int Unread(this JsonElement body, bool isInList) =>
        isInList && body.TryGetProperty("unread", out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() == $"{MostInList}+" ? MostInList + 1
        : body.Number("unread") is >= 0 and var unread && unread <= (isInList ? MostInList : 1000) ? (int)unread
        : throw new AnswerFormException("'unread' is more than is counted");

    /// <summary>An entry of a log, as grains know it.</summary>
    /// <param name="body">The entry.</param>
    /// <param name="conversation">The conversation that it must be of; null for that with its sender.</param>
    /// <param name="after">The number that it must come after; null for the one before it.</param>
    public static LogEntry Entry(this JsonElement body, string? conversation, long? after = null)
    {
        var (kind, number) = ((EntryKind)IndexOf(Kinds, body.Text("kind")), body.Number("number"));
        var (from, text) = (body.Text("from"), body.Text("text"));
        if (body.Text("conversation") != (conversation ?? "@" + from))
            throw new AnswerFormException($"entry {number} is of another conversation");
        if (body.Number("after") != (after ?? number - 1)) throw new AnswerFormException($"entry {number} comes after another number");
        if (kind > EntryKind.Deleted && body.TextOrNull("by") != (from.Length == 0 ? null : from))
            throw new AnswerFormException($"entry {number} was made by somebody else than it is from");
        var target = kind switch
        {
            EntryKind.Deleted => body.Number("target"),
            EntryKind.Message => body.NumberOrNull("deletedBy"),
            _ => default(long?),
        };
        // A message is stored as the text protocol has it: with the space before it, and the end of its line.
        var stored = kind == EntryKind.Message && text.Length > 0 ? $" {text}\r\n" : text;
        return new LogEntry(
            body.Id("id"), body.Log("log"), number, kind, target, from, body.Text("fromName"), body.Time("sentAt"),
            Encoding.UTF8.GetBytes(stored), kind > EntryKind.Deleted ? body.TextOrNull("user") : null);
    }

    /// <summary>A conversation.</summary>
    public static Conversation Conversation(this JsonElement body, bool isInList, string? peer = null)
    {
        var name = body.Text("conversation");
        if (name is not ['@' or '#', _, ..] || (peer is not null && NameOf(peer) != name))
            throw new AnswerFormException($"{name} is not the conversation that was asked for");
        if (!body.TryGetProperty("last", out var last)) throw new AnswerFormException("'last' is missing");
        return new Conversation(
            name[0] == '#' ? name : name[1..], body.Text("name"), body.Log("log"),
            last.ValueKind == JsonValueKind.Null ? null : last.Entry(name), body.Unread(isInList), body.Number("unreadAt"),
            body.Number("read"), body.Flag("muted"));
    }

    /// <summary>A room.</summary>
    public static RoomInfo Room(this JsonElement body)
    {
        var isPublic = body.Text("kind") is var kind && kind == "public"
            || (kind == "private" ? false : throw new AnswerFormException($"a room is {kind}"));
        var showsAll = body.Text("history") is var history && history == "all"
            || (history == "joined" ? false : throw new AnswerFormException($"a room shows {history}"));
        var mine = body.TextOrNull("role") is null ? null : new RoomMembership(
            body.Log("log"), body.Role("role"), body.Number("joined"), body.Number("received"), 0, false, body.Number("last"),
            Ledger.NotSaid);
        return new RoomInfo(
            mine is null ? "" : body.Text("epoch"), body.Text("room"), body.Text("title"), isPublic, showsAll,
            (int)body.Number("members"), mine);
    }

    /// <summary>The name of a conversation with a user, or with a room, which has its mark.</summary>
    public static string NameOf(string peer) => peer.StartsWith('#') ? peer : "@" + peer;

    private static long ReadLog(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var log)
            ? log
            : throw new AnswerFormException("a log has no name");

    private static int IndexOf(string[] words, string word) =>
        Array.IndexOf(words, word) is >= 0 and var index
            ? index
            : throw new AnswerFormException($"'{word}' is none of {string.Join(", ", words)}");
}
