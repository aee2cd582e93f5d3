using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>Invariants 1, 3 and 4 when PostgreSQL is killed: on a server of its own.</summary>
[Trait("Tier", "All")]
public sealed class DatabaseCrashTests
{
    [Fact]
    public async Task Neither_a_killed_database_nor_both_killed_lose_anything_and_the_service_goes_on_when_the_database_is_back()
    {
        await using var postgres = await PostgresCluster.StartNewAsync();
        await using var silo = await SiloProcess.StartAsync(postgres.ConnectionString);
        using var load = await Load.StartAsync(silo.ConnectAsync);
        await load.AcknowledgedAsync(200);

        await postgres.CrashAsync();
        await postgres.StartAsync();
        await load.AcknowledgedAsync(100);

        await postgres.CrashAsync();
        await silo.KillAsync();
        await load.EndedAsync();
        await postgres.StartAsync();

        await using var again = await SiloProcess.StartAsync(postgres.ConnectionString);
        await load.ReconcileAsync(again.ConnectAsync);
    }
}
