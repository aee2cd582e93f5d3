using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

/// <summary>The services that all connections of this gateway process share.</summary>
public sealed class GatewayServices(
    IChatGrains grains, Presence presence, LimitOptions limits, LimitMetrics metrics, TimeProvider time, ILogger<GatewayServices> logger)
{
    /// <summary>Names this gateway process; each start has a new name.</summary>
    public string GatewayId => Presence.GatewayId;

    /// <summary>Reports to the presence grain which sessions are on this gateway.</summary>
    public Presence Presence { get; } = presence;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Counts what the limits refuse, end or slow down.</summary>
    public LimitMetrics Metrics { get; } = metrics;

    /// <summary>Refuses work that the service would not keep up with.</summary>
    internal LoadGate Load { get; } = new(limits.MaxCallsInFlight, metrics, time);

    /// <summary>Keeps those who are not known yet from taking everything.</summary>
    internal Strangers Strangers { get; } = new(isLimited: !limits.NoLimits, time);

    /// <summary>The streams of this gateway; null before there can be any.</summary>
    internal IOwnStreams? Streams { get; set; }

    /// <summary>The log of everything that belongs to no class with a log of its own.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>The grains that answer commands.</summary>
    public IChatGrains Grains { get; } = grains;
}
