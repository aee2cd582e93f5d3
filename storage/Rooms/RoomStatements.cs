namespace OrleansChat.Storage.Rooms;

/// <summary>
/// The statements on rooms. Each begins with the session that asks: no row means that it is not alive, and a NULL in the place of the room
/// that there is none that its owner may know of. Whatever reads a log asks for the membership itself.
/// </summary>
internal static class RoomStatements
{
    /// <summary>$1: the session, $2: the room. One look-up, whether or not there is such a room.</summary>
    public const string Admit =
        """
        SELECT l.account_id, m.log_id, m.role
        FROM live_session l
        LEFT JOIN LATERAL (
            SELECT c.log_id, c.role FROM room r JOIN room_member c ON c.log_id = r.log_id
            WHERE r.name = $2 AND r.removed_at IS NULL AND c.account_id = l.account_id AND c.role >= 1) m ON true
        WHERE l.session_key = $1
        """;

    /// <summary>See the function. $1 to $11: its parameters.</summary>
    public const string Change = "SELECT outcome, in_log, at_number FROM change_room($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    /// <summary>$1: the session, $2: the room's log, $3: the number of the message.</summary>
    public const string Deletion =
        """
        SELECT coalesce(m.target, 0)
        FROM live_session l
        JOIN room_member c ON c.account_id = l.account_id AND c.log_id = $2 AND c.role >= 1 AND c.visible @> $3::bigint
        JOIN message m ON m.log_id = c.log_id AND m.number = $3 AND m.kind = 0 AND (m.sender_id = l.account_id OR c.role >= 3)
        WHERE l.session_key = $1
        """;

    /// <summary>$1: the session, $2: the most unread messages to count, $3: the room.</summary>
    public const string Find =
        $"""
        SELECT {Columns}
        FROM ({Me}) me
        LEFT JOIN room r ON r.name = $3 AND r.removed_at IS NULL
            AND (r.is_public OR EXISTS (
                SELECT FROM room_member c WHERE c.account_id = me.account_id AND c.log_id = r.log_id AND c.role >= 1))
        LEFT JOIN room_member m ON m.account_id = me.account_id AND m.log_id = r.log_id AND m.role >= 1
        {Unread}
        """;

    /// <summary>$1: the session, $2: the most unread messages to count, $3: the name after which to begin, $4: how many.</summary>
    public const string ListMine =
        $"""
        SELECT {Columns}
        FROM ({Me}) me
        LEFT JOIN LATERAL (
            SELECT r.* FROM room_member c JOIN room r ON r.log_id = c.log_id
            WHERE c.account_id = me.account_id AND c.role >= 1 AND r.removed_at IS NULL AND r.name > $3
            ORDER BY r.name LIMIT $4) r ON true
        LEFT JOIN room_member m ON m.account_id = me.account_id AND m.log_id = r.log_id AND m.role >= 1
        {Unread}
        ORDER BY r.name
        """;

    /// <summary>As <see cref="ListMine"/>, of all public rooms.</summary>
    public const string ListPublic =
        $"""
        SELECT {Columns}
        FROM ({Me}) me
        LEFT JOIN LATERAL (
            SELECT * FROM room r WHERE r.is_public AND r.removed_at IS NULL AND r.name > $3 ORDER BY r.name LIMIT $4) r ON true
        LEFT JOIN room_member m ON m.account_id = me.account_id AND m.log_id = r.log_id AND m.role >= 1
        {Unread}
        ORDER BY r.name
        """;

    /// <summary>$1: the session, $2: the room, $3: the account after which to begin, $4: how many.</summary>
    public const string ListMembers =
        """
        SELECT m.log_id, c.account_id, a.user_name, a.display_name, c.role
        FROM live_session l
        LEFT JOIN LATERAL (
            SELECT c.log_id, c.role FROM room r JOIN room_member c ON c.log_id = r.log_id
            WHERE r.name = $2 AND r.removed_at IS NULL AND c.account_id = l.account_id AND c.role >= 1) m ON true
        LEFT JOIN LATERAL (
            SELECT c.account_id, c.role FROM room_member c
            WHERE c.log_id = m.log_id AND c.account_id > $3 AND c.role >= CASE WHEN m.role >= 3 THEN 0 ELSE 1 END
            ORDER BY c.account_id LIMIT $4) c ON true
        LEFT JOIN account a ON a.account_id = c.account_id
        WHERE l.session_key = $1
        ORDER BY c.account_id
        """;

