using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;

using static OrleansChat.Storage.Tests.Versions.VersionsWorld;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>Migrations while silos run.</summary>
public sealed class RunningSiloTests
{
    [Theory]
    [InlineData(HostKind.Alone)]
    [InlineData(HostKind.Cluster)]
    public async Task A_migration_that_would_break_a_silo_is_refused_by_its_name_until_it_has_ended(HostKind kind)
    {
        await using var world = await StartAsync();
        var next = Next(minProgram: This + 1);
        await using (await world.StartSiloAsync(kind))
        {
            var refusal = await Assert.ThrowsAsync<HostLockException>(() => next.MigrateAsync(world.Sql, default));
            Assert.Equal(
                $"The database cannot be migrated to schema version {This + 1}, which programs of {This + 1} and later can use, "
                + $"while older silos run on it: {ThisSilo} (of {This}). Stop them first.",
                refusal.Message);
            Assert.Equal(Enumerable.Range(1, This), await world.VersionsAsync());
        }
        await world.NoSiloRunsAsync();

        Assert.Equal(This, await next.MigrateAsync(world.Sql, default));
        Assert.Equal(Enumerable.Range(1, This + 1), await world.VersionsAsync());
    }

    [Fact]
    public async Task One_that_would_break_none_passes_while_they_run_and_more_of_them_may_start()
    {
        await using var world = await StartAsync();
        await using var first = await world.StartSiloAsync();
        var next = Next(minProgram: This);
        await using var newer = await world.StartSiloAsync(schema: next);

        Assert.Equal(This, await next.MigrateAsync(world.Sql, default));

        await using var second = await world.StartSiloAsync();
        Assert.Equal(This + 1, await Migrator.CheckAsync(world.Sql, default));
        Assert.False(first.Lost.IsCompleted);
    }

    [Fact]
    public async Task Of_several_silos_those_are_named_that_it_would_break()
    {
        await using var world = await StartAsync();
        var harmless = Migration.Parse(This + 1, $"-- min-program: {This}\n");
        var breaking = Migration.Parse(This + 2, $"-- min-program: {This + 1}\n");
        var afterNext = new ProgramSchema([.. Migration.ReadAll(), harmless, breaking]);
        await using var silo = await world.StartSiloAsync();
        await using var newer = await world.StartSiloAsync(schema: Next(minProgram: This));

        var refusal = await Assert.ThrowsAsync<HostLockException>(() => afterNext.MigrateAsync(world.Sql, default));

        Assert.Contains($"run on it: {ThisSilo} (of {This}). Stop", refusal.Message, StringComparison.Ordinal);
        // Refused before the first step, which would have broken nobody.
        Assert.Equal(Enumerable.Range(1, This), await world.VersionsAsync());
    }

    [Theory]
    [InlineData(HostKind.Alone)]
    [InlineData(HostKind.Cluster)]
    public async Task A_silo_that_says_no_number_is_taken_for_the_last_that_said_none(HostKind kind)
    {
        await using var world = await StartAsync(Old(RunningSilo.LastSilentProgram));
        await using var silo = await world.StartSilentSiloAsync(kind);

        // Those that it can run on are not refused.
        await Old(RunningSilo.LastSilentProgram + 2).MigrateAsync(world.Sql, default);
        var refusal = await Assert.ThrowsAsync<HostLockException>(() => ProgramSchema.OfThisProgram.MigrateAsync(world.Sql, default));

        Assert.Contains(
            $"run on it: process {silo.ProcessID} of the database server (of {RunningSilo.LastSilentProgram}).",
            refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_and_a_silos_start_are_refused_alike()
    {
        await using var world = await StartAsync(Old(5));
        await using var silo = await world.StartSiloAsync(schema: Old(5));

        var (code, output) = await AdminProgram.RunAsync(new() { ["Chat__Database"] = world.Options.ConnectionString }, "migrate");
        Assert.Equal(1, code);
        Assert.Contains($"{ThisSilo} (of 5). Stop them first.", output, StringComparison.Ordinal);

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddChatStorage(world.Options with { Host = HostKind.Cluster });
        using var host = builder.Build();
        var refusal = await Assert.ThrowsAsync<HostLockException>(() => host.StartAsync());
        Assert.Contains($"{ThisSilo} (of 5). Stop them first.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 5), await world.VersionsAsync());
    }
}
