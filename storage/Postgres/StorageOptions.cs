namespace OrleansChat.Storage.Postgres;

/// <summary>How a process uses the database.</summary>
public sealed record StorageOptions
{
    /// <summary>
    /// An Npgsql connection string. Its pool size and timeouts apply; the defaults are <see cref="Database.DefaultPoolSize"/>
    /// connections and <see cref="Database.CommandTimeout"/>. The storage uses session-level features, so a pooler in between
    /// must not be in transaction mode.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>The <c>application_name</c> of the connections, which PostgreSQL shows.</summary>
    public string ApplicationName { get; init; } = StorageNames.ServiceId;

    /// <summary>The number of group-commit writers that append to mailboxes, each on its own connection; 1 or more, default 1.</summary>
    public int MailboxWriters { get; init; } = 1;

    /// <summary>How many passwords are hashed at once; 0, the default, means <see cref="Accounts.Passwords.DefaultConcurrency"/>.</summary>
    public int PasswordHashes { get; init; }

    /// <summary>The kind of silo, which holds the database's host lock; null, the default, for tools that run beside silos.</summary>
    public HostKind? Host { get; init; }

    /// <summary>Whether starting a host migrates the schema; if not, it fails on a schema older than the program. Default true.</summary>
    public bool Migrate { get; init; } = true;

    /// <summary>How long a start waits for an incompatible silo to end. Default 10 s.</summary>
    public TimeSpan HostLockWait { get; init; } = TimeSpan.FromSeconds(10);
}
