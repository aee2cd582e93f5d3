using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Looks at all connections each second, and resets those that take too long: for a line, for their replies, or altogether.
/// One timer for all, since most connections have nothing under way.
/// </summary>
internal sealed partial class ConnectionWatch(
    Connections connections, GatewayOptions options, LimitMetrics metrics, TimeProvider time, ILogger<ConnectionWatch> logger)
    : BackgroundService
{
    /// <summary>A client that takes so much within <see cref="LimitOptions.SlowReaderTimeout"/> is not too slow.</summary>
    internal const long FastEnough = 64 << 10;

    /// <summary>How often it looks: a limit may be reached so much later.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Look();
                connections.ForgetAddresses();
            }
            catch (Exception e)
            {
                // Whatever one connection did to it: the others are looked at again in a second.
                LogFailed(logger, e);
            }
        }
    }

    /// <summary>Resets what has taken too long by now.</summary>
    internal void Look()
    {
        var waiting = new List<(ClientConnection Connection, long At, long Bytes)>();
        foreach (var connection in connections.Snapshot())
        {
            if (IsOver(connection.LineAwaitedSince, options.LineTimeout)) connection.Reset(metrics, LimitNames.LineTime);
            else if (IsOver(connection.SilentSince, options.IdleTimeout)) connection.Reset(metrics, LimitNames.Idle);
            else if (connection.Replies?.WaitingBytes(out var taken) is > 0 and var bytes)
            {
                var (at, takenThen) = connection.WaitsSince ??= (time.GetTimestamp(), taken);
                waiting.Add((connection, at, bytes));
                if (!IsOver(at, options.SlowReaderTimeout)) continue;
                if (taken - takenThen < FastEnough) connection.Reset(metrics, LimitNames.SlowReader);
                else connection.WaitsSince = (time.GetTimestamp(), taken);
            }
            else connection.WaitsSince = null;
        }
        MakeRoom(waiting);
    }

    /// <summary>Of what waits in all there may be too much: the address with the most gives, its oldest first.</summary>
    private void MakeRoom(List<(ClientConnection Connection, long At, long Bytes)> waiting)
    {
        var excess = waiting.Sum(w => w.Bytes) - options.MaxWaitingBytes;
        if (excess <= 0) return;
        var addresses = waiting.GroupBy(w => w.Connection.Address).Select(ofAddress => (
            Bytes: ofAddress.Sum(w => w.Bytes),
            Oldest: new Queue<(ClientConnection Connection, long At, long Bytes)>(ofAddress.OrderBy(w => w.At)))).ToList();
        while (excess > 0)
        {
            var most = addresses.MaxBy(a => a.Bytes);
            addresses.Remove(most);
            var (connection, _, bytes) = most.Oldest.Dequeue();
            connection.Reset(metrics, LimitNames.SlowReader);
            excess -= bytes;
            if (most.Oldest.Count > 0) addresses.Add((most.Bytes - bytes, most.Oldest));
        }
    }

    private bool IsOver(long since, TimeSpan limit) => since != 0 && limit > TimeSpan.Zero && time.GetElapsedTime(since) >= limit;

    [LoggerMessage(Level = LogLevel.Error, Message = "The connections could not be looked at.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
