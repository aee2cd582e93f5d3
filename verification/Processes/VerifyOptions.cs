using System.Net;
using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Processes;

/// <summary>What to run, and for how long.</summary>
internal sealed record VerifyOptions
{
    /// <summary>How long the load lasts; the start before it and the drain after it do not count.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>Decides what the clients do, and the faults.</summary>
    public required int Seed { get; init; }

    /// <summary>How many of 100 clients work over HTTP, where the service is started here.</summary>
    public int Web { get; init; }

    /// <summary>Names of faults, or <c>all</c> or <c>none</c>.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>Whether the report is printed as JSON.</summary>
    public required bool Json { get; init; }

    /// <summary>The service to start; null to use an existing deployment.</summary>
    public required LocalService? Service { get; init; }

    /// <summary>The gateways of an existing deployment.</summary>
    public required IReadOnlyList<EndPoint> Addresses { get; init; }

    /// <summary>The accounts of an existing deployment.</summary>
    public required IReadOnlyList<ChatUser> Users { get; init; }
}

/// <summary>The programs of the service, and how many processes to start.</summary>
internal sealed record LocalService
{
    /// <summary>The planted fault, which needs the programs of verification/silo and verification/gateway; null for none.</summary>
    public Variant? Broken { get; init; }

    /// <summary>The number of silos in a cluster; 0: silo and gateway are one process.</summary>
    public required int Silos { get; init; }

    /// <summary>The number of gateways in a cluster.</summary>
    public required int Gateways { get; init; }

    /// <summary>The messages per second that an account may send; 0 for as many as it likes.</summary>
    public required int SendsPerSecond { get; init; }

    /// <summary>Whether gateways have an HTTP door too.</summary>
    public bool HasWeb { get; init; }

    /// <summary>The silo's program.</summary>
    public required string SiloProgram { get; init; }

    /// <summary>The program of a gateway that runs in a process of its own.</summary>
    public required string GatewayProgram { get; init; }

    /// <summary>The program of the account commands.</summary>
    public required string AdminProgram { get; init; }

    /// <summary>A program that becomes PostgreSQL's postmaster, in the foreground.</summary>
    public required string PostgresProgram { get; init; }

    /// <summary>The connection string for PostgreSQL's database <c>postgres</c>.</summary>
    public required string Database { get; init; }

    /// <summary>The folder for the output of all processes.</summary>
    public required string LogFolder { get; init; }
}

/// <summary>The run cannot continue, for a reason other than the service.</summary>
internal sealed class VerifyException : Exception
{
    public VerifyException() { }
    public VerifyException(string message) : base(message) { }
    public VerifyException(string message, Exception innerException) : base(message, innerException) { }
}
