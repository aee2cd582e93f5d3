using System.Net;
using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Processes;

/// <summary>What to run, and for how long.</summary>
internal sealed record VerifyOptions
{
    /// <summary>How long the load lasts; coming up before and draining after are not counted.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>Decides what the clients do, and the faults.</summary>
    public required int Seed { get; init; }

    /// <summary>Names of faults, or <c>all</c> or <c>none</c>.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>Whether the report is printed as JSON.</summary>
    public required bool Json { get; init; }

    /// <summary>The service to start; null for somebody's own deployment.</summary>
    public required LocalService? Service { get; init; }

    /// <summary>The gateways of somebody's own deployment.</summary>
    public required IReadOnlyList<EndPoint> Addresses { get; init; }

    /// <summary>The accounts of somebody's own deployment.</summary>
    public required IReadOnlyList<ChatUser> Users { get; init; }
}

/// <summary>Where the programs of the service are, and how many to start.</summary>
internal sealed record LocalService
{
    /// <summary>What is broken in it on purpose; the programs must be those of verification/silo then. Null for nothing.</summary>
    public Variant? Broken { get; init; }

    /// <summary>How many silos a cluster has; 0: silo and gateway are one process.</summary>
    public required int Silos { get; init; }

    /// <summary>How many gateways a cluster has.</summary>
    public required int Gateways { get; init; }

    /// <summary>The silo's program.</summary>
    public required string SiloProgram { get; init; }

    /// <summary>The program of a gateway in a process of its own.</summary>
    public required string GatewayProgram { get; init; }

    /// <summary>A program that becomes PostgreSQL's postmaster, in the foreground.</summary>
    public required string PostgresProgram { get; init; }

    /// <summary>How to connect to its database <c>postgres</c>.</summary>
    public required string Database { get; init; }

    /// <summary>Where the output of all processes goes.</summary>
    public required string LogFolder { get; init; }
}

/// <summary>The run cannot go on for a reason that is not the service's.</summary>
internal sealed class VerifyException : Exception
{
    public VerifyException() { }
    public VerifyException(string message) : base(message) { }
    public VerifyException(string message, Exception innerException) : base(message, innerException) { }
}
