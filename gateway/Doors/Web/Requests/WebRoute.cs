using OrleansChat.Gateway.Doors.Web.Wire;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>
/// A request that this door answers. The routes, the checks of queries and bodies, and the OpenAPI document are all made from these.
/// </summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, with names in braces.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Answer">Answers it.</param>
internal sealed record WebRoute(string Method, string Path, string Summary, Func<WebRequest, Task<WebAnswer>> Answer)
{
    /// <summary>The query parameters that it takes; any other is an error.</summary>
    public string[] Query { get; init; } = [];

    /// <summary>What its body is; null for none.</summary>
    public Type? Body { get; init; }

    /// <summary>Whether its body may be left out.</summary>
    public bool MayLackBody { get; init; }

    /// <summary>The greatest length of its body, in bytes.</summary>
    public int MaxBody { get; init; } = BodyLimits.UsualBytes;

    /// <summary>What it answers; null for nothing but a status.</summary>
    public Type? Returns { get; init; }

    /// <summary>The statuses of success.</summary>
    public int[] Success { get; init; } = [200];

    /// <summary>Whether it needs a session.</summary>
    public bool NeedsSession { get; init; } = true;

    /// <summary>The errors that it may answer, beside those that every request may.</summary>
    public ProblemCode[] Errors { get; init; } = [];

    /// <summary>The segments of the path.</summary>
    public string[] Segments { get; } = Path[1..].Split('/');

    /// <summary>Whether it has the path of these segments. The framework, which chose it, does not look at their case.</summary>
    public bool Is(string[] segments) => segments.Length == Segments.Length
        && segments.Zip(Segments).All(pair => pair.Second[0] == '{' || pair.First == pair.Second);
}
