using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>A request, checked as far as its form goes.</summary>
/// <param name="context">What the framework knows of it.</param>
/// <param name="connection">The connection that it came on.</param>
/// <param name="route">What it asks for.</param>
/// <param name="target">Its path and query, as they were sent.</param>
/// <param name="limits">How much it may hold, and how long it may take.</param>
/// <param name="credentials">Who may ask.</param>
internal sealed class WebRequest(
    HttpContext context, WebConnection connection, WebRoute route, RequestTarget target, BodyLimits limits, Credentials credentials)
{
    private const int DefaultPage = 50;

    /// <summary>The greatest number of entries of a page, or of conversations in a list.</summary>
    public const int MaxPage = 200;

    private readonly IReadOnlyDictionary<string, string> _query = target.ReadQuery(route.Query);

    /// <summary>The session through which it is carried out.</summary>
    public ClientSession Session => connection.Session;

    /// <summary>Makes what a stream of this client asks the service through; its user is online while it has not left.</summary>
    public ClientSession NewStreamSession() => connection.NewStreamSession();

    /// <summary>Cuts the connection.</summary>
    public void Abort() => context.Abort();

    /// <summary>The key of the session that asks; null where the token is not a valid one.</summary>
    /// <exception cref="RequestException">There is no token.</exception>
    public string? SessionKey => connection.SessionKeyOf(credentials.Read(context));

    /// <summary>Whether a browser has sent a cookie of this service, good or not.</summary>
    public bool HasCookie => Credentials.HasCookie(context);

    /// <summary>Requires that a request which wants a cookie comes from a page that may have one.</summary>
    /// <exception cref="RequestException">It does not come from a page that may have one.</exception>
    public void RequireOwnPage() => credentials.RequireOwnPage(context);

    /// <summary>Gives the client its token in a cookie.</summary>
    public void GiveCookie(string token) => credentials.Give(context, token);

    /// <summary>Takes the cookie back, if there is one: its session has ended.</summary>
    public void TakeCookie() => Credentials.Take(context);

    /// <summary>A header that may come once; null where it is missing.</summary>
    /// <exception cref="RequestException">It comes more than once.</exception>
    public string? Header(string name)
    {
        var values = context.Request.Headers[name];
        return values.Count <= 1 ? values.ToString() is { } value && values.Count == 1 ? value : null
            : throw RequestException.Bad($"The header {name} comes more than once.");
    }

    /// <summary>Sets a header of the answer.</summary>
    public void SetHeader(string name, string value) => context.Response.Headers[name] = value;

    /// <summary>A name in the path.</summary>
    public string Path(string name) => target.Segments[Array.IndexOf(route.Segments, $"{{{name}}}")];

    /// <summary>The user who is named in the path.</summary>
    /// <exception cref="RequestException">No user can have that name.</exception>
    public string PathUser()
    {
        var user = Path("user");
        return UserName.IsValid(user) && char.IsAsciiLetterOrDigit(user[0])
            ? user
            : throw RequestException.NotFound($"There is no user '{StrictJson.Shown(user)}'.");
    }

    /// <summary>The room that is named in the path.</summary>
    /// <exception cref="RequestException">No room can have that name.</exception>
    public string PathRoom()
    {
        var room = Path("room");
        return RoomName.IsValid(room) ? room : throw RequestException.NotFound($"There is no room '{StrictJson.Shown(room)}'.");
    }

    /// <summary>A query parameter; null where it is missing.</summary>
    public string? Query(string name) => _query.GetValueOrDefault(name);

    /// <summary>A query parameter that must be there.</summary>
    /// <exception cref="RequestException">It is not.</exception>
    public string Required(string name) => Query(name) ?? throw RequestException.Bad($"The query parameter '{name}' is missing.");

    /// <summary>The epoch that the numbers of this request belong to.</summary>
    /// <exception cref="RequestException">It is missing, or cannot be one.</exception>
    public string Epoch() => CheckEpoch(Required("epoch"));

    /// <summary>How many entries are asked for; where nothing is said, as many as 50.</summary>
    /// <param name="most">The most that may be asked for.</param>
    /// <exception cref="RequestException">Too many, none, or no number.</exception>
    public int Limit(int most = MaxPage) => Query("limit") is not { } text ? Math.Min(DefaultPage, most)
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 && limit <= most ? limit
        : throw RequestException.Bad($"'limit' is a number from 1 to {most}.");

    /// <summary>The peer of the conversation that the query names: a user's name, or a room's with its mark.</summary>
    /// <exception cref="RequestException">It names none, or one that cannot be.</exception>
    public string Peer()
    {
        var (user, room) = (Query("user"), Query("room"));
        if (user is null == room is null) throw RequestException.Bad("Name a conversation: either 'user' or 'room'.");
        if (user is not null ? UserName.IsValid(user) : RoomName.IsValid(room)) return user ?? RoomName.ToRecipient(room!);
        throw RequestException.NotFound("There is no such conversation.");
    }

    /// <summary>Whether a query parameter says so; false where it is missing.</summary>
    /// <exception cref="RequestException">It says neither.</exception>
    public bool Flag(string name) => Query(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw RequestException.Bad($"'{name}' is 'true' or 'false'."),
    };

    /// <summary>The message that a page lies around, by its log and its number.</summary>
    /// <exception cref="RequestException">It is missing, or there is no such log.</exception>
    public (long Log, long Number) Around() => Required("around").Split(':') is [var log, var number]
        ? (ReadLog(log), ReadNumber(number, "around"))
        : throw RequestException.Bad("'around' is the name of a message: LOG:NUMBER.");

    /// <summary>Reads the name of a log.</summary>
    /// <exception cref="RequestException">It is not one.</exception>
    public static long ReadLog(string text) => Formats.ReadLog(text) ?? throw RequestException.NotFound("There is no such log.");

    /// <summary>Reads a number of a log: not negative.</summary>
    /// <exception cref="RequestException">It is not such a number.</exception>
    public static long ReadNumber(string text, string name) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw RequestException.Bad($"'{name}' is a number of a log: a whole number that is not negative.");

    /// <summary>Checks the form of an epoch.</summary>
    /// <exception cref="RequestException">It cannot be one.</exception>
    public static string CheckEpoch(string epoch) =>
        Formats.IsEpoch(epoch) ? epoch : throw RequestException.Bad("'epoch' is what answers of this service call 'epoch'.");

    /// <summary>Reads the body of a request that may have none; null then.</summary>
    /// <exception cref="RequestException">It is not what was expected, too large or too slow.</exception>
    public async Task<T?> ReadBodyIfAnyAsync<T>() where T : class =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } ? null : await ReadBodyAsync<T>();

    /// <summary>Reads the body.</summary>
    /// <exception cref="RequestException">It is not what was expected, too large or too slow.</exception>
    public async Task<T> ReadBodyAsync<T>() where T : class
    {
        BodyLimits.RequireJson(context.Request);
        if (context.Request.ContentLength > route.MaxBody) throw BodyLimits.TooLarge(route.MaxBody);
        var reader = context.Request.BodyReader;
        var timeout = default(BodyLimits.BodyTimeout);
        var charged = 0L;
        try
        {
            while (true)
            {
                // Nearly always all of it is here already: only what is waited for is timed.
                if (!reader.TryRead(out var read))
                {
                    timeout ??= limits.Begin(context.RequestAborted);
                    read = await reader.ReadAsync(timeout.Token);
                }
                connection.Arrived(read.Buffer.Length);
                if (read.Buffer.Length > route.MaxBody) throw BodyLimits.TooLarge(route.MaxBody);
                limits.Charge(connection.Client.Address, ref charged, read.Buffer.Length);
                if (read.IsCompleted) return Take(reader, read.Buffer);
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            throw RequestException.Bad("The body did not arrive in time.");
        }
        finally
        {
            timeout?.Dispose();
            limits.Release(connection.Client.Address, charged);
        }

        static T Take(PipeReader reader, ReadOnlySequence<byte> buffer)
        {
            try
            {
                return StrictJson.Read(buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray(), WebTypes.Of<T>());
            }
            finally
            {
                reader.AdvanceTo(buffer.End);
            }
        }
    }

    /// <summary>The answer of an operation.</summary>
    /// <exception cref="RequestException">It was refused.</exception>
    public static T Expect<T>(Outcome<T> outcome, Guid? id = null) where T : class =>
        outcome.TryGet(out var value, out var refusal) ? value : throw Refused.Because(refusal, id);
}
