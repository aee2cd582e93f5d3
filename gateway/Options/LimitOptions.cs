using System.ComponentModel;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Options;

/// <summary>What clients may ask of a gateway.</summary>
[Section("Limits")]
public sealed class LimitOptions
{
    [Description("Lifts the limits of an address, an account and a mailbox: for measurements, and for networks where nobody is hostile. "
        + "Those that keep the process itself alive stay.")]
    public bool NoLimits { get; set; }

    [Description("Open connections of this process. With more, the oldest without a session makes room; where there is none, the new one "
        + "is reset.")]
    [Bounds(1)]
    public int MaxConnections { get; set; } = 20_000;

    [Description("Open connections from one address (of IPv6: from one network of 64 bits); further ones are reset.")]
    [Bounds(1)]
    public int MaxConnectionsPerAddress { get; set; } = 500;

    [Description("Logins per minute from one address, and as many tokens that turn out to be unknown; five times as many at once.")]
    [Bounds(1)]
    public int AttemptsPerMinute { get; set; } = 60;

    [Description("Lines per second from one address, where each 4 KiB of lines and replies count as one more, and reads and new "
        + "connections as several: beyond, it is read more slowly.")]
    [Bounds(1)]
    public int LinesPerSecond { get; set; } = 5_000;

    [Description("The time from a line's first byte to its end; then the connection is reset.")]
    [Bounds("1s", "1h")]
    public TimeSpan LineTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Description("How long a connection may be silent; 0s for as long as its client's TCP answers.")]
    [Bounds("1s", "30d", OrZero = true)]
    public TimeSpan IdleTimeout { get; set; }

    // A third of what a modem did.
    [Description("Within this time a client must take all that waits for it, or 64 KiB of it. Otherwise it is reset, and what it had not "
        + "received is unread again.")]
    [Bounds("1s", "1h")]
    public TimeSpan SlowReaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    [Description("Bytes of replies that wait in this process, of all clients together. With more, the oldest of the address with the most "
        + "is reset, until it is less.")]
    [Bounds(1 << 20)]
    public long MaxWaitingBytes { get; set; } = 256 << 20;

    [Description("Commands that wait for a grain. With more, further ones are refused; with half as many, logins.")]
    [Bounds(2)]
    public int MaxCallsInFlight { get; set; } = 10_000;
}
