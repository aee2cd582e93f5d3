using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>
/// Logs which limits were reached and by whom, each once per minute with its count; and at start whether they are lifted.
/// </summary>
internal sealed partial class LimitLog(
    LimitOptions options, ProxyOptions proxies, LimitMetrics metrics, TimeProvider time, ILogger<LimitLog> logger) : BackgroundService
{
    /// <summary>How many addresses an entry names.</summary>
    internal const int MaxNamed = 5;

    /// <summary>An address with this share of the hits may be a proxy for many clients.</summary>
    private const double NearlyAll = 0.9;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The limits that clients behind one proxy share, if the proxy is not named as trusted.</summary>
    private static readonly HashSet<string> OfAddress =
    [
        LimitNames.AddressConnections, LimitNames.ConnectionRate, LimitNames.Attempts,
        LimitNames.Logins, LimitNames.Pace, LimitNames.Hashes, LimitNames.Registrations,
    ];

    private readonly Dictionary<string, long> _said = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.NoLimits) LogNoLimits();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Say();
    }

    /// <summary>Logs the limits reached since the last call.</summary>
    internal void Say()
    {
        foreach (var limit in metrics.Reached)
        {
            var (count, said) = (metrics.CountOf(limit), _said.GetValueOrDefault(limit));
            _said[limit] = count;
            if (count == said) continue;
            var addresses = metrics.TakeAddresses(limit);
            LogHits(limit, count - said, Describe(addresses), OfAddress.Contains(limit) ? Hint(addresses) : "");
        }
    }

    private static string Describe(LimitAddresses addresses)
    {
        if (addresses.Known.Count == 0) return "";
        var names = addresses.Known.Take(MaxNamed).Select(a => $"{a.Value} by {a.Key}").ToList();
        var rest = addresses.Known.Skip(MaxNamed).Sum(a => a.Value) + addresses.Others;
        if (rest > 0) names.Add($"{rest} by others");
        return $": {string.Join(", ", names)}";
    }

    private string Hint(LimitAddresses addresses)
    {
        if (addresses.Known.Count == 0 || proxies.IsAny) return "";
        var (name, count) = addresses.Known[0];
        var isNearlyAll = count >= NearlyAll * (addresses.Known.Sum(a => a.Value) + addresses.Others);
        return isNearlyAll ? $" If {name} is a proxy for many clients, name it in --trusted-proxies." : "";
    }

    [LoggerMessage(2203, LogLevel.Warning,
        "The limits of an address, an account and a mailbox are lifted (--no-limits): a single client may use up the service.")]
    private partial void LogNoLimits();

    [LoggerMessage(2204, LogLevel.Warning, "In the last minute the limit '{Limit}' was reached {Count} times{Addresses}.{Hint}")]
    private partial void LogHits(string limit, long count, string addresses, string hint);
}
