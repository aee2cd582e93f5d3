using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Sessions;

/// <summary>What every connection of this gateway process uses.</summary>
public sealed class GatewayServices(
    IChatGrains grains, Presence presence, GatewayOptions options, LimitMetrics metrics, TimeProvider time, ILogger<GatewayServices> logger)
{
    /// <summary>Names this gateway process; a new one for each start.</summary>
    public string GatewayId => Presence.GatewayId;

    /// <summary>What this gateway holds.</summary>
    public Presence Presence { get; } = presence;

    /// <summary>The gateway's settings.</summary>
    public GatewayOptions Options { get; } = options;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Counts what limits refuse.</summary>
    public LimitMetrics Metrics { get; } = metrics;

    /// <summary>Refuses work that the service would not keep up with.</summary>
    internal LoadGate Load { get; } = new(options, metrics, time);

    /// <summary>Keeps those who are not known yet from taking everything.</summary>
    internal Strangers Strangers { get; } = new(isLimited: !options.NoLimits, time);

    /// <summary>The gateway's log.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>The grains that commands are answered by.</summary>
    public IChatGrains Grains { get; } = grains;
}
