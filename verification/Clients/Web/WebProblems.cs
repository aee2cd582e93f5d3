using System.Text.Json;
using OrleansChat.Gateway.Sessions;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients.Web;

/// <summary>Reads errors of HTTP, and holds each against the list of the documentation.</summary>
internal static class WebProblems
{
    /// <summary>Of <c>expired</c>, which says more than why.</summary>
    public const string Expired = "expired";

    private static readonly Dictionary<string, (int Status, Refusal Refusal)> Known = new()
    {
        ["no-session"] = (401, Refusal.NoSession),
        ["wrong-password"] = (403, Refusal.WrongPassword),
        ["forbidden"] = (403, Refusal.Forbidden),
        ["not-found"] = (404, Refusal.NotFound),
        ["no-recipient"] = (404, Refusal.NoRecipient),
        ["exists"] = (409, Refusal.NameTaken),
        ["epoch"] = (409, Refusal.OtherEpoch),
        ["mailbox-full"] = (409, Refusal.MailboxFull),
        [Expired] = (410, Refusal.NotFound),
        ["key-reused"] = (422, Refusal.IdUsed),
        ["too-many"] = (429, Refusal.TooMany),
        ["unavailable"] = (503, Refusal.Unavailable),
        ["overloaded"] = (503, Refusal.Overloaded),
    };

    private static readonly string[] OfAll = ["no-session", "too-many", "unavailable", "overloaded"];

    /// <summary>Reads an error.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="allowed">The codes that the request may be answered with, beside those that any may.</param>
    /// <returns>The code, what it means, and the body.</returns>
    /// <exception cref="AnswerFormException">It is not one that the request may be answered with.</exception>
    public static (string Code, Refusal Refusal, JsonElement Body) Read(HttpAnswer answer, string[] allowed)
    {
        if (answer.Headers.GetValueOrDefault("content-type") != "application/problem+json")
            throw new AnswerFormException($"a {answer.Status} is not a problem");
        var body = Form.Read(answer.Body);
        var (code, status) = (body.Text("code"), body.Number("status"));
        if (body.Text("type").Length == 0 || body.Text("title").Length == 0 || body.Text("detail").Length == 0 || status != answer.Status)
            throw new AnswerFormException($"the problem {code} says nothing, or another status than {answer.Status}");
        if (!Known.TryGetValue(code, out var known) || known.Status != status || !(OfAll.Contains(code) || allowed.Contains(code)))
            throw new AnswerFormException($"{status} {code} is not a valid answer to this request: {body.Text("detail")}");
        if (status is 429 or 503 && !int.TryParse(answer.Headers.GetValueOrDefault("retry-after"), out _))
            throw new AnswerFormException($"{code} does not say when to try again");
        if (status == 401 && answer.Headers.GetValueOrDefault("www-authenticate") != "Bearer")
            throw new AnswerFormException("a 401 does not say how to be authorized");
        return (code, known.Refusal, body);
    }
}
