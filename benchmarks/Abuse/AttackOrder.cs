using System.Net;
using System.Text.Json.Serialization;

namespace OrleansChat.Bench.Abuse;

/// <summary>What an attacker's process reads from its standard input: tokens must not show in the list of processes.</summary>
/// <param name="Port">The silo's port for plain TCP, on loopback.</param>
/// <param name="TlsPort">The silo's port for TLS.</param>
/// <param name="WebPort">The silo's port for HTTP.</param>
/// <param name="Tokens">Valid tokens, of accounts with full mailboxes.</param>
/// <param name="Epoch">The epoch of the database.</param>
/// <param name="Inboxes">The logs of these accounts.</param>
/// <param name="Sender">Who wrote what is in them.</param>
/// <param name="Recipient">The user to write to.</param>
/// <param name="Blocker">A user who has blocked the accounts of the tokens.</param>
/// <param name="Room">A private room, as a recipient, of which the accounts of the tokens are not members.</param>
/// <param name="Accounts">The users whose passwords the attacker guesses.</param>
/// <param name="Network">The attack comes from 127.0.NETWORK.1 upwards: an address still owes for what it did in an earlier attack.</param>
internal sealed record AttackOrder(
    int Port, int TlsPort, int WebPort, IReadOnlyList<string> Tokens, string Epoch, IReadOnlyList<long> Inboxes, string Sender,
    string Recipient, string Blocker, string Room, IReadOnlyList<string> Accounts, byte Network)
{
    /// <summary>The ports that are attacked.</summary>
    [JsonIgnore]
    public int[] Ports => [Port, TlsPort, WebPort];

    /// <summary>The silo's address for a door.</summary>
    public IPEndPoint ServerOf(Door door) =>
        new(IPAddress.Loopback, door switch { Door.Text => Port, Door.Tls => TlsPort, _ => WebPort });
}

/// <summary>The ways into a silo.</summary>
internal enum Door
{
    /// <summary>The text protocol.</summary>
    Text,

    /// <summary>The text protocol with TLS.</summary>
    Tls,

    /// <summary>HTTP.</summary>
    Web,
}

/// <summary>What an attacker achieved in its last second.</summary>
/// <param name="Done">Operations per second; each attack says what an operation is.</param>
/// <param name="Refused">Replies per second that are errors.</param>
/// <param name="Ended">Connections per second that the server ended.</param>
/// <param name="Open">Connections that are open.</param>
/// <param name="Cpu">The attacker's CPU time, in percent of a core.</param>
internal sealed record AttackReport(double Done, double Refused, double Ended, int Open, double Cpu)
{
    /// <summary>The report when there is no attack.</summary>
    public static AttackReport None { get; } = new(0, 0, 0, 0, 0);
}
