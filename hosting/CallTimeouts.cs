namespace OrleansChat.Hosting;

/// <summary>How long a grain call may take, for silos and gateways alike.</summary>
public static class CallTimeouts
{
    /// <summary>
    /// A call without an answer for so long has failed, and it is unknown what it did. Longer than a database command may
    /// take, so that a grain still answers; and than a cluster takes to declare a killed silo dead, so that a repetition
    /// finds the grain on another.
    /// </summary>
    public static readonly TimeSpan Response = TimeSpan.FromSeconds(5);
}
