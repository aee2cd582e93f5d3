using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Output;

/// <summary>Tells a person what to do about an error where the server's text does not.</summary>
internal static class Advice
{
    /// <summary>One or two sentences; null if there is nothing to add.</summary>
    public static string? For(ChatCommand command, Reply reply) =>
        reply.Ok ? null
        : reply == Reply.NotAuthorized ? "Log in first: auth USER."
        : reply.IsNoSession ? "The session has ended: log in again, auth USER."
        : reply.IsTooMany && command == ChatCommand.LogIn
            ? "Wait a minute and try again: by default the server allows one more attempt per minute."
        : reply.IsTooMany ? "Wait a few seconds and try again."
        : reply.IsUnavailable && command == ChatCommand.Send ? "Whether the message was sent is unknown."
        : null;
}
