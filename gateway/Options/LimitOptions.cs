using OrleansChat.Hosting.Settings;
using OrleansChat.Protocol.Line;

namespace OrleansChat.Gateway.Options;

/// <summary>What clients may ask of a gateway, each limit with its default; docs/operating/limits.md has them in a table.</summary>
public class LimitOptions
{
    /// <summary>
    /// Lifts the limits of an address, an account and a mailbox: for measurements, and for networks where nobody is hostile.
    /// Those that keep the process itself alive stay.
    /// </summary>
    public bool NoLimits { get; set; }

    /// <summary>
    /// Open connections of this process. With more, the oldest without a session makes room; where there is none, the new one is
    /// reset.
    /// </summary>
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>Open connections from one address (of IPv6: from one network of 64 bits).</summary>
    public int MaxConnectionsPerAddress { get; set; } = 500;

    /// <summary>Logins from one address a minute, and as many tokens that turn out to be unknown; five times as many at once.</summary>
    public int AttemptsPerMinute { get; set; } = 60;

    /// <summary>
    /// Lines a second from one address, where each 4 KiB of lines and replies count as one more, and reads and new connections as
    /// several: beyond, it is read more slowly.
    /// </summary>
    public int LinesPerSecond { get; set; } = 5_000;

    /// <summary>The time from a line's first byte to its end.</summary>
    public TimeSpan LineTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be silent; zero for as long as its client's TCP answers.</summary>
    public TimeSpan IdleTimeout { get; set; }

    /// <summary>The length of a line in bytes, without its end.</summary>
    public int MaxLineBytes { get; set; } = LineReader.MaxLineLength;

    /// <summary>
    /// Pipelined sends of a connection that are under way at once; further lines wait. One call to a grain holds no more than 64.
    /// </summary>
    public int MaxPipelinedSends { get; set; } = 64;

    /// <summary>
    /// Within this time a client must take all that waits for it, or 64 KiB of it: a third of what a modem did.
    /// Otherwise it is reset, and what it had not received is unread again.
    /// </summary>
    public TimeSpan SlowReaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes of replies that wait in this process, of all clients together. With more, the oldest of the address with the most is
    /// reset, until it is less.
    /// </summary>
    public long MaxWaitingBytes { get; set; } = 256 << 20;

    /// <summary>Commands that wait for a grain. With more, further ones are refused; with half as many, logins.</summary>
    public int MaxCallsInFlight { get; set; } = 10_000;

    /// <exception cref="ConfigurationException">A limit makes no sense.</exception>
    internal void CheckLimits()
    {
        AtLeast(MaxConnections, 1, "--max-connections");
        AtLeast(MaxConnectionsPerAddress, 1, "--max-connections-per-address");
        AtLeast(AttemptsPerMinute, 1, "--attempts-per-minute");
        AtLeast(LinesPerSecond, 1, "--lines-per-second");
        Between(LineTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "--line-timeout");
        Between(SlowReaderTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "--slow-reader-timeout");
        AtLeast(MaxWaitingBytes, 1 << 20, "--max-waiting-bytes");
        AtLeast(MaxCallsInFlight, 2, "--max-calls-in-flight");
        if (MaxPipelinedSends is < 1 or > 64) throw new ConfigurationException("--max-pipelined-sends must be 1 to 64.");
        if (IdleTimeout != TimeSpan.Zero)
            Between(IdleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), "--idle-timeout", "; 0s is none");
        if (MaxLineBytes is < 1024 or > LineReader.MaxLineLength)
            throw new ConfigurationException(
                $"--max-line-bytes must be 1024 to {LineReader.MaxLineLength}: the protocol promises no more.");
    }

    /// <summary>Checks a number.</summary>
    /// <exception cref="ConfigurationException">It is too small.</exception>
    protected static void AtLeast(double value, double least, string setting)
    {
        if (value < least) throw new ConfigurationException($"{setting} must be at least {least}.");
    }

    /// <summary>Checks a duration.</summary>
    /// <exception cref="ConfigurationException">It is too short or too long.</exception>
    protected static void Between(TimeSpan value, TimeSpan least, TimeSpan most, string setting, string reason = "")
    {
        if (value >= least && value <= most) return;
        throw new ConfigurationException(
            $"{setting} must be {Duration.Format(least)} to {Duration.Format(most)}, not {Duration.Format(value)}{reason}.");
    }
}
