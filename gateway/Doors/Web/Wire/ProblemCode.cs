namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>The errors of the HTTP door; their names never change.</summary>
/// <param name="Name">What programs go by.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Meaning">What it says, in a few words.</param>
internal sealed record ProblemCode(string Name, int Status, string Meaning)
{
    public static readonly ProblemCode BadRequest = new("bad-request", 400, "The request is malformed");
    public static readonly ProblemCode NoSession = new("no-session", 401, "The token is missing or unknown, or its session has ended");
    public static readonly ProblemCode WrongPassword = new("wrong-password", 403, "User name or password are wrong");
    public static readonly ProblemCode Forbidden = new("forbidden", 403, "This is not allowed");
    public static readonly ProblemCode NotFound = new("not-found", 404, "There is no such thing");
    public static readonly ProblemCode NoRecipient = new("no-recipient", 404, "There is nobody of that name to whom you may write");
    public static readonly ProblemCode Method = new("method", 405, "The path does not take this method");
    public static readonly ProblemCode Exists = new("exists", 409, "The name is taken");
    public static readonly ProblemCode Epoch = new("epoch", 409, "The numbers are of another incarnation of the database");
    public static readonly ProblemCode MailboxFull = new("mailbox-full", 409, "The recipient holds as many unread messages as they may");
    public static readonly ProblemCode Expired = new("expired", 410, "What was asked for was removed by age");
    public static readonly ProblemCode TooLarge = new("too-large", 413, "The body, or a text in it, is too large");
    public static readonly ProblemCode UriTooLong = new("uri-too-long", 414, "The path and query are too long");
    public static readonly ProblemCode MediaType = new("media-type", 415, "The body must be application/json");
    public static readonly ProblemCode KeyReused = new("key-reused", 422, "The key stands for another message");
    public static readonly ProblemCode TooMany = new("too-many", 429, "A rate limit was reached");
    public static readonly ProblemCode Headers = new("headers", 431, "The headers are too large");
    public static readonly ProblemCode Internal = new("internal", 500, "The service has a defect");
    public static readonly ProblemCode Unavailable = new("unavailable", 503, "It is unknown whether it was done");
    public static readonly ProblemCode Overloaded = new("overloaded", 503, "It was not done: the service is busy");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        BadRequest, NoSession, WrongPassword, Forbidden, NotFound, NoRecipient, Method, Exists, Epoch, MailboxFull, Expired, TooLarge,
        UriTooLong, MediaType, KeyReused, TooMany, Headers, Internal, Unavailable, Overloaded,
    ];

    /// <summary>What the framework means by a status of its own.</summary>
    public static ProblemCode OfStatus(int status) => status switch
    {
        404 => NotFound,
        405 => Method,
        413 => TooLarge,
        414 => UriTooLong,
        415 => MediaType,
        431 => Headers,
        >= 500 => Internal,
        _ => BadRequest,
    };
}
