using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>
/// A migration of many messages that is killed, its connection or its server, goes on where its last committed step ended.
/// </summary>
[Trait("Tier", "All")]
public sealed class MigrationKillTests
{
    private const int Users = 300, Each = 1000, Kills = 10;

    [Fact]
    public async Task Killed_at_any_moment_it_comes_to_the_same_result()
    {
        await using var server = await PostgresCluster.StartNewAsync("fsync=off", "max_wal_size=8GB");
        await using var admin = Open(server, "postgres");
        await admin.ExecuteAsync("test", "CREATE DATABASE filled", []);
        await using (var filled = Open(server, "filled"))
        {
            await VersionsWorld.Old(9).MigrateAsync(filled, default);
            await OldMailboxes.FillAsync(filled, Users, Each);
        }
        await admin.ExecuteAsync("test", "CHECKPOINT", []);
        var (expected, whole) = await MigrateCopyAsync(server, admin, kill: null);

        var (random, killed) = (new Random(19), 0);
        for (var i = 0; i < Kills; i++)
        {
            // A moment is a number of looks at the server: of as many as the whole took.
            var kill = new Kill(random.Next(whole.Looks), IsOfServer: i % 3 == 2);
            var (described, run) = await MigrateCopyAsync(server, admin, kill);
            Assert.Equal(expected, described);
            if (run.IsKilled) killed++;
        }
        // The last moments may come too late.
        Assert.InRange(killed, Kills / 2, Kills);
    }

    private static async Task<(List<string> Described, Run Run)> MigrateCopyAsync(
        PostgresCluster server, NpgsqlDataSource admin, Kill? kill)
    {
        await admin.ExecuteAsync("test", "CREATE DATABASE copy TEMPLATE filled", []);
        await using var copy = Open(server, "copy");
        var migrating = ProgramSchema.OfThisProgram.MigrateAsync(copy, default);
        var looks = 0;
        while (!migrating.IsCompleted && looks++ != kill?.After)
            await admin.CountAsync("SELECT count(*) FROM pg_stat_activity");
        if (kill is { IsOfServer: true })
        {
            await server.CrashAsync();
            await server.StartAsync();
        }
        else if (kill is not null)
            await admin.ExecuteAsync("test", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'copy'", []);
        var failure = await Record.ExceptionAsync(() => migrating);
        Assert.True(failure is null or NpgsqlException, $"{failure}");

        await ProgramSchema.OfThisProgram.MigrateAsync(copy, default);
        var described = await OldMailboxes.DescribeAsync(copy);
        await admin.ExecuteAsync("test", "DROP DATABASE copy WITH (FORCE)", []);
        return (described, new Run(looks, failure is not null));
    }

    private static NpgsqlDataSource Open(PostgresCluster server, string database) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database, Pooling = false, CommandTimeout = 300 });

    private sealed record Kill(int After, bool IsOfServer);

    private sealed record Run(int Looks, bool IsKilled);
}
