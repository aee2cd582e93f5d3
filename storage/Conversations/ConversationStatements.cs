namespace OrleansChat.Storage.Conversations;

/// <summary>
/// The statements on conversations. Each begins with the session that asks: no row means that it is not alive, and a NULL in the place of
/// an answer that there is none.
/// </summary>
internal static class ConversationStatements
{
    /// <summary>$1: the session.</summary>
    public const string Account =
        """
        SELECT l.owner, l.display_name, l.account_id, current_epoch(), coalesce(last_number(l.account_id), 0), g.received
        FROM live_session l JOIN log g ON g.log_id = l.account_id
        WHERE l.session_key = $1
        """;

    /// <summary>$1: the session, $2: the log. Returns the epoch, and the name of the log's owner or NULL.</summary>
    public const string Owner =
        """
        SELECT current_epoch(), p.user_name
        FROM live_session l
        LEFT JOIN account p ON p.account_id = $2
            AND (p.account_id = l.account_id OR EXISTS (SELECT FROM member m WHERE m.account_id = l.account_id AND m.log_id = p.account_id))
        WHERE l.session_key = $1
        """;

    /// <summary>
    /// $1: the session, $2: the peer's name, $3: the <see cref="PageSide"/>, $4 and $5: the place, $6: its epoch, $7 and $8: how many
    /// messages before and after the place, $9: about how many bytes of either. A row without a direction tells that there are none.
    /// </summary>
    public const string Page =
        """
        WITH me AS MATERIALIZED (
            SELECT account_id, owner, display_name, current_epoch() AS epoch FROM live_session WHERE session_key = $1),
        place AS MATERIALIZED (
            SELECT p.account_id AS peer, p.user_name, p.display_name, c.received, c.sent
            FROM me JOIN account p ON p.user_name = $2
            LEFT JOIN LATERAL conversation_place(me.account_id, p.account_id, $3, $4, $5) c ON $3 = 0 OR me.epoch = $6)
        SELECT me.epoch, me.account_id, place.peer, place.received, place.sent,
               m.is_forward, m.is_more, m.message_id, m.log_id, m.number, m.target,
               CASE m.sender_id WHEN me.account_id THEN me.owner ELSE place.user_name END,
               CASE m.sender_id WHEN me.account_id THEN me.display_name ELSE place.display_name END,
               m.accepted_at, m.body
        FROM me
        LEFT JOIN place ON true
        LEFT JOIN LATERAL (
            SELECT false AS is_forward, b.*
            FROM read_conversation(me.account_id, place.peer, place.received, place.sent, false, $7, $9) b
            UNION ALL
            SELECT true, f.*
            FROM read_conversation(me.account_id, place.peer, place.received, place.sent, true, $8, $9) f) m ON true
        """;

    /// <summary>
    /// $1: the session, $2: the most unread messages to count of each, $3: how many conversations, $4 and $5: the
    /// <see cref="ListPosition"/> behind which they stand, $6: about how many bytes of texts; one conversation at least. The last column
    /// tells how many there are for that $3.
    /// </summary>
    /// <remarks>
    /// The latest messages of all are looked up, to find the first; unread messages are counted, and texts read, only of those that are
    /// shown. Of the latest messages of the two sides, the greater by (accepted_at, number, log_id) is the last, as in a page.
    /// </remarks>
    public const string List =
        $"""
        WITH me AS MATERIALIZED ({Me}),
        latest AS MATERIALIZED (
            SELECT c.log_id AS peer, c.read, c.is_muted, m.log_id, m.number, m.accepted_at
            FROM me
            JOIN member c ON c.account_id = me.account_id
            {Latest}
            WHERE m.number IS NOT NULL AND (m.accepted_at, c.log_id) < ($4, $5)
            ORDER BY m.accepted_at DESC, c.log_id DESC LIMIT $3),
        sized AS MATERIALIZED (
            SELECT l.*, sum(octet_length(t.body) + 256) OVER latest_first AS bytes, row_number() OVER latest_first AS place,
                   count(*) OVER () AS found
            FROM latest l JOIN message t ON t.log_id = l.log_id AND t.number = l.number
            WINDOW latest_first AS (ORDER BY l.accepted_at DESC, l.peer DESC))
        SELECT {Columns}, c.found
        FROM me
        LEFT JOIN sized c ON c.bytes <= $6 OR c.place = 1
        LEFT JOIN account p ON p.account_id = c.peer
        {LastAndUnread}
        ORDER BY c.accepted_at DESC, c.peer DESC
        """;

