using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>The check that the table of Orleans's statements is what the migrations made it.</summary>
public sealed class OrleansStatementsTests : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task What_is_expected_is_what_the_migrations_have_put_there()
    {
        var rows = await _postgres.DataSource.QueryAsync(
            "test", "SELECT querykey, querytext FROM orleansquery", [],
            reader => KeyValuePair.Create(reader.GetString(0), reader.GetString(1)));

        Assert.Equal(rows.ToDictionary(), OrleansStatements.OfThisProgram.Texts);
        await OrleansStatements.OfThisProgram.CheckAsync(_postgres.DataSource, default);
    }

    [Fact]
    public async Task Statements_that_were_lost_or_changed_are_named_and_others_are_no_fault()
    {
        await _postgres.DataSource.ExecuteAsync(
            "test",
            """
            WITH lost AS (DELETE FROM orleansquery WHERE querykey = 'ReadFromStorageKey'),
                 more AS (INSERT INTO orleansquery VALUES ('ReadReminderRowsKey', 'SELECT'))
            UPDATE orleansquery SET querytext = querytext || ' ' WHERE querykey = 'DeleteStorageKey'
            """, []);

        var refusal = await Assert.ThrowsAsync<SchemaVersionException>(
            () => OrleansStatements.OfThisProgram.CheckAsync(_postgres.DataSource, default));

        Assert.Contains(": DeleteStorageKey, ReadFromStorageKey. ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_migration_replaces_a_statement()
    {
        var statements = new OrleansStatements([
            Migration.Parse(1, "INSERT INTO orleansquery VALUES\n('A', $$\n  SELECT 1\n$$),\n('B', $$ SELECT '$1' $$);"),
            Migration.Parse(2, "INSERT INTO orleansquery VALUES ('A', $$SELECT 2$$) ON CONFLICT (querykey) DO UPDATE ..."),
        ]);

        Assert.Equal(new Dictionary<string, string> { ["A"] = "SELECT 2", ["B"] = " SELECT '$1' " }, statements.Texts);
    }
}
