namespace OrleansChat.Storage.Logs;

/// <summary>The statements of the group-commit writer; each is one round trip and one transaction.</summary>
internal static class MailboxStatements
{
    /// <summary>
    /// Makes a connection plan once, for the general case, by index: the plan must not depend on the first batch, or on a table
    /// that was empty a minute ago (for the same reason, OFFSET 0 in the statements fixes the order of the look-ups). The
    /// timeout ends a statement that its client abandoned before the purge could delete the rows that detect a repetition.
    /// </summary>
    public const string Settings =
        """
        SET plan_cache_mode = force_generic_plan;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
        SET jit = off;
        SET work_mem = '16MB';
        SET statement_timeout = '10s'
        """;

    /// <summary>The SQLSTATE with which <see cref="Insert"/> refuses a batch (migration 6).</summary>
    public const string Refused = "OC001";

    /// <summary>
    /// Inserts all rows of a batch, or none: <see cref="Refused"/> if a session is not alive, an id is too old or too far ahead, the
    /// recipient has blocked the sender, or a predecessor is missing; unique_violation if a number or an id is taken. Returns when the rows
    /// were accepted, and what the commit waits for.
    /// </summary>
    /// <remarks>
    /// $1 to $6: arrays of log, number, id, session, text, and <see cref="PredecessorCheck"/>. $7: the lifetime of an id, $8: how far it
    /// may be ahead. The statement checks the position even if the predecessor exists: a purge may be deleting both the predecessor and
    /// the row that has this number.
    /// </remarks>
    public const string Insert =
        $"""
        WITH stored AS (
            INSERT INTO message (log_id, number, message_id, sender_id, body)
            SELECT {Fitting} AND {IsNotBlocked} {ThenLogId}, i.number, i.message_id, l.account_id, i.body
            FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::smallint[])
                 AS i (log_id, number, message_id, session_key, body, predecessor)
            LEFT JOIN live_session l ON l.session_key = i.session_key)
        {Accepted}
        """;

    /// <summary>
    /// <see cref="Insert"/> for a batch with repeatable sends, whose IDs it also binds, with deletions, or with messages to rooms, whose
    /// senders must be members. It is a separate statement, because most batches have none of these and should not pay for them.
    /// </summary>
    /// <remarks>
    /// $9 and $10: arrays of IDs and fingerprints, null for rows without one. $11 and $12: arrays of kinds and targets, $13: which logs
    /// are rooms. A trigger empties the target of a deletion, and refuses the batch if that is not a message of the session's owner (or in
    /// a room whose moderator that is), or is empty already.
    /// </remarks>
    public const string InsertUnusual =
        $"""
        WITH rows AS MATERIALIZED (
            SELECT {Fitting} AND CASE WHEN i.is_room THEN {IsMember} ELSE i.kind = 1 OR {IsNotBlocked} END {ThenLogId} AS log_id,
                   i.number, i.message_id, l.account_id, i.body, i.kind, i.target, i.once_id, i.fingerprint
            FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::smallint[], $9::text[], $10::bytea[],
                        $11::smallint[], $12::bigint[], $13::boolean[])
                 AS i (log_id, number, message_id, session_key, body, predecessor, once_id, fingerprint, kind, target, is_room)
            LEFT JOIN live_session l ON l.session_key = i.session_key),
        receipts AS (
            INSERT INTO send_receipt (sender_account_id, once_id, message_id, durability, fingerprint, log_id, number)
            SELECT account_id, once_id, message_id, durability(), fingerprint, log_id, number FROM rows WHERE once_id IS NOT NULL),
        stored AS (
            INSERT INTO message (log_id, number, message_id, sender_id, body, kind, target)
            SELECT log_id, number, message_id, account_id, body, kind, target FROM rows)
        {Accepted}
        """;

    // The rows take their time from the same transaction. One row for the batch: a row for each message would cost it.
    private const string Accepted = "SELECT now(), durability()";

