namespace OrleansChat.Tests.Shared;

/// <summary>How long tests wait.</summary>
public static class Waiting
{
    /// <summary>What does not come within this time does not come: longer than anything takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
}
