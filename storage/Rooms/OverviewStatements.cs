using OrleansChat.Storage.Conversations;

namespace OrleansChat.Storage.Rooms;

/// <summary>
/// The statements on all that a user has, conversations and rooms. As in <see cref="RoomStatements"/>, no row means that the session is not
/// alive, and whatever reads a room asks for the membership itself.
/// </summary>
internal static class OverviewStatements
{
    /// <summary>$1: the session, $2: the log. Returns the epoch, and the name of the room or NULL.</summary>
    public const string Name =
        """
        SELECT current_epoch(), r.name
        FROM live_session l
        LEFT JOIN room_member c ON c.account_id = l.account_id AND c.log_id = $2 AND c.role >= 1
        LEFT JOIN room r ON r.log_id = c.log_id AND r.removed_at IS NULL
        WHERE l.session_key = $1
        """;

    /// <summary>
    /// $1: the session, $2: the most unread messages to count of each, $3: how many, $4 and $5: the <see cref="ListPosition"/> behind which
    /// they stand, $6: about how many bytes of texts; one at least. The first row has the ends of all rooms.
    /// </summary>
    /// <remarks>
    /// As <see cref="ConversationStatements.List"/>, and in one order with it: logs of rooms and accounts have no number in common. The
    /// last entry of a room is the last of its newest page, since a member sees everything from joining on. Whether they may see it is
    /// asked after the look-up: within it, the estimated cost is so high that PostgreSQL compiles the statement, which takes 0.1 s.
    /// </remarks>
    public const string List =
        $"""
        WITH me AS MATERIALIZED (
            SELECT account_id, last_number(account_id) AS last, current_epoch() AS epoch FROM live_session WHERE session_key = $1),
        rooms AS MATERIALIZED (
            SELECT c.log_id, c.read, c.is_muted, last_number(c.log_id) AS last, m.number,
                   coalesce(m.accepted_at, r.created_at) AS accepted_at
            FROM me
            JOIN room_member c ON c.account_id = me.account_id AND c.role >= 1
            JOIN room r ON r.log_id = c.log_id AND r.removed_at IS NULL
            LEFT JOIN LATERAL (
                SELECT t.number, t.accepted_at FROM message t
                WHERE t.log_id = c.log_id AND t.kind <> 1
                ORDER BY t.number DESC LIMIT 1) m ON c.visible @> m.number),
        latest AS MATERIALIZED (
            SELECT * FROM (
                (SELECT c.log_id AS peer, false AS is_room, c.read, c.is_muted, me.last, m.log_id, m.number, m.accepted_at
                 FROM me
                 JOIN member c ON c.account_id = me.account_id
                 {ConversationStatements.Latest}
                 WHERE m.number IS NOT NULL AND (m.accepted_at, c.log_id) < ($4, $5)
                 ORDER BY m.accepted_at DESC, c.log_id DESC LIMIT $3)
                UNION ALL
                SELECT r.log_id, true, r.read, r.is_muted, r.last, r.log_id, r.number, r.accepted_at
                FROM rooms r WHERE (r.accepted_at, r.log_id) < ($4, $5)) b
            ORDER BY b.accepted_at DESC, b.peer DESC LIMIT $3),
        sized AS MATERIALIZED (
            SELECT l.*, sum(coalesce(octet_length(t.body), 0) + 256) OVER latest_first AS bytes, row_number() OVER latest_first AS place,
                   count(*) OVER () AS found
            FROM latest l LEFT JOIN message t ON t.log_id = l.log_id AND t.number = l.number
            WINDOW latest_first AS (ORDER BY l.accepted_at DESC, l.peer DESC))
        SELECT me.account_id, me.last, me.epoch, CASE WHEN c.place > 1 THEN NULL ELSE e.logs END,
               CASE WHEN c.place > 1 THEN NULL ELSE e.numbers END, c.found,
               c.peer, c.accepted_at, c.is_room, coalesce(p.user_name, r.name), coalesce(p.display_name, r.title), u.unread, c.last, c.read,
               c.is_muted, c.log_id, {RoomStatements.EntryColumns}
        FROM me
        CROSS JOIN (SELECT array_agg(r.log_id) AS logs, array_agg(r.last) AS numbers FROM rooms r) e
        LEFT JOIN sized c ON c.bytes <= $6 OR c.place = 1
        LEFT JOIN account p ON NOT c.is_room AND p.account_id = c.peer
        LEFT JOIN room r ON c.is_room AND r.log_id = c.peer
        LEFT JOIN message m ON m.log_id = c.log_id AND m.number = c.number
        {RoomStatements.Names}
        LEFT JOIN LATERAL (
            SELECT count(*) AS unread FROM (
                (SELECT 1 FROM message t
                 WHERE NOT c.is_room AND c.peer <> me.account_id
                   AND t.sender_id = c.peer AND t.log_id = me.account_id AND t.kind = 0 AND t.number > c.read
                 ORDER BY t.number LIMIT $2)
                UNION ALL
                (SELECT 1 FROM message t
                 WHERE c.is_room AND t.log_id = c.peer AND t.kind = 0 AND t.number > c.read AND t.sender_id <> me.account_id
                 ORDER BY t.number LIMIT $2)) n) u ON true
        ORDER BY c.accepted_at DESC, c.peer DESC
        """;

