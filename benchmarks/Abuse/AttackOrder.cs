using System.Net;
using System.Text.Json.Serialization;

namespace OrleansChat.Bench.Abuse;

/// <summary>What an attacker is told, by its standard input: tokens are not for the list of processes.</summary>
/// <param name="Port">The silo's port for plain TCP, on loopback.</param>
/// <param name="TlsPort">Its port for TLS.</param>
/// <param name="Tokens">Good ones, of accounts with full mailboxes.</param>
/// <param name="Recipient">A user to write to.</param>
/// <param name="Accounts">Users whose passwords can be guessed at.</param>
/// <param name="Network">The attack comes from 127.0.NETWORK.1 and above: an address owes for what it did in an attack before.</param>
internal sealed record AttackOrder(
    int Port, int TlsPort, IReadOnlyList<string> Tokens, string Recipient, IReadOnlyList<string> Accounts, byte Network)
{
    /// <summary>For plain TCP.</summary>
    [JsonIgnore]
    public IPEndPoint Server => new(IPAddress.Loopback, Port);

    /// <summary>For TLS.</summary>
    [JsonIgnore]
    public IPEndPoint TlsServer => new(IPAddress.Loopback, TlsPort);
}

/// <summary>What an attacker got done in its last second.</summary>
/// <param name="Done">Operations a second: what one is, the attack says.</param>
/// <param name="Refused">Errors among the replies, a second.</param>
/// <param name="Ended">Connections that the server ended, a second.</param>
/// <param name="Open">Connections that are open.</param>
/// <param name="Cpu">CPU time of the attacker, in percent of a core.</param>
internal sealed record AttackReport(double Done, double Refused, double Ended, int Open, double Cpu)
{
    /// <summary>That of no attack.</summary>
    public static AttackReport None { get; } = new(0, 0, 0, 0, 0);
}
