using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Roles;

/// <summary>A database with the roles of the service, where nobody but they and its owner may connect.</summary>
public sealed class RolesWorld : IAsyncLifetime
{
    // As GRANT and REVOKE take them.
    private const string PrivilegesSql =
        """
        SELECT format('%s ON %s', x.privilege_type, c.oid::regclass)
        FROM pg_class c, aclexplode(c.relacl) x WHERE x.grantee = $1::regrole
        UNION ALL
        SELECT format('%s (%I) ON %s', x.privilege_type, a.attname, a.attrelid::regclass)
        FROM pg_attribute a, aclexplode(a.attacl) x WHERE x.grantee = $1::regrole
        UNION ALL
        SELECT format('%s ON FUNCTION %s', x.privilege_type, p.oid::regprocedure)
        FROM pg_proc p, aclexplode(p.proacl) x WHERE x.grantee = $1::regrole
        UNION ALL
        SELECT format('%s ON SCHEMA %I', x.privilege_type, n.nspname)
        FROM pg_namespace n, aclexplode(n.nspacl) x WHERE x.grantee = $1::regrole
        UNION ALL
        SELECT format('%s ON DATABASE %I', x.privilege_type, d.datname)
        FROM pg_database d, aclexplode(d.datacl) x WHERE x.grantee = $1::regrole
        ORDER BY 1
        """;

    /// <summary>The database.</summary>
    public PostgresFixture Database { get; } = new();

    /// <summary>The role that migrated it.</summary>
    public string Owner { get; private set; } = "";

    /// <summary>A pool of the service.</summary>
    public NpgsqlDataSource Service { get; private set; } = null!;

    /// <summary>A pool of a gateway.</summary>
    public NpgsqlDataSource Gateway { get; private set; } = null!;

    /// <summary>What both do.</summary>
    internal ServiceWork Work { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        Owner = (await QueryAsync("SELECT current_user::text")).Single();
        await ExecuteAsync($"REVOKE CONNECT ON DATABASE {Database.Name} FROM PUBLIC");
        await ExecuteAsync("REVOKE USAGE ON SCHEMA public FROM PUBLIC");
        await Database.CreateRolesAsync();
        Service = NpgsqlDataSource.Create(Database.ServiceConnectionString);
        Gateway = NpgsqlDataSource.Create(Database.GatewayConnectionString);
        // A connection each time: the right to connect is asked then.
        Work = new ServiceWork(Database.ServiceConnectionString, $"{Database.GatewayConnectionString};Pooling=false");
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Work.DisposeAsync();
        await Service.DisposeAsync();
        await Gateway.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>What was granted to a role in this database.</summary>
    public Task<List<string>> PrivilegesAsync(string role) => QueryAsync(PrivilegesSql, role);

    /// <summary>Runs a query as the owner; its texts.</summary>
    public Task<List<string>> QueryAsync(string sql, params object[] parameters) =>
        Database.DataSource.QueryAsync("test", sql, parameters, reader => reader.GetString(0));

    /// <summary>Runs a statement as the owner.</summary>
    public Task ExecuteAsync(string sql) => Database.DataSource.ExecuteAsync("test", sql, []);
}
