using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

public class MigratorTests
{
    [Fact]
    public async Task Many_starts_at_once_migrate_once()
    {
        await using var source = NpgsqlDataSource.Create(await PostgresFixture.CreateEmptyDatabaseAsync());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Migrator.MigrateAsync(source, CancellationToken.None)));

        var versions = await source.QueryAsync("test", "SELECT version FROM schema_version ORDER BY 1", [], r => r.GetInt32(0));
        Assert.Equal(Enumerable.Range(1, Migrator.ProgramVersion), versions);
    }

    [Fact]
    public async Task A_start_that_may_not_migrate_is_refused_until_somebody_has()
    {
        await using var source = NpgsqlDataSource.Create(await PostgresFixture.CreateEmptyDatabaseAsync());
        var refusal = await Assert.ThrowsAsync<SchemaVersionException>(() => Migrator.CheckAsync(source, CancellationToken.None));
        Assert.Contains("migrate it first", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await source.QueryAsync("test", "SELECT 1 FROM pg_class WHERE relname = 'mailbox'", [], r => r.GetInt32(0)));

        await Migrator.MigrateAsync(source, CancellationToken.None);

        await Migrator.CheckAsync(source, CancellationToken.None);
    }

    [Fact]
    public async Task An_interrupted_migration_leaves_nothing_of_itself_and_is_run_again()
    {
        await using var source = NpgsqlDataSource.Create(await PostgresFixture.CreateEmptyDatabaseAsync());
        await source.ExecuteAsync("test", "CREATE TABLE mailbox_position (obstacle integer)", []);
        await Assert.ThrowsAsync<PostgresException>(() => Migrator.MigrateAsync(source, CancellationToken.None));
        var left = await source.QueryAsync("test", "SELECT 1 FROM pg_class WHERE relname = 'mailbox'", [], r => r.GetInt32(0));
        Assert.Empty(left);

        await source.ExecuteAsync("test", "DROP TABLE mailbox_position", []);
        await Migrator.MigrateAsync(source, CancellationToken.None);

        Assert.Equal([0L], await source.QueryAsync("test", "SELECT count(*) FROM message", [], r => r.GetInt64(0)));
    }
}
