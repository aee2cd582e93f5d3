namespace OrleansChat.Grains;

/// <summary>The limits of one account. 0 lifts a limit.</summary>
public sealed class AccountLimits
{
    /// <summary>Lifts every limit.</summary>
    public static readonly AccountLimits None = new()
    {
        SendsPerSecond = 0,
        MaxUnread = 0,
        MaxUnreadOfSender = 0,
        WrongPasswords = 0,
        ChangesAtOnce = 0,
    };

    /// <summary>Messages per second that an account may send, over all its sessions; a burst is ten times that. Default 50.</summary>
    public int SendsPerSecond { get; set; } = 50;

    /// <summary>The largest number of unread messages in a mailbox. Default 20,000.</summary>
    public int MaxUnread { get; set; } = 20_000;

    /// <summary>The largest number of unread messages from one sender in a mailbox. Default 5,000.</summary>
    public int MaxUnreadOfSender { get; set; } = 5_000;

    /// <summary>Wrong passwords for one account from one address, and one more per minute. Default 10.</summary>
    public int WrongPasswords { get; set; } = 10;

    /// <summary>How often the owner may change names and passwords at once, and one more time per minute. Default 10.</summary>
    public int ChangesAtOnce { get; set; } = 10;
}
