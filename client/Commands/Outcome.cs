using OrleansChat.Client.Output;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Commands;

/// <summary>Maps replies to exit codes for scripts.</summary>
internal static class Outcome
{
    /// <summary>The exit code of a command with this reply.</summary>
    public static ExitCode Of(ChatCommand command, Reply reply) =>
        reply.Ok ? ExitCode.Ok
        : command == ChatCommand.Send && reply.IsUnavailable ? ExitCode.Unknown
        : ExitCode.Refused;
}
