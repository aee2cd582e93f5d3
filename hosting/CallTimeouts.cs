namespace OrleansChat.Hosting;

/// <summary>How long a grain call may take, for silos and gateways alike.</summary>
public static class CallTimeouts
{
    /// <summary>
    /// A call without an answer for this long has failed, and it is unknown what it did. The timeout is longer than that of a database
    /// command, so that the grain still answers; and longer than a cluster takes to declare a killed silo dead, so that a repetition
    /// finds the grain on another.
    /// </summary>
    public static readonly TimeSpan Response = TimeSpan.FromSeconds(5);
}