    /// <summary>
    /// $1: the session, $2: the epoch, $3 and $4: logs and numbers. Returns the epoch, and for each log whether it is the owner's, and the
    /// number that counts then.
    /// </summary>
    /// <remarks>
    /// As <see cref="ConversationStatements.Receive"/>; rooms are locked after the inbox, in the order of their logs, as by other receipts
    /// of an account. That the last column asks for the move of the inbox has it made first.
    /// </remarks>
    public const string Receive =
        """
        WITH me AS MATERIALIZED (SELECT account_id, current_epoch() AS epoch FROM live_session WHERE session_key = $1),
        asked AS MATERIALIZED (
            SELECT i.log_id, least(i.number, last_number(i.log_id)) AS number, o.received
            FROM me
            CROSS JOIN unnest($3::bigint[], $4::bigint[]) AS i (log_id, number)
            LEFT JOIN LATERAL (
                SELECT g.received FROM log g WHERE g.log_id = i.log_id AND g.log_id = me.account_id
                UNION ALL
                SELECT c.received FROM room_member c
                WHERE c.account_id = me.account_id AND c.log_id = i.log_id AND c.role >= 1) o ON true),
        fitting AS MATERIALIZED (
            SELECT a.log_id, a.number
            FROM me JOIN asked a ON a.received < a.number
            WHERE me.epoch = $2 AND NOT EXISTS (SELECT FROM asked o WHERE o.received IS NULL)),
        moved AS (
            UPDATE log g
            SET received = f.number,
                look_at = CASE g.look_at WHEN 'infinity' THEN coalesce(due_at(g.log_id, g.purged), g.look_at) ELSE g.look_at END
            FROM me JOIN fitting f ON f.log_id = me.account_id
            WHERE g.log_id = me.account_id AND g.received < f.number
            RETURNING g.received),
        rooms AS MATERIALIZED (
            SELECT c.log_id, f.number
            FROM me JOIN room_member c ON c.account_id = me.account_id JOIN fitting f ON f.log_id = c.log_id
            WHERE c.role >= 1
            ORDER BY c.log_id FOR NO KEY UPDATE OF c),
        moved_rooms AS (
            UPDATE room_member c SET received = r.number
            FROM me, rooms r
            WHERE c.account_id = me.account_id AND c.log_id = r.log_id AND c.role >= 1 AND c.received < r.number)
        SELECT me.epoch, a.log_id, a.received IS NOT NULL, greatest(a.received, a.number), (SELECT max(m.received) FROM moved m)
        FROM me LEFT JOIN asked a ON true
        """;
}
