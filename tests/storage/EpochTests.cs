using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>The name of the database's incarnation, which numbers belong to.</summary>
[Trait("Tier", "Usual")]
public sealed class EpochTests
{
    [Fact]
    public async Task It_outlives_restarts_and_crashes_and_a_promoted_standby_has_another()
    {
        await using var server = await PostgresCluster.StartNewAsync();
        var world = new MailboxWorld { Server = server.ConnectionString };
        await world.InitializeAsync();
        await using var standby = await server.StartStandbyAsync();
        var name = new NpgsqlConnectionStringBuilder(world.Options.ConnectionString).Database!;
        var epoch = await ReadAsync(server, name);
        Assert.Matches("^[0-9a-f]{16}$", epoch);

        await server.RestartAsync();
        Assert.Equal(epoch, await ReadAsync(server, name));
        await server.CrashAsync();
        await server.StartAsync();
        Assert.Equal(epoch, await ReadAsync(server, name));

        // Nothing is numbered on a standby, and it has no epoch: its timeline will be another.
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ReadAsync(standby, name));
        Assert.Equal(PostgresErrorCodes.ObjectNotInPrerequisiteState, refusal.SqlState);
        await standby.PromoteAsync();
        var promoted = await ReadAsync(standby, name);
        Assert.NotEqual(epoch, promoted);
        Assert.Equal(epoch, await ReadAsync(server, name));
    }

    [Fact]
    public async Task A_restored_dump_and_a_copy_have_others_and_so_does_a_database_that_was_given_one()
    {
        await using var server = await PostgresCluster.StartNewAsync("fsync=off");
        await using var other = await PostgresCluster.StartNewAsync("fsync=off");
        var world = new MailboxWorld { Server = server.ConnectionString };
        await world.InitializeAsync();
        var name = new NpgsqlConnectionStringBuilder(world.Options.ConnectionString).Database!;
        var epochs = new List<string> { await ReadAsync(server, name) };

        await server.DumpAndRestoreAsync(name, server, "restored");
        epochs.Add(await ReadAsync(server, "restored"));
        await server.DumpAndRestoreAsync(name, other, "restored");
        epochs.Add(await ReadAsync(other, "restored"));
        await world.DisposeAsync();
        await RunAsync(server, "postgres", $"CREATE DATABASE copy TEMPLATE {name}");
        epochs.Add(await ReadAsync(server, "copy"));
        Assert.Equal(epochs[0], await ReadAsync(server, name));
        await RunAsync(server, name, "UPDATE epoch SET value = gen_random_uuid()");
        epochs.Add(await ReadAsync(server, name));

        Assert.Equal(epochs.Count, epochs.Distinct().Count());
    }

    private static async Task<string> ReadAsync(PostgresCluster server, string database)
    {
        await using var source = NpgsqlDataSource.Create(Settings(server, database));
        await using var command = source.CreateCommand("SELECT current_epoch()");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task RunAsync(PostgresCluster server, string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(Settings(server, database));
        await source.ExecuteAsync("test", sql, []);
    }

    private static NpgsqlConnectionStringBuilder Settings(PostgresCluster server, string database) =>
        new(server.ConnectionString) { Database = database, Pooling = false };
}
