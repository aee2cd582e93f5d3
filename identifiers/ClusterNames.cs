namespace OrleansChat.Identifiers;

/// <summary>What the silos and gateways on one database call their service and themselves.</summary>
public static class ClusterNames
{
    /// <summary>The Orleans service id, part of every state's key in the database. The migrations hold it too.</summary>
    public const string ServiceId = "orleanschat";

    /// <summary>The Orleans cluster id: the silos of one database form one cluster.</summary>
    public const string ClusterId = "orleanschat";
}
