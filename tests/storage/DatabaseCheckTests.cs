using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>Databases that the service cannot run on.</summary>
public sealed class DatabaseCheckTests
{
    [Fact]
    public async Task One_that_can_store_every_text_is_taken()
    {
        await using var source = NpgsqlDataSource.Create(await PostgresFixture.CreateEmptyDatabaseAsync());
        await DatabaseCheck.RequireAsync(source, default);
    }

    [Theory]
    [InlineData("SQL_ASCII")]
    [InlineData("LATIN1")]
    public async Task Another_encoding_is_refused(string encoding)
    {
        var name = $"test_{Guid.NewGuid():N}";
        var admin = await PostgresServer.GetAdminConnectionStringAsync();
        await using var server = NpgsqlDataSource.Create(admin);
        await ExecuteAsync(server, $"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        try
        {
            Assert.Equal($"The database {name} has the encoding {encoding}, which does not hold every name and message: "
                + "it must be UTF8 (createdb --encoding=UTF8 --template=template0).",
                await RefusalOf(new NpgsqlConnectionStringBuilder(admin) { Database = name, Pooling = false }.ConnectionString));
        }
        finally
        {
            await ExecuteAsync(server, $"DROP DATABASE {name}");
        }
    }

    [Fact]
    public async Task One_that_takes_no_writes_is_refused()
    {
        var database = new NpgsqlConnectionStringBuilder(await PostgresFixture.CreateEmptyDatabaseAsync())
        {
            Options = "-c default_transaction_read_only=on",
        };
        Assert.Equal($"The database {database.Database} takes no writes: "
            + "default_transaction_read_only is on, for the server, the database or the role.",
            await RefusalOf(database.ConnectionString));
    }

    [Fact]
    public async Task A_standby_is_refused_until_it_is_the_primary()
    {
        await using var primary = await PostgresCluster.StartNewAsync();
        await using var standby = await primary.StartStandbyAsync();
        Assert.Equal("The database postgres is a standby, which takes no writes: give the address of the primary.",
            await RefusalOf(standby.ConnectionString));

        await standby.PromoteAsync();
        await using var source = NpgsqlDataSource.Create(standby.ConnectionString);
        await DatabaseCheck.RequireAsync(source, default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pooler_is_refused_that_lends_a_connection_for_a_transaction(bool ofTransactions)
    {
        await using var pooler = await Pooler.StartAsync(await PostgresFixture.CreateEmptyDatabaseAsync(), ofTransactions);
        if (ofTransactions)
        {
            var refusal = await RefusalOf(pooler.ConnectionString);
            Assert.StartsWith("This program reaches PostgreSQL through a pooler", refusal, StringComparison.Ordinal);
        }
        else
        {
            await using var source = NpgsqlDataSource.Create(pooler.ConnectionString);
            await DatabaseCheck.RequireAsync(source, default);
        }
    }

    private static async Task<string> RefusalOf(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        return (await Assert.ThrowsAsync<UnsuitableDatabaseException>(() => DatabaseCheck.RequireAsync(source, default))).Message;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
