namespace OrleansChat.Storage.Postgres;

/// <summary>How a silo has its database.</summary>
public enum HostKind
{
    /// <summary>It has the database for itself.</summary>
    Alone = 0,

    /// <summary>It shares the database with the other silos of its cluster.</summary>
    Cluster = 1,
}
