using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Output;

/// <summary>What a person can do about an error, where the server's text does not say it.</summary>
internal static class Advice
{
    /// <summary>A sentence or two; null where there is nothing to add.</summary>
    public static string? For(ChatCommand command, Reply reply) =>
        reply.Ok ? null
        : reply == Reply.NotAuthorized ? "Log in first: auth USER."
        : reply.IsNoSession ? "The session has ended: log in again, auth USER."
        : reply.IsTooMany && command == ChatCommand.LogIn
            ? "Wait a minute, and try again: unless the server is set otherwise, one more is let in each minute."
        : reply.IsTooMany ? "Wait a few seconds, and try again."
        : reply.IsUnavailable && command == ChatCommand.Send ? "Whether the message was sent is unknown."
        : null;
}
