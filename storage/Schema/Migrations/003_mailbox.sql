-- Mailboxes: an append-only log a recipient.

CREATE TABLE mailbox (
    account_id  bigint NOT NULL,
    number      bigint NOT NULL,
    message_id  uuid NOT NULL,
    sender      text COLLATE "C" NOT NULL,
    sender_name text NOT NULL,
    body        bytea NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, number),
    -- A retried delivery is stored once: see MessageId for what happens when the row is deleted.
    CONSTRAINT mailbox_message_id UNIQUE (message_id)
);

-- One row an account, from which its number comes; numbers are never used again. Everything up to "received" has left
-- the mailbox, everything up to "purged" is deleted. The row of a removed account stays until the purge has deleted
-- what an append that ran at the same time may have left behind.
CREATE TABLE mailbox_position (
    account_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received   bigint NOT NULL DEFAULT 0,
    purged     bigint NOT NULL DEFAULT 0,
    removed_at timestamptz
) WITH (fillfactor = 70);

-- Receipts of repeatable sends; kept for ever, as every repetition gets the first one.
CREATE TABLE send_receipt (
    sender_account_id bigint NOT NULL,
    once_id           text COLLATE "C" NOT NULL,
    message_id        uuid NOT NULL,
    durability        text NOT NULL,
    PRIMARY KEY (sender_account_id, once_id)
);

-- The least UUID of version 7 that can have been minted at a time.
CREATE FUNCTION message_id_floor(minted timestamptz) RETURNS uuid
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN (lpad(to_hex(floor(extract(epoch FROM minted) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- What a commit of this session waits for. Of the levels of synchronous_commit, only these wait for a standby's flush.
CREATE FUNCTION durability() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN current_setting('fsync') = 'off' THEN 'written'
        WHEN current_setting('synchronous_standby_names') <> ''
             AND current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN 'replicated'
        ELSE 'flushed'
    END;

-- The greatest number in use; NULL when there is no such account.
CREATE FUNCTION last_number(_account_id bigint) RETURNS bigint
    LANGUAGE sql STABLE
    RETURN (SELECT greatest(p.received, (SELECT max(m.number) FROM mailbox m WHERE m.account_id = p.account_id))
            FROM mailbox_position p
            WHERE p.account_id = _account_id AND p.removed_at IS NULL);

-- Unread messages behind a number, oldest first: at least one where there is one, else as many as fit. A message counts
-- with its text, its names and 64 bytes more. Rows are fetched as the loop needs them, so that the length of the
-- mailbox does not matter; without enable_sort, no plan sorts a whole mailbox where the index has the order.
CREATE FUNCTION read_mailbox(_account_id bigint, _after bigint, _max_bytes bigint)
    RETURNS TABLE (number bigint, sender text, sender_name text, body bytea)
    LANGUAGE plpgsql STABLE SET enable_sort = off AS $$
DECLARE
    bytes bigint := 0;
    is_first boolean := true;
    start bigint := greatest(_after, (SELECT p.received FROM mailbox_position p WHERE p.account_id = _account_id));
BEGIN
    FOR number, sender, sender_name, body IN
        SELECT m.number, m.sender, m.sender_name, m.body
        FROM mailbox m
        WHERE m.account_id = _account_id AND m.number > start
        ORDER BY m.number
    LOOP
        bytes := bytes + octet_length(body) + octet_length(sender) + octet_length(sender_name) + 64;
        EXIT WHEN bytes > _max_bytes AND NOT is_first;
        RETURN NEXT;
        is_first := false;
    END LOOP;
END
$$;
