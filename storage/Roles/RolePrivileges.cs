namespace OrleansChat.Storage.Roles;

/// <summary>
/// The privileges of the service's roles, object by object. Anyone who adds a table or a function must list it here, even if
/// it is for the owner alone.
/// </summary>
/// <remarks>
/// Triggers and functions run as the role that fires or calls them, so their statements need privileges too. Locking rows
/// (<c>FOR UPDATE</c>, <c>FOR SHARE</c>) needs the right to update a column. Foreign keys are checked as the tables' owner, and
/// identity columns need no right to the sequence.
/// </remarks>
internal static class RolePrivileges
{
    private const string Nothing = "";

    /// <summary>Tables and views, each with the privileges of the service and of gateways.</summary>
    public static readonly (string Table, string Service, string Gateway)[] Tables =
    [
        ("schema_version", "SELECT", Nothing),

        // The provider's statements, which each Orleans process reads at start; migrations write them.
        ("orleansquery", "SELECT", "SELECT"),
        ("orleansstorage", "SELECT, INSERT, UPDATE (payloadbinary, modifiedon, version), DELETE", Nothing),

        // Rows of ended silos are deleted, versions are not. A gateway looks up the active silos.
        ("orleansmembershipversiontable", "SELECT, INSERT, UPDATE (version, timestamp)", Nothing),
        ("orleansmembershiptable", "SELECT, INSERT, UPDATE (status, suspecttimes, iamalivetime), DELETE", "SELECT"),

        // The service cannot change a message: see the functions. The purge deletes it; receipts likewise. Their times are the database's.
        ("message", "SELECT, INSERT (log_id, number, message_id, sender_id, body, kind, target), DELETE", Nothing),
        ("log", "SELECT, INSERT, UPDATE (received, purged, look_at, removed_at), DELETE", Nothing),
        ("send_receipt",
            "SELECT, INSERT (sender_account_id, once_id, message_id, durability, fingerprint, log_id, number), DELETE", Nothing),
        ("member", "SELECT, INSERT, UPDATE (read, is_muted, is_blocked, revision), DELETE", Nothing),
        // Who is in a room is changed by change_room alone.
        ("room", "SELECT", Nothing),
        ("room_member", "SELECT, UPDATE (received, read, is_muted)", Nothing),
        ("room_change", "SELECT", Nothing),
        ("retention",
            "SELECT, UPDATE (keep, keep_now, begins_at, applied, revision, applied_revision, keep_receipts, look_at_receipts)", Nothing),
        ("epoch", "SELECT, UPDATE (value)", Nothing),
        ("erased_name", "SELECT", Nothing),
        ("account_change", "SELECT, INSERT, UPDATE (changed_at, mark)", Nothing),
        // Codes are made and used by functions alone.
        ("invitation", Nothing, Nothing),
        ("reset_code", Nothing, Nothing),

        // Written by the triggers of orleansstorage.
        ("live_session", "SELECT, INSERT, UPDATE (account_id, display_name), DELETE", Nothing),
        ("account", "SELECT, INSERT, UPDATE (display_name, removed_at)", Nothing),
    ];

    /// <summary>Functions, and whether the service calls them; gateways call none. Trigger functions need no privilege.</summary>
    public static readonly (string Function, bool IsOfService)[] Functions =
    [
        ("state_property", true),
        ("write_grain_state", true),
        ("message_id_floor", true),
        ("durability", true),
        ("last_number", true),
        ("read_inbox", true),
        ("read_conversation", true),
        ("conversation_place", true),
        ("retention_age", true),
        ("due_at", true),
        ("expires_at", true),
        ("current_epoch", true),
        ("erase_account", true),
        ("rename_sender", true),
        ("forget_erased", true),
        ("read_inboxes", true),
        ("read_room", true),
        ("room_age", true),
        ("room_due_at", true),
        ("room_expires_at", true),
        ("change_room", true),
        ("leave_room", true),
        ("forget_rooms", true),
        ("add_room_entry", false),
        ("appoint_owner", false),
        ("end_membership", false),
        ("delete_room", false),
        ("made_room_change", false),
        ("begin_membership", false),
        ("note_room_change", false),
        ("find_users", true),
        ("make_invitation", true),
        ("has_invitation", true),
        ("use_invitation", true),
        ("redeem_invitation", true),
        ("open_invitations", true),
        ("withdraw_invitation", true),
        ("make_reset_code", true),
        ("has_reset_code", true),
        ("use_reset_code", true),
        ("forget_codes", true),
        ("drop_codes", true),
        ("note_account_change", true),
        ("refuse_append", true),
        ("session_changed", false),
        ("user_changed", false),
        ("message_deleted", false),
    ];

    /// <summary>The statements that grant a role its privileges.</summary>
    /// <param name="role">The role to grant to.</param>
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
