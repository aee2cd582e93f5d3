namespace OrleansChat.Storage.Roles;

/// <summary>
/// What the roles of the service may do, object by object. Whoever adds a table or a function decides it here; what is for
/// the owner alone stands here too.
/// </summary>
/// <remarks>
/// Triggers and functions run as whoever fires or calls them, so their statements count. Rows under a lock (<c>FOR UPDATE</c>,
/// <c>FOR SHARE</c>) need the right to update a column. Foreign keys are checked as the tables' owner, and identity columns
/// draw their numbers without a right to the sequence.
/// </remarks>
internal static class RolePrivileges
{
    private const string Nothing = "";

    /// <summary>Tables and views: the privileges of the service, and of gateways.</summary>
    public static readonly (string Table, string Service, string Gateway)[] Tables =
    [
        ("schema_version", "SELECT", Nothing),

        // The provider's statements, which each process of Orleans reads at start; migrations write them.
        ("orleansquery", "SELECT", "SELECT"),
        ("orleansstorage", "SELECT, INSERT, UPDATE (payloadbinary, modifiedon, version), DELETE", Nothing),

        // A version is never taken back, and rows of ended silos are deleted. A gateway asks which silos are active.
        ("orleansmembershipversiontable", "SELECT, INSERT, UPDATE (version, timestamp)", Nothing),
        ("orleansmembershiptable", "SELECT, INSERT, UPDATE (status, suspecttimes, iamalivetime), DELETE", "SELECT"),

        // A message is never changed. It is deleted by the purge, and with its account; so is a receipt.
        ("mailbox", "SELECT, INSERT, DELETE", Nothing),
        ("mailbox_position", "SELECT, INSERT, UPDATE (received, purged, removed_at), DELETE", Nothing),
        ("send_receipt", "SELECT, INSERT, DELETE", Nothing),
        ("account_change", "SELECT, INSERT, UPDATE (changed_at, mark)", Nothing),

        // Written by the triggers of orleansstorage.
        ("live_session", "SELECT, INSERT, UPDATE (account_id, display_name), DELETE", Nothing),
    ];

    /// <summary>Functions: whether the service calls them; gateways call none. Triggers are fired, not called.</summary>
    public static readonly (string Function, bool IsOfService)[] Functions =
    [
        ("state_property", true),
        ("write_grain_state", true),
        ("message_id_floor", true),
        ("durability", true),
        ("last_number", true),
        ("read_mailbox", true),
        ("note_account_change", true),
        ("refuse_append", true),
        ("session_changed", false),
        ("user_changed", false),
    ];

    /// <summary>The statements that give a role its privileges.</summary>
    /// <param name="role">The role.</param>
    /// <param name="schema">The schema of the tables, quoted.</param>
    /// <param name="database">The database, quoted.</param>
    public static IEnumerable<string> Grants(DatabaseRole role, string schema, string database)
    {
        yield return $"GRANT CONNECT ON DATABASE {database} TO {role.Quoted}";
        yield return $"GRANT USAGE ON SCHEMA {schema} TO {role.Quoted}";
        foreach (var (table, service, gateway) in Tables)
        {
            var privileges = role.Purpose == RolePurpose.Service ? service : gateway;
            if (privileges != Nothing) yield return $"GRANT {privileges} ON {schema}.{table} TO {role.Quoted}";
        }
        foreach (var (function, isOfService) in Functions)
        {
            if (isOfService && role.Purpose == RolePurpose.Service)
                yield return $"GRANT EXECUTE ON FUNCTION {schema}.{function} TO {role.Quoted}";
        }
    }
}