    /// <summary>$1: the session, $2: the most unread messages to count, $3: the peer's name.</summary>
    public const string One =
        $"""
        WITH me AS MATERIALIZED ({Me})
        SELECT {Columns}
        FROM me
        LEFT JOIN account p ON p.user_name = $3
        LEFT JOIN LATERAL (
            SELECT p.account_id AS peer, coalesce(r.read, 0) AS read, coalesce(r.is_muted, false) AS is_muted,
                   m.log_id, m.number, m.accepted_at
            FROM (SELECT p.account_id AS log_id) c
            LEFT JOIN member r ON r.account_id = me.account_id AND r.log_id = c.log_id
            {Latest}) c ON p.account_id IS NOT NULL
        {LastAndUnread}
        """;

    /// <summary>Moves a marker. $1: the session, $2: the epoch, $3: the peer's name, $4: the number.</summary>
    public const string MarkRead =
        """
        INSERT INTO member AS c (account_id, log_id, read)
        SELECT l.account_id, p.account_id, greatest(least($4, coalesce(last_number(l.account_id), 0)), 0)
        FROM live_session l JOIN account p ON p.user_name = $3
        WHERE l.session_key = $1 AND current_epoch() = $2
        ON CONFLICT (account_id, log_id) DO UPDATE SET read = EXCLUDED.read WHERE c.read < EXCLUDED.read
        """;

    /// <summary>$1: the session, $2: the peer's name. Returns the revision of what was set; NULL if there is no such user.</summary>
    public const string Revision =
        """
        SELECT CASE WHEN p.account_id IS NOT NULL THEN coalesce(c.revision, 0) END
        FROM live_session l
        LEFT JOIN account p ON p.user_name = $2
        LEFT JOIN member c ON c.account_id = l.account_id AND c.log_id = p.account_id
        WHERE l.session_key = $1
        """;

    /// <summary>$1: the session, $2: the peer's name, $3: whether it is muted, $4: the <see cref="Revision"/>.</summary>
    public const string SetMuted =
        """
        INSERT INTO member AS c (account_id, log_id, is_muted, revision)
        SELECT l.account_id, p.account_id, $3, $4 + 1 FROM live_session l JOIN account p ON p.user_name = $2 WHERE l.session_key = $1
        ON CONFLICT (account_id, log_id) DO UPDATE SET is_muted = EXCLUDED.is_muted, revision = EXCLUDED.revision
        WHERE c.revision = $4
        """;

    /// <summary>$1: the session, $2: the peer's name, $3: whether they are blocked, $4: the <see cref="Revision"/>.</summary>
    public const string SetBlocked =
        """
        INSERT INTO member AS c (account_id, log_id, is_blocked, revision)
        SELECT l.account_id, p.account_id, $3, $4 + 1 FROM live_session l JOIN account p ON p.user_name = $2 WHERE l.session_key = $1
        ON CONFLICT (account_id, log_id) DO UPDATE SET is_blocked = EXCLUDED.is_blocked, revision = EXCLUDED.revision
        WHERE c.revision = $4
        """;

    /// <summary>$1: the session. A row without a name tells that there are none.</summary>
    public const string ListBlocked =
        """
        SELECT b.user_name
        FROM live_session l
        LEFT JOIN LATERAL (
            SELECT p.user_name FROM member c JOIN account p ON p.account_id = c.log_id
            WHERE c.account_id = l.account_id AND c.is_blocked) b ON true
        WHERE l.session_key = $1
        ORDER BY b.user_name
        """;

