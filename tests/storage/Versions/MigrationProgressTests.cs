using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>What a migration says while it runs, and what it asks of the disk.</summary>
[Trait("Tier", "Usual")]
public sealed class MigrationProgressTests
{
    private const string Much = "-- space: 9000000 * 1048576::bigint\nCREATE TABLE next_step ()";

    [Fact]
    public async Task Each_step_of_an_existing_schema_is_reported_as_it_begins_and_none_of_a_new_one()
    {
        await using var source = NpgsqlDataSource.Create(await PostgresFixture.CreateEmptyDatabaseAsync());
        var steps = new List<string>();
        await VersionsWorld.Old(9).MigrateAsync(source, default, steps.Add);
        Assert.Empty(steps);

        await Migrator.MigrateAsync(source, default, steps.Add);

        var numbers = Enumerable.Range(10, Migrator.ProgramVersion - 9)
            .Select(number => $"Migration {number} of {Migrator.ProgramVersion} begins: ");
        Assert.Equal(numbers, steps.Select(step => step[..(step.IndexOf(':', StringComparison.Ordinal) + 2)]));
        Assert.Equal($"Migration 10 of {Migrator.ProgramVersion} begins: messages that stay.", steps[0]);
        await Migrator.MigrateAsync(source, default, steps.Add);
        Assert.Equal(Migrator.ProgramVersion - 9, steps.Count);
    }

    [Fact]
    public async Task On_a_disk_that_is_seen_to_be_too_small_nothing_is_begun()
    {
        await using var server = await PostgresCluster.StartNewAsync("fsync=off");
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await Migrator.MigrateAsync(source, default);
        var steps = new List<string>();

        var refusal = await Assert.ThrowsAsync<DiskSpaceException>(
            () => VersionsWorld.Next(VersionsWorld.This, Much).MigrateAsync(source, default, steps.Add));

        Assert.Matches("needs about 9,000,000 MiB of the disk with /.*, and [0-9,]+ MiB are free there: make room", refusal.Message);
        Assert.Empty(steps);
        Assert.Equal(VersionsWorld.This, await Migrator.CheckAsync(source, default));
    }

    [Fact]
    public async Task Of_a_disk_that_cannot_be_seen_it_says_how_much_it_needs()
    {
        var admin = new NpgsqlConnectionStringBuilder(await PostgresFixture.CreateEmptyDatabaseAsync());
        var owner = $"{admin.Database}_owner";
        await using var administrator = NpgsqlDataSource.Create(admin);
        await administrator.ExecuteAsync("test", $"CREATE ROLE {owner} LOGIN PASSWORD 'surabaya'", []);
        await administrator.ExecuteAsync("test", $"ALTER DATABASE {admin.Database} OWNER TO {owner}", []);
        var settings = new NpgsqlConnectionStringBuilder(admin.ConnectionString)
        {
            Username = owner,
            Password = "surabaya",
            Pooling = false,
        };
        var steps = new List<string>();
        await using (var source = NpgsqlDataSource.Create(settings))
        {
            await Migrator.MigrateAsync(source, default);
            await VersionsWorld.Next(VersionsWorld.This, Much).MigrateAsync(source, default, steps.Add);
        }
        await administrator.ExecuteAsync("test", $"REASSIGN OWNED BY {owner} TO CURRENT_USER", []);
        await administrator.ExecuteAsync("test", $"DROP OWNED BY {owner}", []);
        await administrator.ExecuteAsync("test", $"DROP ROLE {owner}", []);

        Assert.Equal(
            "It needs about 9,000,000 MiB of the disk of the database's server, which cannot be seen from here.", steps[0]);
        Assert.Equal(2, steps.Count);
    }

    [Fact]
    public void The_migration_of_many_messages_says_what_it_needs()
    {
        var spaces = Migration.ReadAll().Where(migration => migration.Space is not null).ToList();
        Assert.Equal([12], spaces.Select(migration => migration.Number));
        Assert.Contains("pg_relation_size", spaces[0].Space, StringComparison.Ordinal);
    }
}
