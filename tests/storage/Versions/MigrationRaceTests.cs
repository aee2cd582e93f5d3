using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using static OrleansChat.Storage.Tests.Versions.VersionsWorld;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>Migrations and starts of silos at the same time.</summary>
public sealed class MigrationRaceTests
{
    private const int Gate = 4711;
    private static readonly string WaitsAtGate = $"SELECT pg_advisory_xact_lock({Gate})";

    [Fact]
    public async Task Two_programs_that_migrate_at_once_come_to_the_schema_of_the_newer()
    {
        await using var world = await StartAsync(Old(2));

        ProgramSchema[] programs = [ProgramSchema.OfThisProgram, Next(minProgram: This)];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => programs[i % 2].MigrateAsync(world.Sql, default)));

        Assert.Equal(Enumerable.Range(1, This + 1), await world.VersionsAsync());
    }

    [Fact]
    public async Task A_silo_that_starts_during_a_migration_waits_for_it_and_starts_on_what_it_can_use()
    {
        await using var world = await StartAsync();
        await using var gate = await CloseGateAsync(world);
        var migrating = Next(minProgram: This, WaitsAtGate).MigrateAsync(world.Sql, default);
        await world.SomeoneWaitsAsync();

        var logger = new ListLogger<HostLock>();
        await using var silo = world.NewSilo(logger: logger);
        var starting = silo.AcquireAsync(TimeSpan.Zero, default);
        await logger.HasEntry.WaitAsync(Patience);
        Assert.Equal(["Another process is migrating the database; waiting for it to finish."], logger.At(LogLevel.Information));

        await RunAsync(gate, "SELECT pg_advisory_unlock_all()");
        await migrating.WaitAsync(Patience);
        await starting.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_silo_that_starts_during_a_migration_waits_for_it_and_is_refused_by_what_it_cannot_use()
    {
        await using var world = await StartAsync();
        await using var gate = await CloseGateAsync(world);
        var migrating = Next(minProgram: This + 1, WaitsAtGate).MigrateAsync(world.Sql, default);
        await world.SomeoneWaitsAsync();

        var logger = new ListLogger<HostLock>();
        await using var silo = world.NewSilo(logger: logger);
        var starting = silo.AcquireAsync(TimeSpan.Zero, default);
        await logger.HasEntry.WaitAsync(Patience);
        Assert.False(starting.IsCompleted);

        await RunAsync(gate, "SELECT pg_advisory_unlock_all()");
        await migrating.WaitAsync(Patience);
        await Assert.ThrowsAsync<SchemaVersionException>(() => starting.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_migration_that_comes_while_a_silo_shows_itself_waits_and_sees_it()
    {
        await using var world = await StartAsync();
        // A silo's start, held on between its first step and its last.
        await using var silo = await world.ConnectAsync();
        await RunAsync(silo, $"SELECT pg_advisory_lock_shared({StorageNames.MigrationLock})");
        var migrating = Next(minProgram: This + 1).MigrateAsync(world.Sql, default);
        await world.SomeoneWaitsAsync();
        await RunAsync(silo, $"SELECT pg_advisory_lock_shared({StorageNames.ProgramLocks}, {This})");
        await RunAsync(silo, $"SELECT pg_advisory_lock_shared({StorageNames.HostLock})");
        Assert.False(migrating.IsCompleted);

        await RunAsync(silo, $"SELECT pg_advisory_unlock_shared({StorageNames.MigrationLock})");

        var refusal = await Assert.ThrowsAsync<HostLockException>(() => migrating.WaitAsync(Patience));
        Assert.Contains($"process {silo.ProcessID} of the database server (of {This})", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_says_no_number_and_comes_beside_the_first_step_is_seen_by_the_second()
    {
        await using var world = await StartAsync(Old(RunningSilo.LastSilentProgram));
        var migrations = Migration.ReadAll();
        var next = new ProgramSchema([
            .. migrations.Take(6), migrations[6] with { Sql = $"{migrations[6].Sql}; {WaitsAtGate}" }, .. migrations.Skip(7),
            Migration.Parse(This + 1, $"-- min-program: {This + 1}\n")]);
        await using var gate = await CloseGateAsync(world);
        var migrating = next.MigrateAsync(world.Sql, default);
        await world.SomeoneWaitsAsync();
        await using var silo = await world.StartSilentSiloAsync();

        await RunAsync(gate, "SELECT pg_advisory_unlock_all()");

        await Assert.ThrowsAsync<HostLockException>(() => migrating.WaitAsync(Patience));
        Assert.Equal(Enumerable.Range(1, RunningSilo.LastSilentProgram + 1), await world.VersionsAsync());
    }

    [Fact]
    public async Task A_silo_that_finds_another_schema_after_a_lost_connection_stops()
    {
        await using var world = await StartAsync();
        var logger = new ListLogger<HostLock>();
        await using var silo = world.NewSilo(logger: logger);
        await silo.AcquireAsync(TimeSpan.Zero, default);
        await using (var migrating = await world.ConnectAsync())
        {
            // From here on it cannot show itself again.
            await RunAsync(migrating, $"SELECT pg_advisory_lock({StorageNames.MigrationLock})");
            await world.RunAsync($"SELECT pg_terminate_backend({silo.ProcessId})");
            await world.RunAsync($"INSERT INTO schema_version (version, min_program) VALUES ({This + 1}, {This + 1})");
        }

        await silo.Lost.WaitAsync(Patience);

        Assert.EndsWith("use a newer program.", Assert.Single(logger.At(LogLevel.Critical)), StringComparison.Ordinal);
    }

    private static async Task<Npgsql.NpgsqlConnection> CloseGateAsync(VersionsWorld world)
    {
        var gate = await world.ConnectAsync();
        await RunAsync(gate, $"SELECT pg_advisory_lock({Gate})");
        return gate;
    }
}
