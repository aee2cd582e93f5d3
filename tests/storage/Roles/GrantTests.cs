using Npgsql;
using OrleansChat.Storage.Roles;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Roles;

/// <summary>Granting: again and again, and to whom not.</summary>
public sealed class GrantTests(RolesWorld world) : IClassFixture<RolesWorld>
{
    private string Service => world.Database.ServiceRole;

    [Fact]
    public async Task Granted_again_after_a_role_was_given_more_and_less_it_is_as_it_was()
    {
        var before = await world.PrivilegesAsync(Service);
        foreach (var more in new[]
        {
            "TRUNCATE ON message TO {0}", "UPDATE ON log TO {0} WITH GRANT OPTION",
            "SELECT (body) ON message TO {0}", "SELECT ON account_change TO PUBLIC",
            "ALL ON SEQUENCE log_log_id_seq TO {0}",
            "EXECUTE ON FUNCTION durability() TO PUBLIC", "CREATE ON SCHEMA public TO {0}",
            "CREATE ON SCHEMA public TO PUBLIC", "TEMPORARY ON DATABASE {1} TO PUBLIC", "CREATE ON DATABASE {1} TO {0}",
        })
        {
            var grant = more.Replace("{0}", Service, StringComparison.Ordinal)
                .Replace("{1}", world.Database.Name, StringComparison.Ordinal);
            await world.ExecuteAsync($"GRANT {grant}");
        }
        await world.ExecuteAsync($"REVOKE SELECT ON message, schema_version FROM {Service}");
        Assert.NotEqual(before, await world.PrivilegesAsync(Service));

        await world.Database.CreateRolesAsync();

        Assert.Equal(before, await world.PrivilegesAsync(Service));
        const string Table = "(has_table_privilege($2, 'account_change', 'SELECT'), 'table')";
        const string Temporary = "(has_database_privilege($1, current_database(), 'TEMPORARY'), 'temporary')";
        const string Schema = "(has_schema_privilege($1, 'public', 'CREATE'), 'schema')";
        const string Function = "(has_function_privilege($2, 'durability()', 'EXECUTE'), 'function')";
        Assert.Empty(await world.QueryAsync(
            $"""
            SELECT what FROM (VALUES
                {Table}, {Temporary},
                {Schema}, {Function}) AS t (may, what)
            WHERE may
            """,
            Service, world.Database.GatewayRole));
    }

