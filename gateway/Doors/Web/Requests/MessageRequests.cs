using System.Globalization;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Sends, deletes and reads messages.</summary>
internal static class MessageRequests
{
    private const string KeyHeader = "Idempotency-Key";

    /// <summary>An account may send at once what it gains in this time.</summary>
    private const int WindowSeconds = 10;

    /// <summary>The greatest length of a receipt, in bytes: with a number for each log that a user has.</summary>
    private const int MaxReceipt = 16 << 10;

    /// <summary>The logs that a user has: the inbox, and rooms.</summary>
    private static readonly int MaxLogs = 1 + new RoomLimits().RoomsPerUser;

    public static readonly WebRoute[] Routes =
    [
        new("POST", "/v1/messages", "Sends a message; under a key, it may be repeated.", SendAsync)
        {
            Body = typeof(SendBody), MaxBody = BodyLimits.MaxBytes, Returns = typeof(SentBody), Success = [201, 200],
            Errors = [ProblemCode.NoRecipient, ProblemCode.MailboxFull, ProblemCode.KeyReused],
        },
        new("DELETE", "/v1/messages/{log}/{number}", "Empties a message for everybody: one's own, or a room's as a moderator.", DeleteAsync)
        {
            Query = ["epoch"], Returns = typeof(PositionBody), Errors = [ProblemCode.NotFound, ProblemCode.Epoch],
        },
        new("GET", "/v1/messages", "A page of a conversation, oldest first.", ReadPageAsync)
        {
            Query = ["user", "room", "before", "after", "around", "epoch", "limit"], Returns = typeof(PageBody),
            Errors = [ProblemCode.NotFound, ProblemCode.Epoch],
        },
        new("GET", "/v1/logs/{log}", "The entries of a log after a number.", ReadLogAsync)
        {
            Query = ["after", "epoch", "limit"], Returns = typeof(LogBody),
            Errors = [ProblemCode.NotFound, ProblemCode.Epoch, ProblemCode.Expired],
        },
        new("POST", "/v1/received", "Everything up to these numbers has arrived.", ReceiveAsync)
        {
            Body = typeof(ReceivedBody), MaxBody = MaxReceipt, Returns = typeof(ReceivedAnswer),
            Errors = [ProblemCode.NotFound, ProblemCode.Epoch],
        },
    ];

