namespace OrleansChat.Client;

/// <summary>What the program's exit says to a script. The numbers are documented in <c>--help</c> and only ever grow.</summary>
internal enum ExitCode
{
    /// <summary>The server said OK.</summary>
    Ok = 0,

    /// <summary>The server said ERROR, or nobody is logged in.</summary>
    Refused = 1,

    /// <summary>The command line is not one of this program.</summary>
    Usage = 2,

    /// <summary>The server cannot be reached, or the connection broke; repeating is harmless.</summary>
    Unreachable = 3,

    /// <summary>A message may or may not have been sent.</summary>
    Unknown = 4,

    /// <summary>A file of this machine, or the standard output, cannot be read or written.</summary>
    LocalFailure = 5,

    /// <summary>Stopped with Ctrl-C.</summary>
    Interrupted = 130,
}
