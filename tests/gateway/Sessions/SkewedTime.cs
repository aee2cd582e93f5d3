namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>The clock of a machine that is ahead of the others, or behind them; time passes on it as it does elsewhere.</summary>
internal sealed class SkewedTime(TimeProvider time) : TimeProvider
{
    /// <summary>How far it is ahead.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Skew;
}
