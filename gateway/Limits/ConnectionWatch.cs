using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Looks at all connections each second, and resets those that take too long: for a line, for their replies, or altogether.
/// One timer for all, since most connections have nothing under way.
/// </summary>
internal sealed partial class ConnectionWatch(
    Connections connections, GatewayOptions options, LimitMetrics metrics, TimeProvider time, ILogger<ConnectionWatch> logger) : BackgroundService
{
    /// <summary>A client that takes so much within <see cref="LimitOptions.SlowReaderTimeout"/> is not too slow.</summary>
    internal const long FastEnough = 64 << 10;

    /// <summary>How often it looks: a limit may be reached so much later.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private const int LooksBetweenLogs = 60;

    private readonly Dictionary<string, long> _said = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.NoLimits) LogNoLimits(logger);
        using var timer = new PeriodicTimer(LookEvery, time);
        for (var look = 1; await timer.WaitForNextTickAsync(stoppingToken); look++)
        {
            Look();
            if (look % LooksBetweenLogs != 0) continue;
            connections.ForgetAddresses();
            Say();
        }
    }

    /// <summary>Says which limits were reached since the last time.</summary>
    internal void Say()
    {
        foreach (var limit in metrics.Reached)
        {
            var (count, said) = (metrics.CountOf(limit), _said.GetValueOrDefault(limit));
            if (count > said) LogHits(logger, limit, count - said);
            _said[limit] = count;
        }
    }

    /// <summary>Resets what has taken too long by now.</summary>
    internal void Look()
    {
        var waiting = new List<(ClientConnection Connection, long At, long Bytes)>();
        foreach (var connection in connections.Snapshot())
        {
            if (IsOver(connection.LineAwaitedSince, options.LineTimeout)) connection.Reset(metrics, LimitNames.LineTime);
            else if (IsOver(connection.HeardAt, options.IdleTimeout)) connection.Reset(metrics, LimitNames.Idle);
            else if (connection.WaitingBytes(out var taken) is > 0 and var bytes)
            {
                var (at, takenThen) = connection.WaitsSince ??= (time.GetTimestamp(), taken);
                waiting.Add((connection, at, bytes));
                if (!IsOver(at, options.SlowReaderTimeout)) continue;
                if (taken - takenThen < FastEnough) connection.Reset(metrics, LimitNames.SlowReader);
                else connection.WaitsSince = (time.GetTimestamp(), taken);
            }
            else connection.WaitsSince = null;
        }
        var excess = waiting.Sum(w => w.Bytes) - options.MaxWaitingBytes;
        foreach (var (connection, _, bytes) in waiting.OrderBy(w => w.At).TakeWhile(_ => excess > 0))
        {
            connection.Reset(metrics, LimitNames.SlowReader);
            excess -= bytes;
        }
    }

    private bool IsOver(long since, TimeSpan limit) => since != 0 && limit > TimeSpan.Zero && time.GetElapsedTime(since) >= limit;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The limits of an address, an account and a mailbox are lifted (--no-limits): everybody may ask for everything.")]
    private static partial void LogNoLimits(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "In the last minute the limit '{Limit}' was reached {Count} times.")]
    private static partial void LogHits(ILogger logger, string limit, long count);
}
