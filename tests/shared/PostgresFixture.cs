using Npgsql;
using OrleansChat.Storage.Roles;
using OrleansChat.Storage.Schema;
using Xunit;

namespace OrleansChat.Tests.Shared;

/// <summary>A migrated database of its own for a test class (<c>IClassFixture</c>), dropped at the end.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    // For servers that ask for one.
    private const string Password = "surabaya";

    /// <summary>
    /// An administrator's connection string of the server to use, which drops the database with itself;
    /// null for the one of all tests.
    /// </summary>
    public string? Server { get; init; }

    /// <summary>What is done to the empty database before it is migrated; null for nothing.</summary>
    public Func<NpgsqlDataSource, Task>? Before { get; init; }

    /// <summary>The name of the database.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The connection string of the database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The same, as a role that may do what the service needs; see <see cref="CreateRolesAsync"/>.</summary>
    public string ServiceConnectionString { get; private set; } = "";

    /// <summary>The same, as a role that may do what a gateway needs.</summary>
    public string GatewayConnectionString { get; private set; } = "";

    /// <summary>A pool on the database.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    /// <summary>The name of the service's role.</summary>
    public string ServiceRole => $"{Name}_service";

    /// <summary>The name of the gateways' role.</summary>
    public string GatewayRole => $"{Name}_gateway";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        (Name, ConnectionString) = await CreateDatabaseAsync(Server);
        DataSource = NpgsqlDataSource.Create(ConnectionString);
        if (Before is not null) await Before(DataSource);
        await Migrator.MigrateAsync(DataSource, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        if (Server is not null)
            return;
        var admin = await PostgresServer.GetAdminConnectionStringAsync();
        await AdminAsync(admin, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
        await AdminAsync(admin, $"DROP ROLE IF EXISTS {ServiceRole}, {GatewayRole}");
    }

    /// <summary>Creates roles as an operator does it. They go with the database.</summary>
    public async Task CreateRolesAsync()
    {
        await DatabaseRoles.GrantAsync(
            DataSource, [new(RolePurpose.Service, ServiceRole, Password), new(RolePurpose.Gateway, GatewayRole, Password)],
            CancellationToken.None);
        ServiceConnectionString = As(ServiceRole);
        GatewayConnectionString = As(GatewayRole);

        string As(string role) =>
            new NpgsqlConnectionStringBuilder(ConnectionString) { Username = role, Password = Password }.ConnectionString;
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
