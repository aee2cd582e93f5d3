namespace OrleansChat.Limits;

/// <summary>The limits' names in metrics and in the log. The operators' documents tell the purpose and default of each.</summary>
public static class LimitNames
{
    /// <summary>There were too many connections in all, and a new one was refused.</summary>
    public const string Connections = "connections";

    /// <summary>There were too many connections in all, and the oldest unprotected one was reset for a new one.</summary>
    public const string Evicted = "evicted";

    /// <summary>There were too many connections from one address.</summary>
    public const string AddressConnections = "address-connections";

    /// <summary>An address opened too many connections per second.</summary>
    public const string ConnectionRate = "connection-rate";

    /// <summary>A line took too long from its first byte to its end.</summary>
    public const string LineTime = "line-time";

    /// <summary>A connection was idle for too long.</summary>
    public const string Idle = "idle";

    /// <summary>A line was too long.</summary>
    public const string LineLength = "line-length";

    /// <summary>A client took its replies too slowly, or all of them together left too much waiting.</summary>
    public const string SlowReader = "slow-reader";

    /// <summary>An address, or all connections without a session, used more than their share, and were read more slowly.</summary>
    public const string Pace = "pace";

    /// <summary>One address tried too many logins or unknown tokens.</summary>
    public const string Attempts = "attempts";

    /// <summary>One address tried too many wrong passwords for one account.</summary>
    public const string Logins = "logins";

    /// <summary>A login would have waited too long for its password to be hashed.</summary>
    public const string Hashes = "hashes";

    /// <summary>An owner changed an account too often.</summary>
    public const string Changes = "changes";

    /// <summary>Too many users registered in an hour, from one address or in all.</summary>
    public const string Registrations = "registrations";

    /// <summary>An account sent too many messages per second.</summary>
    public const string Sends = "sends";

    /// <summary>A mailbox held too many unread messages.</summary>
    public const string Mailbox = "mailbox";

    /// <summary>A mailbox held too many unread messages of one sender.</summary>
    public const string MailboxShare = "mailbox-share";

    /// <summary>A room took too many messages per second.</summary>
    public const string Room = "room";

    /// <summary>A command was refused because the silos or the database did not keep up.</summary>
    public const string Overload = "overload";
}