    [Fact]
    public async Task Many_may_grant_at_once_while_the_service_works()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.Database.CreateRolesAsync()).Append(world.Work.RunAsync()));
        await world.Work.RunAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("pg_service")]
    [InlineData("public")]
    [InlineData("none")]
    [InlineData("with\nline")]
    [InlineData("a_name_that_postgresql_would_cut_off_because_it_is_too_long_for_it")]
    public void What_cannot_be_a_role_is_refused(string name) =>
        Assert.Contains("cannot be a role",
            Assert.Throws<RoleException>(() => new DatabaseRole(RolePurpose.Service, name, "")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_password_that_clients_could_hash_in_several_ways_is_refused_and_not_shown()
    {
        var refusal = Assert.Throws<RoleException>(() => new DatabaseRole(RolePurpose.Service, "service", "sécret"));
        Assert.DoesNotContain("cret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotes_in_a_name_are_a_part_of_it()
    {
        var name = $"{Service[..20]}\"; DROP TABLE message; --";
        await GrantAsync(name);
        var found = await world.QueryAsync("SELECT rolname::text FROM pg_roles WHERE rolname = $1", name);
        await world.ExecuteAsync($"DROP OWNED BY {new DatabaseRole(RolePurpose.Service, name, "").Quoted}");
        await world.ExecuteAsync($"DROP ROLE {new DatabaseRole(RolePurpose.Service, name, "").Quoted}");
        Assert.Equal([name], found);
    }

    [Fact]
    public async Task The_migrating_role_itself_is_refused() => await AssertRefusedAsync("it is the role that migrates", world.Owner);

    [Fact]
    public async Task One_role_for_both_is_refused() =>
        Assert.Contains(
            "must have two different roles",
            (await Assert.ThrowsAsync<RoleException>(() => DatabaseRoles.GrantAsync(
                world.Database.DataSource,
                [new(RolePurpose.Service, Service, ""), new(RolePurpose.Gateway, Service, "")], default))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("LOGIN SUPERUSER", "it is a superuser")]
    [InlineData("LOGIN CREATEROLE", "it may create roles")]
    [InlineData("LOGIN BYPASSRLS", "bypass row security")]
    [InlineData("NOLOGIN", "it may not log in")]
    [InlineData("LOGIN IN ROLE pg_read_all_data", "it is a member of other roles")]
    public async Task A_role_of_another_kind_is_refused(string attributes, string expected)
    {
        var name = $"{Service}_other";
        await world.ExecuteAsync($"CREATE ROLE {name} {attributes}");
        try
        {
            await AssertRefusedAsync(expected, name);
        }
        finally
        {
            await world.ExecuteAsync($"DROP ROLE {name}");
        }
    }

    [Fact]
    public async Task A_role_that_owns_something_is_refused()
    {
        await world.ExecuteAsync("CREATE TABLE owned ()");
        await world.ExecuteAsync($"ALTER TABLE owned OWNER TO {Service}");
        try
        {
            await AssertRefusedAsync("it owns the database or something in it", Service);
        }
        finally
        {
            await world.ExecuteAsync("DROP TABLE owned");
        }
    }

    [Fact]
    public async Task A_right_that_everybody_has_and_the_migrating_role_cannot_end_is_refused_and_nothing_is_granted()
    {
        await world.ExecuteAsync("CREATE SCHEMA elsewhere");
        await world.ExecuteAsync("GRANT CREATE ON SCHEMA elsewhere TO PUBLIC");
        try
        {
            await AssertRefusedAsync("create tables in the schema elsewhere", $"{Service}_new");
        }
        finally
        {
            await world.ExecuteAsync("DROP SCHEMA elsewhere");
        }
        Assert.Empty(await world.QueryAsync("SELECT rolname::text FROM pg_roles WHERE rolname = $1", $"{Service}_new"));
    }

    [Fact]
    public async Task Who_migrates_needs_to_own_the_database_and_nothing_else()
    {
        var (owner, service, missing) = ($"{Service}_owner", $"{Service}_of", $"{Service}_missing");
        var database = new NpgsqlConnectionStringBuilder(await PostgresFixture.CreateEmptyDatabaseAsync());
        await world.ExecuteAsync($"CREATE ROLE {owner} LOGIN PASSWORD 'surabaya'; "
            + $"CREATE ROLE {service} LOGIN; ALTER DATABASE {database.Database} OWNER TO {owner}");
        await using (var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = owner, Password = "surabaya", Pooling = false }))
        {
            await Migrator.MigrateAsync(source, default);

            await DatabaseRoles.GrantAsync(source, [new(RolePurpose.Service, service, "")], default);

            var refusal = await Assert.ThrowsAsync<RoleException>(
                () => DatabaseRoles.GrantAsync(source, [new(RolePurpose.Service, missing, "")], default));
            Assert.Contains($"may not create the role {missing}", refusal.Message, StringComparison.Ordinal);
            refusal = await Assert.ThrowsAsync<RoleException>(
                () => DatabaseRoles.GrantAsync(source, [new(RolePurpose.Service, service, "secret")], default));
            Assert.Contains($"may not set the password of the role {service}", refusal.Message, StringComparison.Ordinal);
        }
        await world.ExecuteAsync($"DROP DATABASE {database.Database} WITH (FORCE)");
        await world.ExecuteAsync($"DROP ROLE {service}, {owner}");
    }

    private Task GrantAsync(string name) =>
        DatabaseRoles.GrantAsync(world.Database.DataSource, [new(RolePurpose.Service, name, "")], default);

    private async Task AssertRefusedAsync(string expected, string name) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<RoleException>(() => GrantAsync(name))).Message, StringComparison.Ordinal);
}
