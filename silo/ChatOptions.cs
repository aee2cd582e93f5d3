using System.Net;
using OrleansChat.Gateway.Options;
using OrleansChat.Grains;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Silo;

/// <summary>The settings of a silo: see <see cref="ChatConfiguration"/> for where they come from.</summary>
public sealed class ChatOptions : GatewayOptions
{
    /// <summary>
    /// The IP address or host name under which other silos and the gateways reach this one: it is a member of the cluster on
    /// its database. Empty: it is alone, and has the database for itself.
    /// </summary>
    public string ClusterAddress { get; set; } = "";

    /// <summary>Where other silos connect, in a cluster.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>Where gateways connect, in a cluster.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Whether the start brings the database schema up to date; otherwise it must be.</summary>
    public bool Migrate { get; set; } = true;

    /// <summary>Whether the demonstration users, whose password is public, are added at start.</summary>
    public bool DemoUsers { get; set; }

    /// <summary>A session that was not used for so long has ended; two hours to ten years.</summary>
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A grain that was not used for so long leaves memory; ten seconds to seven days.</summary>
    public TimeSpan GrainIdleTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often such grains are looked for.</summary>
    public TimeSpan GrainCollectionInterval => TimeSpan.FromTicks(Math.Min(GrainIdleTimeout.Ticks / 4, TimeSpan.TicksPerMinute));

    /// <summary>How many connections write messages; 1 to 8.</summary>
    public int MailboxWriters { get; set; } = 1;

    /// <summary>Messages an account may send a second, in sum over all its sessions; ten times as many at once.</summary>
    public int SendsPerSecond { get; set; } = new AccountLimits().SendsPerSecond;

    /// <summary>Unread messages a mailbox holds.</summary>
    public int MaxUnread { get; set; } = new AccountLimits().MaxUnread;

    /// <summary>How many of these may be of one sender.</summary>
    public int MaxUnreadOfSender { get; set; } = new AccountLimits().MaxUnreadOfSender;

    /// <summary>Wrong passwords for one account from one address; another one each minute.</summary>
    public int WrongPasswords { get; set; } = new AccountLimits().WrongPasswords;

    /// <summary>Passwords that are hashed at once; 0 for one less than there are processors.</summary>
    public int PasswordHashes { get; set; }

    /// <summary>The limits of accounts and mailboxes, unless all of them are lifted.</summary>
    public AccountLimits AccountLimits => NoLimits
        ? AccountLimits.None
        : new()
        {
            SendsPerSecond = SendsPerSecond,
            MaxUnread = MaxUnread,
            MaxUnreadOfSender = MaxUnreadOfSender,
            WrongPasswords = WrongPasswords,
        };

    /// <summary>Whether this silo is a member of a cluster.</summary>
    public bool IsClustered => ClusterAddress.Length > 0;

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (DemoUsers && EndPoints.Any(e => !IPAddress.IsLoopback(e.Address)))
            throw new ConfigurationException(
                "--demo-users adds users whose password everybody knows: it goes with a loopback address only.");
        if (DemoUsers && IsClustered && !(IPAddress.TryParse(ClusterAddress, out var address) && IPAddress.IsLoopback(address)))
            throw new ConfigurationException(
                "--demo-users adds users whose password everybody knows: "
                + "in a cluster it goes with a loopback --cluster-address only.");
        if (!EndPoints.Any() && !IsClustered)
            throw new ConfigurationException(
                "A silo alone must listen for clients: give --listen or --tls-listen ADDRESS:PORT, "
                + "or --cluster-address for a member of a cluster.");
        Between(SessionIdleTimeout, TimeSpan.FromHours(2), TimeSpan.FromDays(3650), "--session-idle-timeout",
            ": the last use of a session is written once an hour");
        Between(GrainIdleTimeout, TimeSpan.FromSeconds(10), TimeSpan.FromDays(7), "--grain-idle-timeout");
        if (MailboxWriters is < 1 or > 8)
            throw new ConfigurationException("--mailbox-writers must be 1 to 8.");
        AtLeast(SendsPerSecond, 1, "--sends-per-second");
        AtLeast(MaxUnread, 1, "--max-unread");
        AtLeast(MaxUnreadOfSender, 1, "--max-unread-of-sender");
        AtLeast(WrongPasswords, 1, "--wrong-passwords");
        AtLeast(PasswordHashes, 0, "--password-hashes");
        if (SiloPort is < 1 or > 65535 || GatewayPort is < 1 or > 65535 || SiloPort == GatewayPort)
            throw new ConfigurationException("--silo-port and --gateway-port must be two different ports.");
    }
}
