namespace OrleansChat.Storage.Postgres;

/// <summary>Whether a silo shares its database with other silos.</summary>
public enum HostKind
{
    /// <summary>The silo has the database to itself.</summary>
    Alone = 0,

    /// <summary>The silo shares the database with the other silos of its cluster.</summary>
    Cluster = 1,
}
