using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Hosting;

/// <summary>
/// Compares this machine's clock with the database's, once per minute. Gateways and silos date messages and sessions, and the database
/// judges the dates: if this clock is slow by ten minutes, no message is accepted; if it is fast by the lifetime of a session, no token is.
/// </summary>
/// <param name="connect">Makes a connection to the database without opening it.</param>
/// <param name="time">This machine's clock, which is to be watched.</param>
/// <param name="logger">Takes a warning when the clocks differ.</param>
/// <param name="meters">The host's meters; null without a host.</param>
public sealed partial class ClockWatch(
    Func<DbConnection> connect, TimeProvider time, ILogger<ClockWatch> logger, IMeterFactory? meters = null) : BackgroundService
{
    /// <summary>The meter of <see cref="OffsetName"/>.</summary>
    public const string MeterName = "OrleansChat.Clock";

    /// <summary>The gauge of how far this machine's clock is ahead of the database's, in seconds; negative if it is behind.</summary>
    public const string OffsetName = "orleanschat.clock.offset";

    /// <summary>A larger difference between the clocks is logged.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Gauge<double> _offset = (meters?.Create(MeterName) ?? new Meter(MeterName))
        .CreateGauge<double>(OffsetName, "s", "By how much this machine's clock is ahead of the database's.");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await CompareAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is DbException or TimeoutException)
            {
                // Other parts of the program warn that the database is down.
                LogNotAsked(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        await using var connection = connect();
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT clock_timestamp()";
        var asked = time.GetUtcNow();
        var start = time.GetTimestamp();
        var database = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
        Compare(asked, time.GetElapsedTime(start), database);
    }

    /// <summary>Compares the clocks by one answer of the database.</summary>
    /// <param name="asked">When the database was asked, by this machine's clock.</param>
    /// <param name="took">How long the answer took; the database read its clock at some moment in between.</param>
    /// <param name="database">The time by the database's clock.</param>
    internal void Compare(DateTimeOffset asked, TimeSpan took, DateTimeOffset database)
    {
        var here = asked + (took / 2);
        var offset = here - database;
        _offset.Record(offset.TotalSeconds);
        if (offset.Duration() - (took / 2) > Tolerance) LogApart(here, database, offset < TimeSpan.Zero ? "behind" : "ahead");
    }

    [LoggerMessage(1001, LogLevel.Warning,
        "It is {Here:u} by this machine's clock, which is {Direction}, and {Database:u} by the database's: "
        + "sends fail and sessions end early or late. Set the clocks, and let NTP keep them right.")]
    private partial void LogApart(DateTimeOffset here, DateTimeOffset database, string direction);

    [LoggerMessage(1002, LogLevel.Debug, "Asking the database for its time failed; asking again in 1 min.")]
    private partial void LogNotAsked(Exception exception);
}
