using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrleansChat.Limits;

/// <summary>
/// Counts what limits refuse, end or slow down: in the counter <c>orleanschat.limit.hits</c> of the meter
/// <c>OrleansChat.Limits</c>, with the limit's name as the tag <c>limit</c>; and by address for the log.
/// </summary>
public sealed class LimitMetrics
{
    /// <summary>The name of the meter, for exporters.</summary>
    public const string MeterName = "OrleansChat.Limits";

    private readonly Counter<long> _hits;
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly ConcurrentDictionary<string, AddressCounts> _addresses = new();

    /// <summary>Creates the counter.</summary>
    /// <param name="meters">The host's meters; null without a host.</param>
    public LimitMetrics(IMeterFactory? meters = null) =>
        _hits = (meters?.Create(MeterName) ?? new Meter(MeterName)).CreateCounter<long>(
            "orleanschat.limit.hits", description: "What a limit refused, ended or slowed down.");

    /// <summary>Counts one hit of a limit.</summary>
    /// <param name="limit">The name of the limit: see <see cref="LimitNames"/>.</param>
    /// <param name="address">The address that reached it; empty if unknown.</param>
    public void Hit(string limit, string address = "")
    {
        _hits.Add(1, new KeyValuePair<string, object?>("limit", limit));
        _counts.AddOrUpdate(limit, 1, static (_, count) => count + 1);
        if (address.Length > 0) _addresses.GetOrAdd(limit, static _ => new()).Add(address);
    }

    /// <summary>How often a limit was reached since the start.</summary>
    public long CountOf(string limit) => _counts.GetValueOrDefault(limit);

    /// <summary>Takes the addresses that reached a limit since the last call.</summary>
    public LimitAddresses TakeAddresses(string limit) =>
        _addresses.TryGetValue(limit, out var counts) ? counts.Take() : LimitAddresses.None;

    /// <summary>The limits that were reached so far, in alphabetical order.</summary>
    public IReadOnlyList<string> Reached => [.. _counts.Keys.Order(StringComparer.Ordinal)];
}
