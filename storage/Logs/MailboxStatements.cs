namespace OrleansChat.Storage.Logs;

/// <summary>The statements of the group-commit writer, each one round trip and one transaction.</summary>
internal static class MailboxStatements
{
    /// <summary>
    /// Makes a connection plan once and for the general case, by index: the plan must not depend on what the first batch
    /// or a table that was empty a minute ago looked like (for the same end, OFFSET 0 in the statements fixes the order of
    /// the look-ups). A statement that its client gave up must end before the purge could forget the ids that it carries.
    /// </summary>
    public const string Settings =
        """
        SET plan_cache_mode = force_generic_plan;
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
        SET jit = off;
        SET work_mem = '16MB';
        SET statement_timeout = '10s'
        """;

    /// <summary>The error with which <see cref="Insert"/> refuses a batch (migration 6).</summary>
    public const string Refused = "OC001";

    /// <summary>
    /// Inserts all rows of a batch, or none: <see cref="Refused"/> when a session is not alive, an id too old, or a predecessor
    /// missing; unique_violation when a number or an id is taken.
    /// </summary>
    /// <remarks>
    /// $1 to $6: arrays of recipient, number, id, session, text, and <see cref="PredecessorCheck"/>. $7: the lifetime of an id.
    /// The position is asked even where the predecessor is there: a purge may be deleting both it and the row that has this
    /// number.
    /// </remarks>
    public const string Insert = $"{InsertInto} {Rows}";

    /// <summary>
    /// <see cref="Insert"/> for a batch with repeatable sends, which binds their IDs too; $8: an array of IDs, null for the
    /// rows that have none. A statement of its own, because most batches have none and would pay for it.
    /// </summary>
    public const string InsertWithReceipts =
        $"""
        WITH rows AS MATERIALIZED ({Rows}),
        receipts AS (
            INSERT INTO send_receipt (sender_account_id, once_id, message_id, durability)
            SELECT l.account_id, o.once_id, o.message_id, durability()
            FROM unnest($3::uuid[], $4::text[], $8::text[]) AS o (message_id, session_key, once_id)
            JOIN live_session l ON l.session_key = o.session_key
            WHERE o.once_id IS NOT NULL)
        {InsertInto} SELECT * FROM rows
        """;

    private const string InsertInto = "INSERT INTO mailbox (account_id, number, message_id, sender, sender_name, body)";

    private const string Rows =
        """
        SELECT CASE
                   WHEN l.session_key IS NOT NULL
                    AND i.message_id >= (SELECT message_id_floor(now() - $7::interval))
                    AND (i.predecessor = 0 OR EXISTS (
                        SELECT FROM mailbox_position p
                        WHERE p.account_id = i.account_id AND p.removed_at IS NULL
                          AND (p.received = i.number - 1
                            OR p.received < i.number - 1
                               AND (i.predecessor = 1
                                 OR EXISTS (SELECT FROM mailbox m WHERE m.account_id = i.account_id AND m.number = i.number - 1)))))
                   THEN i.account_id
                   ELSE refuse_append()
               END AS account_id,
               i.number, i.message_id, l.owner, l.display_name, i.body
        FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::bytea[], $6::smallint[])
             AS i (account_id, number, message_id, session_key, body, predecessor)
        LEFT JOIN live_session l ON l.session_key = i.session_key
        """;

    /// <summary>
    /// Says of each row of a batch why it may not fit: is its message stored, its session alive, its id too old, its ID of
    /// a repeatable send bound; its recipient's last number (null: no such account) and its sender's account.
    /// </summary>
    /// <remarks>
    /// $1: recipients, $2: ids, $3: sessions, $4: IDs of repeatable sends or null, $5: the lifetime of an id. The message to
    /// nobody makes the transaction one that writes: "stored" is answered only when this commit, and with it what was
    /// committed before, is as durable as every other.
    /// </remarks>
    public const string Judge =
        """
        SELECT m.message_id IS NOT NULL OR r.message_id IS NOT DISTINCT FROM i.message_id,
               l.session_key IS NOT NULL,
               i.message_id < (SELECT message_id_floor(now() - $5::interval)),
               r.once_id IS NOT NULL,
               last_number(i.account_id),
               l.account_id,
               (SELECT pg_logical_emit_message(true, 'orleanschat', ''))
        FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY
             AS i (account_id, message_id, session_key, once_id, position)
        LEFT JOIN LATERAL (SELECT * FROM live_session s WHERE s.session_key = i.session_key OFFSET 0) l ON true
        LEFT JOIN mailbox m ON m.message_id = i.message_id
        LEFT JOIN send_receipt r ON r.sender_account_id = l.account_id AND r.once_id = i.once_id
        ORDER BY i.position
        """;
}

/// <summary>What is to be looked up of a row's predecessor, the row with the number before.</summary>
internal enum PredecessorCheck : short
{
    /// <summary>Nothing: it is in the same batch.</summary>
    None = 0,

    /// <summary>That it was not received already: the writer has stored it itself.</summary>
    Position = 1,

    /// <summary>That, and that it is there.</summary>
    PositionAndRow = 2,
}
