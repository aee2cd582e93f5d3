namespace OrleansChat.Client;

/// <summary>The program's exit codes for scripts. <c>--help</c> documents them; a number never changes its meaning.</summary>
internal enum ExitCode
{
    /// <summary>The server replied OK.</summary>
    Ok = 0,

    /// <summary>The server replied ERROR, or nobody is logged in.</summary>
    Refused = 1,

    /// <summary>The command line is wrong.</summary>
    Usage = 2,

    /// <summary>The server cannot be reached, or the connection broke; repeating the command is harmless.</summary>
    Unreachable = 3,

    /// <summary>It is unknown whether the message was sent.</summary>
    Unknown = 4,

    /// <summary>A local file or the standard output cannot be read or written.</summary>
    LocalFailure = 5,

    /// <summary>Stopped with Ctrl-C.</summary>
    Interrupted = 130,
}
