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
    /// Inserts all rows of a batch, or none: <see cref="Refused"/> if a session is not alive, an id is too old, or a predecessor
    /// is missing; unique_violation if a number or an id is taken.
    /// </summary>
    /// <remarks>
    /// $1 to $6: arrays of recipient, number, id, session, text, and <see cref="PredecessorCheck"/>. $7: the lifetime of an id.
    /// The statement checks the position even if the predecessor exists: a purge may be deleting both the predecessor and the
    /// row that has this number.
    /// </remarks>
    public const string Insert = $"{InsertInto} {Rows}";

    /// <summary>
    /// <see cref="Insert"/> for a batch with repeatable sends, which also binds their IDs; $8: an array of IDs, null for rows
    /// without one. It is a separate statement, because most batches have no such sends and should not pay for them.
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
    /// Returns for each row of a batch what decides whether it fits: whether its message is stored, its session is alive, its id
    /// is too old, its ID of a repeatable send is bound; the recipient's last number (null: no such account); the sender's account.
    /// </summary>
    /// <remarks>
    /// $1: recipients, $2: ids, $3: sessions, $4: IDs of repeatable sends or null, $5: the lifetime of an id. The logical message,
    /// which nobody reads, makes this a writing transaction: the answer "stored" arrives only when this commit, and with it every
    /// earlier one, is as durable as any other.
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
