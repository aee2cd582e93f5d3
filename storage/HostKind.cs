namespace OrleansChat.Storage;

/// <summary>How a process hosts the grains on a database.</summary>
public enum HostKind
{
    /// <summary>Orleans, one silo that has the database for itself.</summary>
    Orleans = 0,

    /// <summary>The embedded host, which has the database for itself.</summary>
    Embedded = 1,

    /// <summary>Orleans, a silo of the cluster that shares the database.</summary>
    Cluster = 2,
}
