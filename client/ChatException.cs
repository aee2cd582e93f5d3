namespace OrleansChat.Client;

/// <summary>A failure that is told to the person in one sentence, without a stack trace, and to scripts by its exit code.</summary>
internal class ChatException(ExitCode exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the program exits with when the failure ends it.</summary>
    public ExitCode ExitCode { get; } = exitCode;
}

/// <summary>The connection failed after the request may have reached the server: what became of it is not known.</summary>
internal sealed class ConnectionBrokenException(string message, Exception? inner = null)
    : ChatException(ExitCode.Unreachable, message, inner);

/// <summary>Stopped with Ctrl-C after the request may have reached the server.</summary>
internal sealed class RequestInterruptedException(Exception inner)
    : OperationCanceledException("Interrupted: what became of the command is unknown.", inner);
