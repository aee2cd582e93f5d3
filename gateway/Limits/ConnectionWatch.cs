using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Checks all connections every second, and resets those that take too long: for a line, for taking their replies, or to say
/// anything at all. One timer serves all, since most connections have nothing under way.
/// </summary>
internal sealed partial class ConnectionWatch(
    Connections connections, LimitOptions options, LimitMetrics metrics, TimeProvider time, ILogger<ConnectionWatch> logger)
    : BackgroundService
{
    /// <summary>A client that takes this many bytes within <see cref="LimitOptions.SlowReaderTimeout"/> is fast enough.</summary>
    internal const long FastEnough = 64 << 10;

    /// <summary>How often it checks; a limit may take effect later by as much.</summary>
    internal static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Check();
                connections.ForgetAddresses();
            }
            catch (Exception exception)
            {
                // Whatever one connection caused here, the others are checked again in a second.
                LogFailed(exception);
            }
        }
    }

    /// <summary>Resets the connections that have taken too long by now.</summary>
    internal void Check()
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

    /// <summary>Resets connections while too much waits in all: of the address with the most waiting bytes, its oldest first.</summary>
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

    [LoggerMessage(2202, LogLevel.Error, "Checking the connections failed; checking again in 1 s.")]
    private partial void LogFailed(Exception exception);
}
