using System.Reflection;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>The settings of a simulated silo. Times count by the silo's <see cref="TimeProvider"/>.</summary>
public sealed class SimulatedSiloOptions
{
    /// <summary>The assemblies in which the grain classes are.</summary>
    public IList<Assembly> GrainAssemblies { get; } = [];

    /// <summary>How long a caller waits for an answer where the method has no <see cref="ResponseTimeoutAttribute"/>.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often timeouts are looked for: a call fails at most two of these later than it should, never earlier.</summary>
    public TimeSpan ClockPeriod { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a grain may go unused before it is deactivated.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often unused grains are looked for.</summary>
    public TimeSpan CollectionInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the activation of a grain may take, and its deactivation; it is abandoned then.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stop waits for running requests, and then for deactivations.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many unfinished requests a grain may have; further calls fail with
    /// <see cref="Orleans.Runtime.LimitExceededException"/>.
    /// </summary>
    public int MaxUnfinishedRequests { get; set; } = 10_000;

    /// <summary>
    /// How many turns a grain runs in a row before the others come first. 1 leaves every choice to the <see cref="ITurnQueue"/>.
    /// </summary>
    public int MaxTurnsInARow { get; set; } = 64;
}
