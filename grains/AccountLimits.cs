namespace OrleansChat.Grains;

/// <summary>What one account may ask of the service. 0 lifts a limit.</summary>
public sealed class AccountLimits
{
    /// <summary>No limit at all.</summary>
    public static readonly AccountLimits None = new() { SendsPerSecond = 0, MaxUnread = 0, MaxUnreadOfSender = 0, WrongPasswords = 0 };

    /// <summary>How many seconds' worth of sends may come at once.</summary>
    internal const int BurstSeconds = 10;

    /// <summary>Messages an account may send a second, in sum over all its sessions; ten times as many at once.</summary>
    public int SendsPerSecond { get; set; } = 50;

    /// <summary>Unread messages a mailbox holds.</summary>
    public int MaxUnread { get; set; } = 20_000;

    /// <summary>How many of these may be of one sender.</summary>
    public int MaxUnreadOfSender { get; set; } = 5_000;

    /// <summary>Wrong passwords for one account from one address; another one each minute.</summary>
    public int WrongPasswords { get; set; } = 10;
}
