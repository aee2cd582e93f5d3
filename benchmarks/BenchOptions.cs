using OrleansChat.Bench.Operations;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench;

/// <summary>What to measure, and with what.</summary>
internal sealed record BenchOptions
{
    /// <summary>The silo's program.</summary>
    public required string SiloProgram { get; init; }

    /// <summary>The program of a gateway in a process of its own.</summary>
    public required string GatewayProgram { get; init; }

    /// <summary>How many silos a cluster has; each number is a case of its own.</summary>
    public required int[] Silos { get; init; }

    /// <summary>A connection string to a PostgreSQL server of this machine, whose user may create databases.</summary>
    public required string Database { get; init; }

    /// <summary>How many connections there are at once; each number is a case of its own.</summary>
    public required int[] Connections { get; init; }

    /// <summary>How many requests a connection writes at once before it waits for all replies; each number is a case.</summary>
    public required int[] Pipeline { get; init; }

    /// <summary>How long a round is measured.</summary>
    public required TimeSpan Measured { get; init; }

    /// <summary>How long the load runs before the first round of a case: the runtime compiles the hot code meanwhile.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>How many rounds a case has; the result is their median.</summary>
    public required int Rounds { get; init; }

    /// <summary>The names of the attacks for the scenario of that name; none for all.</summary>
    public required string[] Attacks { get; init; }

    /// <summary>The other version that the scenario compare compares with; null for none.</summary>
    public required AgainstOptions? Against { get; init; }

    /// <summary>Whether results are printed as JSON.</summary>
    public required bool Json { get; init; }
}

/// <summary>A comparison of two versions.</summary>
/// <param name="Mine">This tree's programs.</param>
/// <param name="Others">The other version's.</param>
/// <param name="Operations">What the load does.</param>
internal sealed record AgainstOptions(ServicePrograms Mine, ServicePrograms Others, IReadOnlyList<IOperation> Operations);