    private const string Fitting =
        """
        CASE WHEN l.session_key IS NOT NULL
              AND i.message_id >= (SELECT message_id_floor(now() - $7::interval))
              AND i.message_id < (SELECT message_id_floor(now() + $8::interval))
              AND (i.predecessor = 0 OR EXISTS (
                  SELECT FROM log g
                  WHERE g.log_id = i.log_id AND g.removed_at IS NULL
                    AND (greatest(g.received, g.purged) = i.number - 1
                      OR greatest(g.received, g.purged) < i.number - 1
                         AND (i.predecessor = 1
                           OR EXISTS (SELECT FROM message m WHERE m.log_id = i.log_id AND m.number = i.number - 1)))))
        """;

    private const string IsNotBlocked =
        "NOT EXISTS (SELECT FROM member b WHERE b.account_id = i.log_id AND b.log_id = l.account_id AND b.is_blocked)";

    // Readers may delete what they wrote when they could.
    private const string IsMember =
        """
        EXISTS (
            SELECT FROM room_member c
            WHERE c.account_id = l.account_id AND c.log_id = i.log_id AND c.role >= CASE WHEN i.kind = 1 THEN 1 ELSE 2 END)
        """;

    private const string ThenLogId = "THEN i.log_id ELSE refuse_append() END";

    /// <summary>
    /// Returns for each row of a batch what decides whether it fits: whether its message is stored, its session is alive, its id
    /// is out of time, the recipient has blocked the sender, its ID of a repeatable send is bound, what it deletes cannot be deleted; the
    /// last number of the log (null: no such account); the sender's account; the database's time; where and when the message was stored
    /// (nulls: it is not), what a commit waits for.
    /// </summary>
    /// <remarks>
    /// $1: logs, $2: ids, $3: sessions, $4: IDs of repeatable sends or null, $5: the lifetime of an id, $6: how far it may be ahead, $7:
    /// targets of deletions or null, $8: which logs are rooms, $9: kinds. The logical message, which nobody reads, makes this a writing
    /// transaction: the answer "stored" arrives only when this commit, and with it every earlier one, is as durable as any other.
    /// </remarks>
    public const string Judge =
        $"""
        SELECT m.message_id IS NOT NULL OR r.message_id IS NOT DISTINCT FROM i.message_id,
               l.session_key IS NOT NULL,
               i.message_id < (SELECT message_id_floor(now() - $5::interval))
                   OR i.message_id >= (SELECT message_id_floor(now() + $6::interval)),
               CASE WHEN i.is_room THEN NOT {IsMember} ELSE i.target IS NULL AND NOT {IsNotBlocked} END,
               r.once_id IS NOT NULL,
               i.target IS NOT NULL AND NOT EXISTS (
                   SELECT FROM message t
                   WHERE t.log_id = i.log_id AND t.number = i.target AND t.kind = 0 AND t.target IS NULL
                     AND (t.sender_id = l.account_id
                          OR EXISTS (SELECT FROM room_member c WHERE c.account_id = l.account_id AND c.log_id = i.log_id AND c.role >= 3))),
               last_number(i.log_id),
               l.account_id,
               now(),
               coalesce(m.log_id, s.log_id), coalesce(m.number, s.number), coalesce(m.accepted_at, s.accepted_at),
               durability(),
               (SELECT pg_logical_emit_message(true, 'orleanschat', ''))
        FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $7::bigint[], $8::boolean[], $9::smallint[]) WITH ORDINALITY
             AS i (log_id, message_id, session_key, once_id, target, is_room, kind, position)
        LEFT JOIN LATERAL (SELECT * FROM live_session s WHERE s.session_key = i.session_key OFFSET 0) l ON true
        LEFT JOIN message m ON m.message_id = i.message_id
        LEFT JOIN send_receipt r ON r.sender_account_id = l.account_id AND r.once_id = i.once_id
        LEFT JOIN LATERAL (SELECT r.log_id, r.number, r.accepted_at WHERE r.message_id = i.message_id) s ON true
        ORDER BY i.position
        """;
}

/// <summary>What to look up about a row's predecessor: the row with the number before it.</summary>
internal enum PredecessorCheck : short
{
    /// <summary>Nothing: the predecessor is in the same batch.</summary>
    None = 0,

    /// <summary>Only the read position: the writer stored the predecessor itself, but a reader may have received more.</summary>
    Position = 1,

    /// <summary>The read position, and whether the predecessor exists.</summary>
    PositionAndRow = 2,
}
