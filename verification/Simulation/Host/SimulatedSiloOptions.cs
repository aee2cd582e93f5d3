using System.Reflection;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>The settings of a simulated silo. All times are measured by the silo's <see cref="TimeProvider"/>.</summary>
public sealed class SimulatedSiloOptions
{
    /// <summary>The assemblies that contain the grain classes; default none.</summary>
    public IList<Assembly> GrainAssemblies { get; } = [];

    /// <summary>How long a caller waits for an answer if the method has no <see cref="ResponseTimeoutAttribute"/>; default 5 s.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often timeouts are checked: a call fails up to two periods late, but never early; default 0.5 s.</summary>
    public TimeSpan ClockPeriod { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a grain may be unused before it is deactivated; default 15 minutes.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often unused grains are collected; default one minute.</summary>
    public TimeSpan CollectionInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an activation or a deactivation may take before it is abandoned; default 30 s.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop waits for running requests, and then for deactivations; default 10 s each.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The number of unfinished requests that a grain may have, by default 10,000; further calls fail with
    /// <see cref="Orleans.Runtime.LimitExceededException"/>.
    /// </summary>
    public int MaxUnfinishedRequests { get; set; } = 10_000;

    /// <summary>
    /// The number of turns that a grain runs before other grains, by default 64. 1 leaves every choice to the <see cref="ITurnQueue"/>.
    /// </summary>
    public int MaxTurnsInARow { get; set; } = 64;
}
