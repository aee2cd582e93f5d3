using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Logs in and out, and tells whose account it is.</summary>
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
        new("DELETE", "/v1/sessions/{id}", "Ends the session: its token opens nothing any more.", LogOutAsync)
        {
            Success = [204], Errors = [ProblemCode.NotFound],
        },
        new("GET", "/v1/account", "Whose session it is.", ReadAccountAsync) { Returns = typeof(AccountBody) },
    ];

    private static async Task<WebAnswer> LogInAsync(WebRequest request)
    {
        var body = await request.ReadBodyAsync<LogInBody>();
        if (body.Device is { Length: > MaxDeviceLength }) throw RequestException.Bad($"'device' has at most {MaxDeviceLength} characters.");
        if (body.Cookie || request.HasCookie) request.RequireOwnPage();
        var token = WebRequest.Expect(await request.Session.LogInAsync(body.User, new Secret(body.Password), hidesUsers: true));
        var key = SessionToken.KeyOf(token)!;
        var account = WebRequest.Expect(await request.Session.ReadAccountAsync(key));
        if (body.Cookie) request.GiveCookie(token);
        return WebAnswer.Of(new SessionBody(body.Cookie ? null : token, account.User, account.Name, SessionToken.IdOf(key)), 201);
    }

    private static async Task<WebAnswer> LogOutAsync(WebRequest request)
    {
        var (key, id) = (request.SessionKey, request.Path("id"));
        if (id != Current && (key is null || id != SessionToken.IdOf(key)))
        {
            WebRequest.Expect(await request.Session.ReadAccountAsync(key));
            throw RequestException.NotFound("There is no such session: this service ends the one whose token you send, 'current'.");
        }
        WebRequest.Expect(await request.Session.LogOutAsync(key));
        request.TakeCookie();
        return WebAnswer.Done;
    }

    private static async Task<WebAnswer> ReadAccountAsync(WebRequest request)
    {
        var account = WebRequest.Expect(await request.Session.ReadAccountAsync(request.SessionKey));
        return WebAnswer.Of(new AccountBody(
            account.User, account.Name, Formats.ShowLog(account.LogId), account.Epoch, account.Last, account.Received));
    }
}
