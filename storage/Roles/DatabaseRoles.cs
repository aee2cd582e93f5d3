using Npgsql;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Storage.Roles;

/// <summary>Grants the roles of the service what they need in a migrated database, and revokes everything else.</summary>
public static class DatabaseRoles
{
    // Why an existing role cannot be a role of the service, or null.
    private const string RefusalSql =
        """
        SELECT CASE
            WHEN r.rolname IN (current_user, session_user) THEN 'it is the role that migrates'
            WHEN r.rolsuper THEN 'it is a superuser'
            WHEN r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
                THEN 'it may create roles or databases, replicate, or bypass row security'
            WHEN NOT r.rolcanlogin THEN 'it may not log in'
            WHEN EXISTS (SELECT FROM pg_shdepend o
                         WHERE o.refclassid = 'pg_authid'::regclass AND o.refobjid = r.oid AND o.deptype = 'o'
                           AND (o.dbid = d.oid OR o.classid = 'pg_database'::regclass AND o.objid = d.oid))
                THEN 'it owns the database or something in it'
            WHEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) THEN 'it is a member of other roles'
        END
        FROM pg_roles r, pg_database d
        WHERE r.rolname = $1 AND d.datname = current_database()
        """;

    // Every object that the migrating role controls, except those of extensions.
    private const string ObjectsSql =
        """
        SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_has_role(c.relowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
        UNION ALL
        SELECT 'ROUTINE ' || p.oid::regprocedure
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = current_schema() AND pg_has_role(p.proowner, 'USAGE')
          AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
        """;

    // What PUBLIC may still do because the migrating role could not revoke it.
    private const string ExcessSql =
        """
        SELECT 'create temporary tables' WHERE has_database_privilege($1, current_database(), 'TEMPORARY')
        UNION ALL
        SELECT 'create schemas' WHERE has_database_privilege($1, current_database(), 'CREATE')
        UNION ALL
        SELECT format('create tables in the schema %I', nspname) FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE')
        """;

    /// <summary>
    /// Creates missing roles, sets the given passwords, and grants each role what it needs and nothing else, in one transaction.
    /// Call it again after each migration. It is safe to repeat at any time, and while the service runs.
    /// </summary>
    /// <remarks>
    /// Also revokes what everybody (<c>PUBLIC</c>) may do with the schema's objects, and the right to create temporary tables in
    /// the database, because every role has these rights. Changes no attribute of existing roles but the password.
    /// </remarks>
    /// <exception cref="RoleException">A role is unsuitable, cannot be created, or would keep more rights than it needs.</exception>
    /// <exception cref="SchemaVersionException">The schema is older or newer than this program's.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses.</exception>
    public static async Task GrantAsync(
        NpgsqlDataSource source, IReadOnlyCollection<DatabaseRole> roles, CancellationToken cancellationToken)
    {
        if (roles.DistinctBy(role => role.Name).Count() < roles.Count)
            throw new RoleException("The service and the gateways must have two different roles.");
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Programs with different lists of tables take turns, and an older one does not undo what a newer one has granted.
        await RunAsync(ProgramSchema.LockSql);
        var version = await ProgramSchema.OfThisProgram.CheckAsync(connection, cancellationToken);
        if (version > Migrator.ProgramVersion)
            throw new SchemaVersionException(
                $"The database has schema version {version}, but this program knows the rights of version {Migrator.ProgramVersion}: "
                + "grant them with the program that migrated it.");

        foreach (var role in roles) await EnsureAsync(role);
        var (schema, database) = (await QueryAsync(
            "SELECT quote_ident(current_schema()), quote_ident(current_database())",
            reader => (reader.GetString(0), reader.GetString(1)))).Single();
        var everybody = string.Join(", ", roles.Select(role => role.Quoted).Prepend("PUBLIC"));
        await RunAsync($"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC");
        await RunAsync($"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC");
        foreach (var thing in await QueryAsync(ObjectsSql, reader => reader.GetString(0)))
            await RunAsync($"REVOKE ALL ON {thing} FROM {everybody} CASCADE");
        foreach (var role in roles)
        {
            await RunAsync($"REVOKE ALL ON DATABASE {database} FROM {role.Quoted} CASCADE");
            await RunAsync($"REVOKE ALL ON SCHEMA {schema} FROM {role.Quoted} CASCADE");
            foreach (var grant in RolePrivileges.Grants(role, schema, database)) await RunAsync(grant);
            if (await QueryAsync(ExcessSql, reader => reader.GetString(0), role.Name) is [var excess, ..])
                throw new RoleException(
                    $"The role {role.Name} may {excess} in this database, because everybody (PUBLIC) may: "
                    + "revoke that as the owner, then run this again.");
        }
        await transaction.CommitAsync(cancellationToken);

        async Task EnsureAsync(DatabaseRole role)
        {
            var password = role.Password.Length == 0 ? "" : $" PASSWORD '{ScramVerifier.Of(role.Password)}'";
            var found = await QueryAsync(RefusalSql, reader => reader.IsDBNull(0) ? null : reader.GetString(0), role.Name);
            if (found is [{ } refusal]) throw new RoleException($"The role {role.Name} cannot be a role of the service: {refusal}.");
            try
            {
                if (found is []) await RunAsync($"CREATE ROLE {role.Quoted} LOGIN{password}");
                else if (password.Length > 0) await RunAsync($"ALTER ROLE {role.Quoted}{password}");
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new RoleException(
                    $"The role that migrates may not {(found is [] ? "create the role" : "set the password of the role")} {role.Name}: "
                        + "a superuser has to (docs/operating/postgresql.md).",
                    exception);
            }
        }

        async Task RunAsync(string sql)
        {
            // No timeout: waiting for another process is not an error.
            await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction).With(parameters);
            return await command.ReadAllAsync(read, cancellationToken);
        }
    }
}
