using OrleansChat.Bench.Operations;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench;

/// <summary>What to measure, and with which programs.</summary>
internal sealed record BenchOptions
{
    /// <summary>The silo's program.</summary>
    public required string SiloProgram { get; init; }

    /// <summary>The program of a gateway that runs in a process of its own.</summary>
    public required string GatewayProgram { get; init; }

    /// <summary>Numbers of silos in a cluster; each number is a case of its own.</summary>
    public required int[] Silos { get; init; }

    /// <summary>A connection string to a PostgreSQL server of this machine, whose user may create databases.</summary>
    public required string Database { get; init; }

    /// <summary>Numbers of simultaneous connections; each number is a case of its own.</summary>
    public required int[] Connections { get; init; }

    /// <summary>Numbers of requests that a connection writes at once before it waits for all replies; each number is a case.</summary>
    public required int[] Pipeline { get; init; }

    /// <summary>How long each round is measured.</summary>
    public required TimeSpan Measured { get; init; }

    /// <summary>How long the load runs before the first round of a case, so that the runtime compiles the hot code first.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>How many rounds a case has; their median is the result.</summary>
    public required int Rounds { get; init; }

    /// <summary>The attacks for the scenario abuse; empty for all.</summary>
    public required string[] Attacks { get; init; }

    /// <summary>The other version for the scenario compare; null if there is none.</summary>
    public required AgainstOptions? Against { get; init; }

    /// <summary>Whether results are printed as JSON.</summary>
    public required bool Json { get; init; }
}

/// <summary>A comparison of two versions.</summary>
/// <param name="Mine">This tree's programs.</param>
/// <param name="Others">The other version's programs.</param>
/// <param name="Operations">The operations of the load.</param>
internal sealed record AgainstOptions(ServicePrograms Mine, ServicePrograms Others, IReadOnlyList<IOperation> Operations);
