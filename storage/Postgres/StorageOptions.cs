namespace OrleansChat.Storage.Postgres;

/// <summary>How a process uses the database.</summary>
public sealed record StorageOptions
{
    /// <summary>
    /// An Npgsql connection string. What it says of the pool's size and of timeouts is kept; otherwise the pool holds up to
    /// <see cref="Database.DefaultPoolSize"/> connections and a command may take <see cref="Database.CommandTimeout"/>.
    /// Session-level features are used: a pooler between must not be in transaction mode.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>What PostgreSQL shows as the connections' <c>application_name</c>.</summary>
    public string ApplicationName { get; init; } = StorageNames.ServiceId;

    /// <summary>How many group-commit writers append to mailboxes, each with a connection of its own; 1 or more.</summary>
    public int MailboxWriters { get; init; } = 1;

    /// <summary>How many passwords are hashed at once; 0 for <see cref="Accounts.Passwords.DefaultConcurrency"/>.</summary>
    public int PasswordHashes { get; init; }

    /// <summary>How this process is a silo, which then holds the database's host lock; null for tools that run beside silos.</summary>
    public HostKind? Host { get; init; }

    /// <summary>Whether the start of a host brings the schema up to date; otherwise it fails on one older than the program.</summary>
    public bool Migrate { get; init; } = true;

    /// <summary>How long a start waits for the end of a silo that it does not go with.</summary>
    public TimeSpan HostLockWait { get; init; } = TimeSpan.FromSeconds(10);
}