    private static async Task<WebAnswer> SendAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var onceId = request.Header(KeyHeader) is { } header ? Formats.ReadKey(header) : null;
        var body = await request.ReadBodyAsync<SendBody>();
        // A name that nobody can have is refused where recipients are: the session is checked first.
        var message = request.Session.NewMessage(Formats.ReadPeer(body.To) ?? "", StoredText.Of(body.Text), onceId);
        if (onceId is null)
        {
            var outcome = await request.Session.SendOneAsync(key, message);
            TellBudget(request);
            var (_, place, durability) = WebRequest.Expect(outcome, message.Id);
            return Sent(message.Id, place, durability, isRepeated: false);
        }
        var once = await request.Session.SendOnceAsync(key, message);
        TellBudget(request);
        var receipt = WebRequest.Expect(once, message.Id);
        return Sent(receipt.MessageId, receipt.Place, receipt.Durability, isRepeated: receipt.MessageId != message.Id);
    }

    // draft-ietf-httpapi-ratelimit-headers: the quota of a window, and what is left of it.
    private static void TellBudget(WebRequest request)
    {
        if (request.Session.Budget is not { } budget) return;
        request.SetHeader("RateLimit-Policy", string.Create(
            CultureInfo.InvariantCulture, $"\"sends\";q={budget.PerSecond * WindowSeconds};w={WindowSeconds}"));
        request.SetHeader("RateLimit", string.Create(CultureInfo.InvariantCulture, $"\"sends\";r={budget.Left};t=1"));
    }

    private static WebAnswer Sent(Guid id, EntryPlace? place, string durability, bool isRepeated) => WebAnswer.Of(
        new SentBody(
            id, place is { } log ? Formats.ShowLog(log.LogId) : null, place?.Number,
            place is { } at ? StoredText.Show(at.AcceptedAt) : null, durability, isRepeated),
        isRepeated ? 200 : 201);

    private static async Task<WebAnswer> DeleteAsync(WebRequest request)
    {
        var (log, number) = (WebRequest.ReadLog(request.Path("log")), WebRequest.ReadNumber(request.Path("number"), "number"));
        var deletion = WebRequest.Expect(await request.Session.DeleteAsync(request.SessionKey, request.Epoch(), log, number));
        return WebAnswer.Of(new PositionBody(Formats.ShowLog(deletion.LogId), deletion.Number));
    }

    private static async Task<WebAnswer> ReadPageAsync(WebRequest request)
    {
        var (key, limit, peer) = (request.SessionKey, request.Limit(), request.Peer());
        string[] places = ["before", "after", "around"];
        var given = places.Where(place => request.Query(place) is not null).ToList();
        if (given.Count > 1) throw RequestException.Bad("Give one of 'before', 'after' and 'around'.");
        if (given is not ["around"] && request.Query("epoch") is not null)
            throw RequestException.Bad("'epoch' goes with 'around': a cursor has its own.");
        if (RoomName.TryParse(peer, out var room)) return await RoomPages.ReadAsync(request, key, room, limit, given.SingleOrDefault());
        var page = given switch
        {
            ["around"] => await ReadAroundAsync(request, key, peer, limit),
            [var side] => await ReadSideAsync(request, key, peer, limit, side),
            _ => await request.Session.ReadPageAsync(key, new PageRequest(peer, PageKind.Newest, default, "", limit)),
        };
        var (epoch, entries, older, newer) = WebRequest.Expect(page);
        return WebAnswer.Of(new PageBody(
            Array.ConvertAll(entries, entry => Entries.Of(entry, peer)), Cursor.Show(older, epoch, peer), Cursor.Show(newer, epoch, peer)));
    }

    private static Task<Outcome<ConversationPage>> ReadSideAsync(WebRequest request, string? key, string peer, int limit, string side)
    {
        var (place, epoch) = Cursor.ReadPage(request.Query(side)!, peer);
        var kind = side == "before" ? PageKind.Before : PageKind.After;
        return request.Session.ReadPageAsync(key, new PageRequest(peer, kind, place, epoch, limit));
    }

    private static Task<Outcome<ConversationPage>> ReadAroundAsync(WebRequest request, string? key, string peer, int limit)
    {
        var (log, number) = request.Around();
        return request.Session.ReadPageAroundAsync(key, peer, request.Epoch(), log, number, limit);
    }

    private static async Task<WebAnswer> ReadLogAsync(WebRequest request)
    {
        var (log, limit) = (WebRequest.ReadLog(request.Path("log")), request.Limit());
        var after = WebRequest.ReadNumber(request.Required("after"), "after");
        var (part, room) = WebRequest.Expect(await request.Session.ReadLogAsync(request.SessionKey, request.Epoch(), log, after, limit));
        if (part.First is { } first)
        {
            throw new RequestException(ProblemCode.Expired, $"Entries up to {first - 1} were removed by age: go on after that.")
            {
                First = first,
            };
        }
        return WebAnswer.Of(new LogBody(
            room is null ? Array.ConvertAll(part.Entries, Entries.OfInbox) : Entries.OfRoom(part.Entries, room, after), part.Last));
    }

    private static async Task<WebAnswer> ReceiveAsync(WebRequest request)
    {
        var key = request.SessionKey;
        var body = await request.ReadBodyAsync<ReceivedBody>();
        var epoch = WebRequest.CheckEpoch(body.Epoch);
        if (body.Logs.Count == 0 || body.Logs.Count > MaxLogs)
            throw RequestException.Bad($"'logs' names {body.Logs.Count} logs; it may name 1 to {MaxLogs}: the inbox, and rooms.");
        if (body.Logs.Values.Any(number => number < 0)) throw RequestException.Bad("A number of a log is not negative.");
        Position[] logs = [.. body.Logs.Select(log => new Position(WebRequest.ReadLog(log.Key), log.Value))];
        var received = WebRequest.Expect(await request.Session.ReceiveAsync(key, epoch, new Positions(logs)));
        return WebAnswer.Of(new ReceivedAnswer(received.Logs.ToDictionary(log => Formats.ShowLog(log.LogId), log => log.Number)));
    }
}
