namespace OrleansChat.Client;

/// <summary>A failure that the person reads in one sentence, without a stack trace, and a script sees as an exit code.</summary>
internal class ChatException(ExitCode exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The program's exit code if this failure ends it.</summary>
    public ExitCode ExitCode { get; } = exitCode;
}

/// <summary>The connection failed after the request may have reached the server, so its outcome is unknown.</summary>
internal sealed class ConnectionBrokenException(string message, Exception? inner = null)
    : ChatException(ExitCode.Unreachable, message, inner);

/// <summary>Ctrl-C came after the request may have reached the server, so its outcome is unknown.</summary>
internal sealed class RequestInterruptedException(Exception inner)
    : OperationCanceledException("Interrupted: the outcome of the command is unknown.", inner);
