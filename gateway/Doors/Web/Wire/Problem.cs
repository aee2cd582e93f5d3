using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>An error as it is answered: RFC 9457.</summary>
/// <param name="Type">Always <c>about:blank</c>: the code says more than an address would.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong, and what to do.</param>
/// <param name="Code">See <see cref="ProblemCode"/>.</param>
/// <param name="Id">Of a message whose outcome is unknown.</param>
/// <param name="First">Of <c>expired</c>: the first number that is still there.</param>
internal sealed record ProblemBody(
    string Type, string Title, int Status, string Detail, string Code, Guid? Id = null, long? First = null);

/// <summary>Ends a request with an error.</summary>
/// <param name="code">Which one.</param>
/// <param name="detail">What is wrong, and what to do; nothing that is secret.</param>
internal sealed class RequestException(ProblemCode code, string? detail = null) : Exception(detail ?? code.Meaning + ".")
{
    /// <summary>Which error it is.</summary>
    public ProblemCode Code => code;

    /// <summary>Of a message whose outcome is unknown.</summary>
    public Guid? Id { get; init; }

    /// <summary>Of <c>expired</c>: the first number that is still there.</summary>
    public long? First { get; init; }

    /// <summary>After how many seconds to try again.</summary>
    public int RetryAfter { get; init; } = 1;

    /// <summary>An error of form.</summary>
    public static RequestException Bad(string detail) => new(ProblemCode.BadRequest, detail);

    /// <summary>There is no such user, message or log, as far as the client may know.</summary>
    public static RequestException NotFound(string detail) => new(ProblemCode.NotFound, detail);
}

/// <summary>Writes errors.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>Answers a request with an error. The answer must not have begun.</summary>
    public static Task WriteAsync(HttpContext context, RequestException problem)
    {
        var (code, response) = (problem.Code, context.Response);
        // What the framework has said of itself stays: a 405 names what is allowed.
        response.StatusCode = code.Status;
        if (code == ProblemCode.NoSession) response.Headers.WWWAuthenticate = "Bearer";
        if (code == ProblemCode.TooMany || code.Status == StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = problem.RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.ContentType = ContentType;
        var body = JsonSerializer.SerializeToUtf8Bytes(BodyOf(problem), WebJson.Default.ProblemBody);
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>The body of an error.</summary>
    public static ProblemBody BodyOf(RequestException problem) => new(
        "about:blank", ReasonPhrases.GetReasonPhrase(problem.Code.Status), problem.Code.Status, problem.Message, problem.Code.Name,
        problem.Id, problem.First);
}
