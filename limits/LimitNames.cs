namespace OrleansChat.Limits;

/// <summary>The limits' names in metrics and in the log. docs/operations.md says of each what it is for, and its default.</summary>
public static class LimitNames
{
    /// <summary>Connections in all: one was refused.</summary>
    public const string Connections = "connections";

    /// <summary>Connections in all: the oldest without a session made room for another.</summary>
    public const string Evicted = "evicted";

    /// <summary>Connections from one address.</summary>
    public const string AddressConnections = "address-connections";

    /// <summary>Connections that one address opens a second.</summary>
    public const string ConnectionRate = "connection-rate";

    /// <summary>A line took too long from its first byte to its end.</summary>
    public const string LineTime = "line-time";

    /// <summary>A connection was idle for too long.</summary>
    public const string Idle = "idle";

    /// <summary>A line was too long.</summary>
    public const string LineLength = "line-length";

    /// <summary>A client took its replies too slowly, or all of them together left too much waiting.</summary>
    public const string SlowReader = "slow-reader";

    /// <summary>An address asked for more than its share, and was read more slowly.</summary>
    public const string Pace = "pace";

    /// <summary>Logins and unknown tokens from one address.</summary>
    public const string Attempts = "attempts";

    /// <summary>Wrong passwords for one account from one address.</summary>
    public const string Logins = "logins";

    /// <summary>Logins that would have waited too long for their password to be hashed.</summary>
    public const string Hashes = "hashes";

    /// <summary>Sends of one account.</summary>
    public const string Sends = "sends";

    /// <summary>Unread messages in a mailbox.</summary>
    public const string Mailbox = "mailbox";

    /// <summary>One sender's unread messages in a mailbox.</summary>
    public const string MailboxShare = "mailbox-share";

    /// <summary>Refused since the service behind the gateway does not keep up.</summary>
    public const string Overload = "overload";
}
