namespace OrleansChat.Identifiers;

/// <summary>The names that all silos and gateways on one database share.</summary>
public static class ClusterNames
{
    /// <summary>The Orleans service id: part of every grain state's key in the database. The migrations contain it too.</summary>
    public const string ServiceId = "orleanschat";

    /// <summary>The Orleans cluster id: the silos of one database form one cluster.</summary>
    public const string ClusterId = "orleanschat";
}
