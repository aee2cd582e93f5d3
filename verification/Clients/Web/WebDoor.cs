using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Clients.Conversations;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients.Web;

/// <summary>A client of the HTTP door: each request is one of HTTP, and each answer must have the form that is documented.</summary>
/// <param name="wire">The connection.</param>
/// <param name="memory">What its client has learned on earlier connections.</param>
internal sealed partial class WebDoor(HttpWire wire, WebMemory memory) : IConversationDoor
{
    private const string NotFound = "not-found", Epoch = "epoch", Forbidden = "forbidden", Json = "application/json; charset=utf-8";

    public Task<Outcome<string>?> LogInAsync(string user, string password) => AskAsync(
        new WebAsk("POST", "/v1/sessions") { Body = new() { ["user"] = user, ["password"] = password }, Success = [201] },
        ["wrong-password"], body => body.Text("user") == user && body.Text("session").Length > 0 && body.Text("name").Length > 0
            ? body.Text("token")
            : throw new AnswerFormException("the session is not the user's"));

    /// <summary>Asks whose account it is, and learns which log is the inbox.</summary>
    public Task<Outcome<OwnAccount>?> ReadAccountAsync(string token) => AskAsync(new WebAsk("GET", "/v1/account", token), [], body =>
    {
        memory.Inbox = body.Log("inbox");
        return new OwnAccount(
            body.Text("user"), body.Text("name"), memory.Inbox, body.Text("epoch"), body.Number("last"), body.Number("received"));
    });

    /// <summary>Sends a message, under a key if there is one.</summary>
    public Task<Outcome<WebReceipt>?> SendAsync(string token, string recipient, string text, string? key) => AskAsync<WebReceipt>(
        new WebAsk("POST", "/v1/messages", token)
        {
            Body = new() { ["to"] = Form.NameOf(recipient), ["text"] = text },
            Headers = key is null ? "" : $"Idempotency-Key: \"{key}\"\r\n",
            Success = key is null ? [201] : [201, 200],
        },
        ["no-recipient", "mailbox-full", "key-reused"], (status, body) =>
        {
            if (body.Text("durability") is not ("flushed" or "replicated" or "written"))
                throw new AnswerFormException("'durability' is not one of the three");
            if (body.Flag("repeated") != (status == 200)) throw new AnswerFormException($"a {status} says the opposite of 'repeated'");
            return new WebReceipt(body.Id("id"), body.Log("log"), body.Number("number"), body.Time("sentAt"), status == 200);
        });

    public Task<Outcome<string>?> LogOutAsync(string token) => EndSessionAsync(token, "current");

    /// <summary>Ends a session of the user.</summary>
    public Task<Outcome<string>?> EndSessionAsync(string token, string id) =>
        AskAsync(new WebAsk("DELETE", $"/v1/sessions/{id}", token) { Success = [204] }, [NotFound], _ => "ended");

    /// <summary>Lists the user's sessions.</summary>
    public Task<Outcome<SessionInfo[]>?> ListSessionsAsync(string token) => AskAsync(
        new WebAsk("GET", "/v1/sessions", token), [], body => Array.ConvertAll(body.Items("sessions"), session => new SessionInfo(
            session.Text("id"), session.Flag("current"), session.TextOrNull("door"), session.TextOrNull("device"),
            session.TextOrNull("address"), null, session.Time("lastUsed"))));

    public void Close() => wire.Reset();

    private Task<Outcome<T>?> AskAsync<T>(WebAsk ask, string[] codes, Func<JsonElement, T> read)
        where T : class =>
        AskAsync(ask, codes, (_, body) => read(body));

    private async Task<Outcome<T>?> AskAsync<T>(
        WebAsk ask, string[] codes, Func<int, JsonElement, T> read, Func<JsonElement, T>? expired = null)
        where T : class
    {
        HttpAnswer answer;
        try
        {
            answer = await wire.AskAsync(ask.Head, ask.Body is null ? null : Encoding.UTF8.GetBytes(ask.Body.ToJsonString()));
        }
        catch (WireBrokenException)
        {
            return null;
        }
        if (answer.Headers.GetValueOrDefault("cache-control") != "no-store") throw new AnswerFormException("it may be stored");
        if (answer.Status >= 400)
        {
            var (code, refusal, problem) = WebProblems.Read(answer, expired is null ? codes : [.. codes, WebProblems.Expired]);
            return code == WebProblems.Expired ? (Outcome<T>)expired!(problem) : (Outcome<T>)refusal;
        }
        if (!ask.Success.Contains(answer.Status)) throw new AnswerFormException($"{answer.Status} is not a valid answer to this request");
        if (answer.Status == 204) return (Outcome<T>)read(204, default);
        if (answer.Headers.GetValueOrDefault("content-type") != Json) throw new AnswerFormException("its type is not JSON");
        try
        {
            return (Outcome<T>)read(answer.Status, Form.Read(answer.Body));
        }
        catch (InvalidOperationException exception)
        {
            throw new AnswerFormException("a part of it is not of its type", exception);
        }
    }

    /// <summary>The client holds places; what it sends and gets are cursors, which must be the same ones.</summary>
    private static T Place<T>(string cursor, Func<string, T> read, Func<T, string?> show)
    {
        try
        {
            var place = read(cursor);
            return show(place) == cursor ? place : throw new AnswerFormException("a cursor is not the one of its place");
        }
        catch (RequestException exception)
        {
            throw new AnswerFormException("a cursor is not one", exception);
        }
    }
}

/// <summary>What a client has learned on any of its connections.</summary>
internal sealed class WebMemory
{
    private readonly Dictionary<long, string> _rooms = [];

    /// <summary>Its user.</summary>
    public required string User { get; init; }

    /// <summary>The log of what others write to its user; 0 until it asked.</summary>
    public long Inbox { get; set; }

    /// <summary>The epoch of the last list.</summary>
    public string Epoch { get; set; } = "";

    /// <summary>Notes which log a room has, where that was said.</summary>
    public RoomInfo Learn(RoomInfo room)
    {
        if (room.Mine is { } mine) _rooms[mine.LogId] = room.Name;
        return room;
    }

    /// <inheritdoc cref="Learn(RoomInfo)"/>
    public RoomPage Learn(string room, RoomPage page)
    {
        _rooms[page.LogId] = room;
        return page;
    }

    /// <summary>The room that a log is of, as a conversation.</summary>
    public string RoomOf(long log) => $"#{_rooms[log]}";
}

/// <summary>Where a message was stored.</summary>
internal sealed record WebReceipt(Guid Id, long Log, long Number, DateTimeOffset SentAt, bool IsRepeated);

/// <summary>A request.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Token">The session; null for none.</param>
internal sealed record WebAsk(string Method, string Target, string? Token = null)
{
    public JsonObject? Body { get; init; }

    /// <summary>Further headers, each with the end of its line.</summary>
    public string Headers { get; init; } = "";

    /// <summary>The statuses that say that it is done.</summary>
    public int[] Success { get; init; } = [200];

    public string Head => $"{Method} {Target} HTTP/1.1\r\nHost: localhost\r\n{Headers}"
        + (Token is null ? "" : $"Authorization: Bearer {Token}\r\n");

    // The token opens a session.
    public override string ToString() => $"{Method} {Target}";
}
