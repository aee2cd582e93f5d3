using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Hosting;

/// <summary>
/// Compares this machine's clock with the database's, once a minute. Messages are dated here and judged there: with a clock that is ten
/// minutes slow none is taken; with one that is ahead by as much as sessions last, no token is.
/// </summary>
/// <param name="connect">A connection to the database, not opened yet.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="meters">The host's meters; null where there is no host.</param>
public sealed partial class ClockWatch(
    Func<DbConnection> connect, TimeProvider time, ILogger<ClockWatch> logger, IMeterFactory? meters = null) : BackgroundService
{
    /// <summary>The meter of <see cref="OffsetName"/>.</summary>
    public const string MeterName = "OrleansChat.Clock";

    /// <summary>The gauge of seconds by which this machine is ahead of the database; negative where it is behind.</summary>
    public const string OffsetName = "orleanschat.clock.offset";

    /// <summary>Clocks that are further apart are said to be.</summary>
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
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException or TimeoutException)
            {
                // Others say that the database is away.
                LogNotAsked(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
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

    /// <summary>Judges an answer.</summary>
    /// <param name="asked">When the database was asked, by the clock here.</param>
    /// <param name="took">How long the answer took: it was given some time in between.</param>
    /// <param name="database">The time by the database.</param>
    internal void Compare(DateTimeOffset asked, TimeSpan took, DateTimeOffset database)
    {
        var here = asked + (took / 2);
        var offset = here - database;
        _offset.Record(offset.TotalSeconds);
        if (offset.Duration() - (took / 2) > Tolerance) LogApart(logger, here, database, offset < TimeSpan.Zero ? "behind" : "ahead");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "It is {Here:u} by this machine's clock, which is {Direction}, and {Database:u} by the database's: "
        + "sends fail and sessions end early or late. Set the clocks, and have NTP keep them.")]
    private static partial void LogApart(ILogger logger, DateTimeOffset here, DateTimeOffset database, string direction);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The database could not be asked for the time.")]
    private static partial void LogNotAsked(ILogger logger, Exception exception);
}
