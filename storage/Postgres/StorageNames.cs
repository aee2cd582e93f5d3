using OrleansChat.Identifiers;

namespace OrleansChat.Storage.Postgres;

/// <summary>Names and numbers that every process on one database must agree on.</summary>
public static class StorageNames
{
    /// <summary>The Orleans service id, part of every state's key. The migrations hold it too.</summary>
    public const string ServiceId = ClusterNames.ServiceId;

    // Advisory locks of PostgreSQL: one database wide, told apart by number.
    internal const long MigrationLock = 0x6F72_6C65_0001;
    internal const long HostLock = 0x6F72_6C65_0002;
    internal const long PurgeLock = 0x6F72_6C65_0003;

    // With the number of a silo's program as the second key: what it holds beside the host lock. No other pair begins so.
    internal const int ProgramLocks = 0x6F72_6C65;
}
