using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Logs in and out, lists and ends sessions, and tells whose account it is.</summary>
internal static class SessionRequests
{
    private const string Current = "current";
    private const int MaxDeviceLength = 64;

    public static readonly WebRoute[] Routes =
    [
        new("POST", "/v1/sessions", "Logs in.", LogInAsync)
        {
            Body = typeof(LogInBody), Returns = typeof(SessionBody), Success = [201], NeedsSession = false,
            Errors = [ProblemCode.WrongPassword, ProblemCode.Forbidden],
        },
        new("GET", "/v1/sessions", "The user's sessions.", ListAsync) { Returns = typeof(SessionsBody) },
        new("DELETE", "/v1/sessions/{id}", "Ends a session of the user: its token opens nothing any more.", EndAsync)
        {
            Success = [204], Errors = [ProblemCode.NotFound],
        },
        new("GET", "/v1/account", "Whose session it is.", ReadAccountAsync) { Returns = typeof(AccountBody) },
    ];

    private static async Task<WebAnswer> LogInAsync(WebRequest request)
    {
        var body = await request.ReadBodyAsync<LogInBody>();
        var device = CheckDevice(body.Device);
        if (body.Cookie || request.HasCookie) request.RequireOwnPage();
        var token = WebRequest.Expect(await request.Session.LogInAsync(body.User, new Secret(body.Password), hidesUsers: true, device));
        return await OpenedAsync(request, token, body.Cookie);
    }

    /// <summary>Checks what a client calls its device.</summary>
    /// <exception cref="RequestException">It is too long, or cannot be shown.</exception>
    public static string CheckDevice(string? device) =>
        device is null ? ""
        : device.Length <= MaxDeviceLength && !device.Any(char.IsControl) ? device
        : throw RequestException.Bad($"'device' has at most {MaxDeviceLength} characters, and no control characters.");

    /// <summary>Answers with a session that was just opened.</summary>
    public static async Task<WebAnswer> OpenedAsync(WebRequest request, string token, bool inCookie)
    {
        var key = SessionToken.KeyOf(token)!;
        var account = WebRequest.Expect(await request.Session.ReadAccountAsync(key));
        if (inCookie) request.GiveCookie(token);
        return WebAnswer.Of(new SessionBody(inCookie ? null : token, account.User, account.Name, SessionId.Of(key)), 201);
    }

    private static async Task<WebAnswer> ListAsync(WebRequest request)
    {
        var sessions = WebRequest.Expect(await request.Session.ListSessionsAsync(request.SessionKey));
        return WebAnswer.Of(new SessionsBody(Array.ConvertAll(sessions, session => new OwnSessionBody(
            session.Id, session.IsCurrent, session.Device, session.Door, session.Address,
            session.Since is { } since ? StoredText.Show(since) : null, StoredText.Show(session.UsedAt)))));
    }

    private static async Task<WebAnswer> EndAsync(WebRequest request)
    {
        var (key, id) = (request.SessionKey, request.Path("id"));
        if (id != Current && (key is null || id != SessionId.Of(key)))
        {
            WebRequest.Expect(await request.Session.EndSessionAsync(key, id));
            return WebAnswer.Done;
        }
        WebRequest.Expect(await request.Session.LogOutAsync(key));
        request.TakeCookie();
        return WebAnswer.Done;
    }

    /// <summary>Answers with the account of the session.</summary>
    public static async Task<WebAnswer> ReadAccountAsync(WebRequest request)
    {
        var account = WebRequest.Expect(await request.Session.ReadAccountAsync(request.SessionKey));
        return WebAnswer.Of(new AccountBody(
            account.User, account.Name, Formats.ShowLog(account.LogId), account.Epoch, account.Last, account.Received));
    }
}
