using Npgsql;
using OrleansChat.Storage;
using Xunit;

namespace OrleansChat.Tests.Shared;

/// <summary>A migrated database of its own for a test class (<c>IClassFixture</c>), dropped at the end.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private string _name = "";

    /// <summary>The connection string of the database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>A pool on the database.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        (_name, ConnectionString) = await CreateDatabaseAsync();
        DataSource = NpgsqlDataSource.Create(ConnectionString);
        await Migrator.MigrateAsync(DataSource, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await AdminAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    /// <summary>Creates an empty database, without the schema. The caller drops it, or it goes with the server.</summary>
    public static async Task<string> CreateEmptyDatabaseAsync() => (await CreateDatabaseAsync()).ConnectionString;

    private static async Task<(string Name, string ConnectionString)> CreateDatabaseAsync()
    {
        var name = "test_" + Guid.NewGuid().ToString("N");
        await AdminAsync($"CREATE DATABASE {name} TEMPLATE template0");
        var admin = await PostgresServer.GetAdminConnectionStringAsync();
        return (name, new NpgsqlConnectionStringBuilder(admin) { Database = name }.ConnectionString);
    }

    private static async Task AdminAsync(string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(await PostgresServer.GetAdminConnectionStringAsync()) { Pooling = false };
        await using var source = NpgsqlDataSource.Create(settings);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
