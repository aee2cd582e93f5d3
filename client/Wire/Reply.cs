using System.Text;
using System.Text.Json;
using OrleansChat.Terminal;

namespace OrleansChat.Client.Wire;

/// <summary>One message of an inbox.</summary>
/// <param name="Sender">The sender's user name, to which an answer goes.</param>
/// <param name="From">The sender's display name.</param>
/// <param name="Text">The text as the server stores it, with the spaces and the line end that it was sent with.</param>
internal sealed record InboxMessage(string Sender, string From, string Text);

/// <summary>
/// One reply of the server, verbatim and parsed. Other people wrote what is in it: pass it through <see cref="SafeText"/> before it
/// reaches a terminal. A member that the reply lacks throws <see cref="ConnectionBrokenException"/>.
/// </summary>
internal sealed class Reply
{
    private const string Unavailable = "Layanan Sedang Tidak Tersedia";
    private const string TooMany = "Terlalu Banyak Percobaan";
    private const string NoSession = "Informasi tidak ditemukan";

    private readonly JsonElement _root;

    private Reply(string json, JsonElement root)
    {
        Json = json;
        _root = root;
    }

    /// <summary>The reply to a command that needs a login, without one; the server is not asked.</summary>
    public static Reply NotAuthorized { get; } = Parse("""{"status": "ERROR", "message": "not authorized"}"""u8);

    /// <summary>The reply's own text, without its line end.</summary>
    public string Json { get; }

    public bool Ok => Text(_root, "status") == "OK";

    /// <summary>The text of an error.</summary>
    public string Error => Text(_root, "message");

    /// <summary>The error after which a message may nevertheless have been stored.</summary>
    public bool IsUnavailable => !Ok && Error == Unavailable;

    /// <summary>The error for a token that is unknown, expired or logged out.</summary>
    public bool IsNoSession => !Ok && Error == NoSession;

    /// <summary>The error for a client that exceeds a limit.</summary>
    public bool IsTooMany => !Ok && Error == TooMany;

    /// <summary>The new session's token: one word.</summary>
    public string Token => Text(_root, "tokenid") is var token && Requests.IsWord(token) ? token : throw Malformed();

    /// <summary>The text of a logout.</summary>
    public string LogoutText => Text(_root, "messages");

    public string MessagesJson => Member(_root, "messages", JsonValueKind.Object).GetRawText();

    public string UsersJson => Member(_root, "user", JsonValueKind.Array).GetRawText();

    /// <summary>The messages of an inbox, in the order in which the server lists them.</summary>
    public IReadOnlyList<InboxMessage> Messages =>
        [.. from sender in Member(_root, "messages", JsonValueKind.Object).EnumerateObject()
            from message in Checked(sender.Value, JsonValueKind.Array).EnumerateArray()
            select new InboxMessage(Decoded(() => sender.Name), Text(message, "msg_from"), Text(message, "msg"))];

    public IReadOnlyList<string> Users =>
        [.. Member(_root, "user", JsonValueKind.Array).EnumerateArray().Select(Text)];

    /// <summary>Parses a reply; throws <see cref="ConnectionBrokenException"/> if it is malformed.</summary>
    public static Reply Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var root = JsonElement.Parse(utf8);
            var reply = new Reply(Encoding.UTF8.GetString(utf8), root);
            return Text(root, "status") is "OK" or "ERROR" ? reply : throw Malformed();
        }
        catch (JsonException)
        {
            throw Malformed();
        }
    }

    private static string Text(JsonElement owner, string name) => Text(Member(owner, name, JsonValueKind.String));

    private static string Text(JsonElement value) => Decoded(() => Checked(value, JsonValueKind.String).GetString()!);

    private static string Decoded(Func<string> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: valid JSON, but not text.
            throw Malformed();
        }
    }

    private static JsonElement Member(JsonElement owner, string name, JsonValueKind kind) =>
        Checked(owner, JsonValueKind.Object).TryGetProperty(name, out var value) ? Checked(value, kind) : throw Malformed();

    private static JsonElement Checked(JsonElement value, JsonValueKind kind) => value.ValueKind == kind ? value : throw Malformed();

    private static ConnectionBrokenException Malformed() => new("The server's reply does not follow the chat protocol.");
}
