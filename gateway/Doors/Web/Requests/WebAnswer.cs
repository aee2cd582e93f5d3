using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using OrleansChat.Gateway.Doors.Web.Wire;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>A successful answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">What is answered; null for nothing.</param>
/// <param name="Type">How the body is written.</param>
internal sealed record WebAnswer(int Status, object? Body = null, JsonTypeInfo? Type = null)
{
    /// <summary>Writes an answer that goes on; null for one that is a body, or nothing.</summary>
    public Func<HttpContext, WebConnection, Task>? Stream { get; init; }

    /// <summary>Says no more than that it was done.</summary>
    public static readonly WebAnswer Done = new(StatusCodes.Status204NoContent);

    /// <summary>Answers with a body.</summary>
    public static WebAnswer Of<T>(T body, int status = StatusCodes.Status200OK) where T : class => new(status, body, WebTypes.Of<T>());
}