    /// <summary>
    /// $1: the session, $2: the room, $3: the <see cref="Conversations.PageSide"/>, $4: the place, $5: its epoch, $6 and $7: how many
    /// entries before and after the place, $8: about how many bytes of either. A row without a direction tells that there are none. The
    /// entry around which a page lies must be there.
    /// </summary>
    public const string Page =
        $"""
        WITH {Member},
        place AS MATERIALIZED (
            SELECT CASE $3 WHEN 0 THEN 9223372036854775806 WHEN 3 THEN $4 - 1 ELSE $4 END AS number
            FROM me
            WHERE $3 = 0 OR me.epoch = $5 AND ($3 <> 3 OR me.visible @> $4 AND EXISTS (
                SELECT FROM message t WHERE t.log_id = me.log_id AND t.number = $4 AND t.kind <> 1)))
        SELECT me.epoch, me.log_id, place.number, m.is_forward, m.is_more, {EntryColumns}
        FROM me
        LEFT JOIN place ON true
        LEFT JOIN LATERAL (
            SELECT false AS is_forward, b.*
            FROM read_room(me.log_id, me.visible, place.number, false, false, $6, $8) b
            UNION ALL
            SELECT true, f.* FROM read_room(me.log_id, me.visible, place.number, true, false, $7, $8) f) m ON true
        {Names}
        ORDER BY m.number
        """;

    /// <summary>
    /// $1: the session, $2: the room's log, $3: the epoch, $4: the number behind which entries are read, $5: how many, $6: about how many
    /// bytes. A row without a number tells that there are none.
    /// </summary>
    public const string Log =
        $"""
        WITH me AS MATERIALIZED (
            SELECT current_epoch() AS epoch, c.log_id, c.visible
            FROM live_session l
            LEFT JOIN room_member c ON c.account_id = l.account_id AND c.log_id = $2 AND c.role >= 1
            WHERE l.session_key = $1)
        SELECT me.epoch, me.log_id, (SELECT g.purged FROM log g WHERE g.log_id = me.log_id), last_number(me.log_id), m.is_more,
               {EntryColumns}
        FROM me
        LEFT JOIN LATERAL read_room(me.log_id, me.visible, $4, true, true, $5, $6) m ON me.epoch = $3
        {Names}
        ORDER BY m.number
        """;

    /// <summary>Moves a marker. $1: the session, $2: the epoch, $3: the room, $4: the number.</summary>
    public const string MarkRead =
        """
        UPDATE room_member c SET read = least($4, last_number(c.log_id))
        FROM live_session l, room r
        WHERE l.session_key = $1 AND current_epoch() = $2 AND r.name = $3 AND r.removed_at IS NULL
          AND c.account_id = l.account_id AND c.log_id = r.log_id AND c.role >= 1 AND c.read < least($4, last_number(c.log_id))
        """;

    /// <summary>$1: the session, $2: the room, $3: whether it is muted.</summary>
    public const string SetMuted =
        """
        UPDATE room_member c SET is_muted = $3
        FROM live_session l, room r
        WHERE l.session_key = $1 AND r.name = $2 AND r.removed_at IS NULL
          AND c.account_id = l.account_id AND c.log_id = r.log_id AND c.role >= 1
        """;

    private const string Me = "SELECT account_id, current_epoch() AS epoch FROM live_session WHERE session_key = $1";

    private const string Member =
        """
        me AS MATERIALIZED (
            SELECT current_epoch() AS epoch, m.log_id, m.visible
            FROM live_session l
            LEFT JOIN LATERAL (
                SELECT c.log_id, c.visible FROM room r JOIN room_member c ON c.log_id = r.log_id
                WHERE r.name = $2 AND r.removed_at IS NULL AND c.account_id = l.account_id AND c.role >= 1) m ON true
            WHERE l.session_key = $1)
        """;

    private const string Columns =
        """
        me.epoch, r.name, r.title, r.is_public, r.shows_all, r.members, m.log_id, m.role, m.joined, m.received, m.read, m.is_muted,
               u.last, u.unread
        """;

    // Messages of others above the marker, from there on. What the purge has deleted is unread no more.
    private const string Unread =
        """
        LEFT JOIN LATERAL (
            SELECT last_number(m.log_id) AS last, (
                SELECT count(*) FROM (
                    SELECT FROM message t
                    WHERE t.log_id = m.log_id AND t.number > m.read AND t.kind = 0 AND t.sender_id <> me.account_id
                    ORDER BY t.number LIMIT $2) t) AS unread) u ON m.log_id IS NOT NULL
        """;

    /// <summary>An entry, for <see cref="RoomStore"/> to read; with <see cref="Names"/>.</summary>
    public const string EntryColumns =
        """
        m.message_id, m.number, m.kind, m.target, coalesce(s.user_name, ''), coalesce(s.display_name, ''), t.user_name,
               m.accepted_at, m.body
        """;

    /// <summary>Whose entry it is, and whom it is about.</summary>
    public const string Names =
        """
        LEFT JOIN account s ON s.account_id = m.sender_id
        LEFT JOIN account t ON m.kind > 1 AND t.account_id = m.target
        """;
}