    /// <summary>
    /// $1: the session, $2: the epoch, $3: the number behind which entries are read, $4: how many, $5: about how many bytes. Rows whose
    /// number is NULL tell that there are none.
    /// </summary>
    public const string Log =
        """
        WITH l AS MATERIALIZED (
            SELECT s.account_id, current_epoch() AS epoch, last_number(s.account_id) AS last,
                   (SELECT g.purged FROM log g WHERE g.log_id = s.account_id) AS purged
            FROM live_session s WHERE s.session_key = $1)
        SELECT l.account_id, l.epoch, l.last, l.purged,
               m.message_id, m.log_id, m.number, m.kind, m.target, coalesce(a.user_name, m.sender), coalesce(a.display_name, m.sender_name),
               m.accepted_at, m.body
        FROM l
        LEFT JOIN LATERAL (
            SELECT * FROM (
                SELECT *, sum(octet_length(m.body) + 256) OVER (ORDER BY m.number) AS bytes, row_number() OVER (ORDER BY m.number) AS place
                FROM (SELECT * FROM message m WHERE m.log_id = l.account_id AND m.number > $3 ORDER BY m.number LIMIT $4) m) m
            WHERE m.bytes <= $5 OR m.place = 1) m ON l.epoch = $2
        LEFT JOIN account a ON a.account_id = m.sender_id
        ORDER BY m.number
        """;

    /// <summary>$1: the session, $2: the epoch, $3: the number. Returns the present number, and the epoch.</summary>
    /// <remarks>
    /// A move that waited for another one, which went further, changes nothing and does not see it: the number that was asked for is
    /// received all the same.
    /// </remarks>
    public const string Receive =
        """
        WITH me AS MATERIALIZED (SELECT account_id, current_epoch() AS epoch FROM live_session WHERE session_key = $1),
        moved AS (
            UPDATE log g
            SET received = least($3, last_number(g.log_id)),
                look_at = CASE g.look_at WHEN 'infinity' THEN coalesce(due_at(g.log_id, g.purged), g.look_at) ELSE g.look_at END
            FROM me
            WHERE g.log_id = me.account_id AND me.epoch = $2 AND g.received < least($3, last_number(g.log_id)))
        SELECT me.epoch, (SELECT greatest(g.received, least($3, last_number(g.log_id))) FROM log g WHERE g.log_id = me.account_id) FROM me
        """;

    /// <summary>The latest message of the conversation of "me" with c.log_id. The inbox of a removed account is left out.</summary>
    public const string Latest =
        """
        LEFT JOIN LATERAL (
            SELECT m.log_id, m.number, m.accepted_at FROM (
                (SELECT t.log_id, t.number, t.accepted_at FROM message t
                 WHERE t.sender_id = c.log_id AND t.log_id = me.account_id AND t.kind = 0 ORDER BY t.number DESC LIMIT 1)
                UNION ALL
                (SELECT t.log_id, t.number, t.accepted_at FROM message t
                 WHERE t.sender_id = me.account_id AND t.log_id = c.log_id AND t.kind = 0 AND c.log_id <> me.account_id
                   AND EXISTS (SELECT FROM log g WHERE g.log_id = c.log_id AND g.removed_at IS NULL)
                 ORDER BY t.number DESC LIMIT 1)) m
            ORDER BY m.accepted_at DESC, m.number DESC, m.log_id DESC LIMIT 1) m ON true
        """;

    private const string Me =
        """
        SELECT account_id, owner, display_name, last_number(account_id) AS last, current_epoch() AS epoch
        FROM live_session WHERE session_key = $1
        """;

    private const string Columns =
        """
        me.account_id, p.user_name, p.display_name, c.read, c.is_muted, u.unread, me.last,
               m.message_id, m.log_id, m.number, m.target,
               CASE m.sender_id WHEN me.account_id THEN me.owner ELSE p.user_name END,
               CASE m.sender_id WHEN me.account_id THEN me.display_name ELSE p.display_name END,
               m.accepted_at, m.body, me.epoch, c.peer
        """;

    private const string LastAndUnread =
        """
        LEFT JOIN message m ON m.log_id = c.log_id AND m.number = c.number
        LEFT JOIN LATERAL (
            SELECT count(*) AS unread FROM (
                SELECT FROM message t
                WHERE t.sender_id = c.peer AND t.log_id = me.account_id AND t.kind = 0 AND t.number > c.read AND c.peer <> me.account_id
                ORDER BY t.number LIMIT $2) t) u ON true
        """;
}
