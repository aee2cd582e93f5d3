using OrleansChat.Identifiers;

namespace OrleansChat.Storage.Postgres;

/// <summary>Names and numbers that all processes on one database must agree on.</summary>
public static class StorageNames
{
    /// <summary>The Orleans service id, part of every state's key. The migrations repeat it.</summary>
    public const string ServiceId = ClusterNames.ServiceId;

    // PostgreSQL's advisory locks: each is valid in one database, and identified by its number.
    internal const long MigrationLock = 0x6F72_6C65_0001;
    internal const long HostLock = 0x6F72_6C65_0002;
    internal const long PurgeLock = 0x6F72_6C65_0003;

    // The first key of the lock that a silo holds beside the host lock; the second key is its program number. No other lock uses it.
    internal const int ProgramLocks = 0x6F72_6C65;
}
