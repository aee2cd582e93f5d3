using Npgsql;
using OrleansChat.Storage;
using Xunit;

namespace OrleansChat.Tests.Shared;

/// <summary>A migrated database of its own for a test class (<c>IClassFixture</c>), dropped at the end.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private string _name = "";

    /// <summary>An administrator's connection string of the server to use, which drops the database with itself; null for the one of all tests.</summary>
    public string? Server { get; init; }

    /// <summary>The connection string of the database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>A pool on the database.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        (_name, ConnectionString) = await CreateDatabaseAsync(Server);
        DataSource = NpgsqlDataSource.Create(ConnectionString);
        await Migrator.MigrateAsync(DataSource, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (Server is null)
            await AdminAsync(await PostgresServer.GetAdminConnectionStringAsync(), $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
    }

    /// <summary>Creates an empty database, without the schema. The caller drops it, or it goes with the server.</summary>
    public static async Task<string> CreateEmptyDatabaseAsync() => (await CreateDatabaseAsync(null)).ConnectionString;

    private static async Task<(string Name, string ConnectionString)> CreateDatabaseAsync(string? server)
    {
        var name = "test_" + Guid.NewGuid().ToString("N");
        var admin = server ?? await PostgresServer.GetAdminConnectionStringAsync();
        await AdminAsync(admin, $"CREATE DATABASE {name} TEMPLATE template0");
        return (name, new NpgsqlConnectionStringBuilder(admin) { Database = name }.ConnectionString);
    }

    private static async Task AdminAsync(string server, string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(server) { Pooling = false };
        await using var source = NpgsqlDataSource.Create(settings);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
