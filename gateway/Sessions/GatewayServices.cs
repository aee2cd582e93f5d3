using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

/// <summary>The services that all connections of this gateway process share.</summary>
public sealed class GatewayServices(
    IChatGrains grains, Presence presence, GatewayOptions options, LimitMetrics metrics, TimeProvider time, ILogger<GatewayServices> logger)
{
    /// <summary>Names this gateway process; each start has a new name.</summary>
    public string GatewayId => Presence.GatewayId;

    /// <summary>Reports to the presence grain which sessions are on this gateway.</summary>
    public Presence Presence { get; } = presence;

    /// <summary>The gateway's settings, already checked.</summary>
    public GatewayOptions Options { get; } = options;

    /// <summary>The clock of all timeouts, rates and timestamps; tests and the simulation replace it.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Counts what the limits refuse, end or slow down.</summary>
    public LimitMetrics Metrics { get; } = metrics;

    /// <summary>Refuses new work while the service does not keep up.</summary>
    internal LoadGate Load { get; } = new(options, metrics, time);

    /// <summary>The budget that all connections without a session share.</summary>
    internal Strangers Strangers { get; } = new(isLimited: !options.NoLimits, time);

    /// <summary>The log of everything that belongs to no class with a log of its own.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>The grains that answer commands.</summary>
    public IChatGrains Grains { get; } = grains;
}
