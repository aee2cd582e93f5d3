using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>The admin program brings a schema up to date, as a step of its own.</summary>
public sealed class MigrateCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task It_says_from_which_version_to_which_and_once_done_changes_nothing()
    {
        var database = await PostgresFixture.CreateEmptyDatabaseAsync();

        Assert.Equal((0, $"The schema was migrated from version 0 to {Migrator.ProgramVersion}."), await MigrateAsync(database));
        Assert.Equal((0, $"The schema is up to date: version {Migrator.ProgramVersion}."), await MigrateAsync(database));
    }

    [Fact]
    public async Task A_schema_of_a_newer_program_is_left_alone()
    {
        var database = await PostgresFixture.CreateEmptyDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database);
        await Migrator.MigrateAsync(source, CancellationToken.None);
        await using var command = source.CreateCommand("INSERT INTO schema_version (version, min_program) VALUES (999, 999)");
        await command.ExecuteNonQueryAsync();

        var (code, output) = await MigrateAsync(database);

        Assert.Equal(3, code);
        Assert.Contains("999", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_on_accounts_migrate_nothing()
    {
        var database = await PostgresFixture.CreateEmptyDatabaseAsync();

        var (code, output) = await AdminProgram.RunAsync(new() { ["Chat__Database"] = database }, "list");

        Assert.Equal(3, code);
        Assert.EndsWith(
            $"schema version 0, and this program needs {Migrator.ProgramVersion}: migrate it first (orleanschat-admin migrate).",
            output, StringComparison.Ordinal);
        await using var source = NpgsqlDataSource.Create(database);
        const string Tables = "SELECT relname::text FROM pg_class WHERE relname IN ('mailbox', 'schema_version')";
        Assert.Empty(await source.QueryAsync("test", Tables, [], reader => reader.GetString(0)));
    }

    [Fact]
    public async Task It_waits_for_a_server_that_is_not_up_yet()
    {
        await using var server = await PostgresCluster.StartNewAsync();
        await server.CrashAsync();
        using var migration = AdminProgram.Start(new() { ["Chat__Database"] = server.ConnectionString }, "migrate", "--wait");

        var waits = await migration.StandardError.ReadLineAsync().WaitAsync(Patience);
        await server.StartAsync();
        await migration.WaitForExitAsync().WaitAsync(Patience);

        Assert.StartsWith("orleanschat-admin: the database cannot be reached yet; trying again: ", waits, StringComparison.Ordinal);
        Assert.Equal((0, ""), (migration.ExitCode, await migration.StandardError.ReadToEndAsync()));
    }

    [Fact]
    public async Task A_database_that_the_service_could_not_use_is_refused()
    {
        var database = new NpgsqlConnectionStringBuilder(await PostgresFixture.CreateEmptyDatabaseAsync())
        {
            Options = "-c default_transaction_read_only=on",
        };

        var (code, output) = await MigrateAsync(database.ConnectionString);

        Assert.Equal(3, code);
        Assert.Contains("takes no writes", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_database_it_says_what_to_set()
    {
        var (code, output) = await MigrateAsync("");

        Assert.Equal(2, code);
        Assert.Contains("Chat__Database", output, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output)> MigrateAsync(string database) =>
        AdminProgram.RunAsync(new() { ["Chat__Database"] = database }, "migrate");
}
