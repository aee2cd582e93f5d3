using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>Says in the log which limits were reached, each once a minute with its count; and at start that they are lifted.</summary>
internal sealed partial class LimitLog(LimitOptions options, LimitMetrics metrics, TimeProvider time, ILogger<LimitLog> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _said = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.NoLimits) LogNoLimits(logger);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Say();
    }

    private void Say()
    {
        foreach (var limit in metrics.Reached)
        {
            var (count, said) = (metrics.CountOf(limit), _said.GetValueOrDefault(limit));
            if (count > said) LogHits(logger, limit, count - said);
            _said[limit] = count;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The limits of an address, an account and a mailbox are lifted (--no-limits): everybody may ask for everything.")]
    private static partial void LogNoLimits(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "In the last minute the limit '{Limit}' was reached {Count} times.")]
    private static partial void LogHits(ILogger logger, string limit, long count);
}
