-- min-program: 10
-- Messages stay after they were received, for as long as the retention says (a year unless told), and senders are accounts.
--
-- No row is written anew. What was stored before has its sender's names in the row and no account, since nobody knows whether the name
-- had another holder then: it is shown to its recipient, and is part of no conversation.

-- An account: its inbox is the log of the same number. The row outlives the account, so that its messages to others have a sender; its
-- name is nobody else's until it is erased.
CREATE TABLE account (
    account_id   bigint PRIMARY KEY,
    user_name    text COLLATE "C" NOT NULL UNIQUE,
    display_name text NOT NULL,
    -- The key of the fingerprints of its receipts; NULL once erased.
    receipt_key  bytea DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    removed_at   timestamptz,
    erased_at    timestamptz
);

INSERT INTO account (account_id, user_name, display_name)
SELECT account_id, substr(grainidextensionstring, 3), coalesce(display_name, '')
FROM orleansstorage
WHERE graintypestring = 'user' AND serviceid = 'orleanschat';

-- Names that were erased a moment ago, as SHA-256: a late repetition of a message must find nobody.
CREATE TABLE erased_name (
    digest   bytea PRIMARY KEY,
    free_at  timestamptz NOT NULL
);

-- A log has numbers: everything up to "received" has left the inbox, everything up to "purged" is deleted. The purge looks at a log
-- when its time has come; a log whose first message waits for its receipt has none, and the receipt sets it.
ALTER TABLE mailbox_position RENAME TO log;
ALTER TABLE log RENAME COLUMN account_id TO log_id;
ALTER TABLE log RENAME CONSTRAINT mailbox_position_pkey TO log_pkey;
ALTER SEQUENCE mailbox_position_account_id_seq RENAME TO log_log_id_seq;
ALTER TABLE log ADD COLUMN look_at timestamptz NOT NULL DEFAULT 'infinity';
UPDATE log SET look_at = now() WHERE received > purged OR removed_at IS NOT NULL;
CREATE INDEX log_look_at ON log (look_at) WHERE look_at < 'infinity';

ALTER TABLE mailbox RENAME TO message;
ALTER TABLE message RENAME COLUMN account_id TO log_id;
ALTER TABLE message RENAME CONSTRAINT mailbox_pkey TO message_pkey;
ALTER TABLE message RENAME CONSTRAINT mailbox_message_id TO message_once;
ALTER TABLE message
    ALTER COLUMN sender DROP NOT NULL,
    ALTER COLUMN sender_name DROP NOT NULL,
    ADD COLUMN sender_id bigint,
    -- 0: a message; 1: the deletion of one.
    ADD COLUMN kind      smallint NOT NULL DEFAULT 0,
    -- Of a deletion: which message. Of a message: the deletion that has emptied it.
    ADD COLUMN target    bigint;
COMMENT ON COLUMN message.sender IS 'Only where there is no sender_id: from before migration 10.';

-- Each direction of a conversation, and its unread messages, by number.
CREATE INDEX message_conversation ON message (sender_id, log_id, number) WHERE kind = 0 AND sender_id IS NOT NULL;

-- Space of a large table is used again as soon as this many rows are dead, and not when a fifth of it is.
ALTER TABLE message SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100000,
    autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000);

-- What an account has to do with a log that it may write to: with the inbox of somebody, whose messages in its own inbox are meant.
CREATE TABLE member (
    account_id bigint NOT NULL,
    log_id     bigint NOT NULL,
    -- Everything up to this number of the account's own inbox was read. It never falls.
    read       bigint NOT NULL DEFAULT 0,
    is_muted   boolean NOT NULL DEFAULT false,
    -- What the other one begins to send is refused.
    is_blocked boolean NOT NULL DEFAULT false,
    -- How often these two were set: who sets one names the revision that they saw, so that a statement whose caller gave up long ago
    -- does not undo what came after it.
    revision   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, log_id)
) WITH (fillfactor = 70);

-- The fingerprint of a message tells whether its sender uses an ID for another one.
ALTER TABLE send_receipt
    ADD COLUMN fingerprint bytea,
    ADD COLUMN log_id      bigint,
    ADD COLUMN number      bigint,
    ADD COLUMN accepted_at timestamptz;
ALTER TABLE send_receipt ALTER COLUMN accepted_at SET DEFAULT now();

-- How long messages stay after their acceptance and their receipt; NULL: for ever. A shorter time begins later: until then keep_now counts.
-- In hours, because a day has 23 of them where the server's time zone goes over to summer time.
CREATE TABLE retention (
    id        smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    keep      interval,
    keep_now  interval,
    begins_at timestamptz NOT NULL DEFAULT '-infinity',
    -- The retention_age that the times to look at logs come from; the purge has all of them looked at when it is another.
    applied   interval,
    -- How long receipts of repeatable sends stay; NULL: for ever. When the housekeeping looks for older ones next.
    keep_receipts    interval,
    look_at_receipts timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO retention (keep, keep_now, applied) VALUES ('8760 hours', '8760 hours', '8760 hours');

-- Functions that read tables are in PL/pgSQL from here on: it plans a statement once per connection, and SQL once per call. A plan may have
-- been made while the tables were empty: so none reads a whole one. (Where it would have to, its cost would have it compiled at each call.)

-- The age at which received messages go; NULL: none. Never so early that a repetition could be stored again: see MessageId.
CREATE FUNCTION retention_age() RETURNS interval LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE WHEN k.keep IS NOT NULL THEN greatest(k.keep, interval '12 minutes') END
            FROM (SELECT CASE WHEN now() < begins_at THEN keep_now ELSE keep END AS keep FROM retention WHERE id = 1) k);
END
$$;

-- When a message that was accepted then is old enough to be deleted: 'infinity' for never. It heeds a shorter retention that begins later.
CREATE FUNCTION expires_at(_accepted_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN (SELECT coalesce(
                least(
                    CASE WHEN keep_now IS NOT NULL AND now() < begins_at THEN _accepted_at + greatest(keep_now, interval '12 minutes') END,
                    CASE WHEN keep IS NOT NULL THEN greatest(
                        _accepted_at + greatest(keep, interval '12 minutes'), CASE WHEN now() < begins_at THEN begins_at END) END),
                'infinity')
            FROM retention WHERE id = 1);
END
$$;

-- When a log should be looked at whose first messages were received: NULL when it is empty.
CREATE FUNCTION due_at(_log_id bigint, _purged bigint) RETURNS timestamptz LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT expires_at(m.accepted_at)
            FROM message m WHERE m.log_id = _log_id AND m.number > _purged ORDER BY m.number LIMIT 1);
END
$$;

-- The incarnation of the database.
CREATE TABLE epoch (
    id    smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    value uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO epoch DEFAULT VALUES;

-- What names the numbers of this database, and of no other: a restored dump has another table and mostly another server, a copy another
-- database, a promoted or recovered server another timeline. On a standby it fails: nobody numbers anything there.
CREATE FUNCTION current_epoch() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT left(encode(sha256(convert_to(concat_ws(' ', e.value, (pg_control_system()).system_identifier,
                substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), d.oid, e.tableoid), 'UTF8')), 'hex'), 16)
            FROM epoch e, pg_database d WHERE d.datname = current_database());
END
$$;

-- The greatest number in use; NULL when there is no such log.
DROP FUNCTION last_number(bigint);
CREATE FUNCTION last_number(_log_id bigint) RETURNS bigint LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT greatest(g.received, g.purged, (SELECT max(m.number) FROM message m WHERE m.log_id = g.log_id))
            FROM log g
            WHERE g.log_id = _log_id AND g.removed_at IS NULL);
END
$$;

-- Messages of an inbox behind a number that were not received, oldest first: at least one where there is one, else as many as fit. A
-- message counts with its text, its names and 64 bytes more. Deleted messages, and their deletions, are left out; where they are the
-- last, a row without a sender tells how far they go. Rows are fetched as the loop needs them, so that the length of the inbox does not
-- matter; the settings keep plans away that would sort or read it whole. A sender is looked up when it is another than that of the
-- message before, which is cheaper than a join where one has sent much.
DROP FUNCTION read_mailbox(bigint, bigint, bigint);
CREATE FUNCTION read_inbox(_log_id bigint, _after bigint, _max_bytes bigint)
    RETURNS TABLE (number bigint, sender text, sender_name text, body bytea)
    LANGUAGE plpgsql STABLE ROWS 100 SET enable_seqscan = off SET enable_sort = off AS $$
DECLARE
    bytes bigint := 0;
    start bigint := greatest(_after, (SELECT greatest(g.received, g.purged) FROM log g WHERE g.log_id = _log_id));
    last bigint := start;
    _sender_id bigint;
    named_id bigint;
BEGIN
    FOR number, _sender_id, body IN
        SELECT m.number, m.sender_id, m.body
        FROM message m
        WHERE m.log_id = _log_id AND m.number > start AND m.kind = 0 AND m.target IS NULL
        ORDER BY m.number
    LOOP
        IF _sender_id IS NULL THEN
            SELECT m.sender, m.sender_name INTO sender, sender_name
            FROM message m WHERE m.log_id = _log_id AND m.number = read_inbox.number;
            named_id := NULL;
        ELSIF _sender_id IS DISTINCT FROM named_id THEN
            SELECT a.user_name, a.display_name INTO sender, sender_name FROM account a WHERE a.account_id = _sender_id;
            named_id := _sender_id;
        END IF;
        bytes := bytes + octet_length(body) + octet_length(sender) + octet_length(sender_name) + 64;
        IF bytes > _max_bytes AND last > start THEN RETURN; END IF;
        RETURN NEXT;
        last := number;
    END LOOP;
    -- All of it: what stands behind the last message is never handed over.
    number := (SELECT max(m.number) FROM message m WHERE m.log_id = _log_id AND m.number > last);
    IF number IS NOT NULL THEN
        sender := NULL;
        RETURN NEXT;
    END IF;
END
$$;

-- The deletion of a message empties it, by its sender's own account and once; the service itself may not change messages.
CREATE FUNCTION message_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE message SET body = '', target = NEW.number
    WHERE log_id = NEW.log_id AND number = NEW.target AND sender_id = NEW.sender_id AND kind = 0 AND target IS NULL;
    IF NOT FOUND THEN PERFORM refuse_append(); END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER message_deleted AFTER INSERT ON message FOR EACH ROW WHEN (NEW.kind = 1) EXECUTE FUNCTION message_deleted();

-- Puts "removed-N" in the place of a removed account's names, and returns N; NULL unless there is a removed account of this name that
-- was not erased. Its receipts, and its name in messages from before migration 10, are deleted before, in steps: see rename_sender.
CREATE FUNCTION erase_account(_user_name text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _account_id bigint;
BEGIN
    UPDATE account SET user_name = 'removed-' || account_id, display_name = 'removed-' || account_id, receipt_key = NULL, erased_at = now()
    WHERE user_name = _user_name AND removed_at IS NOT NULL AND erased_at IS NULL
    RETURNING account_id INTO _account_id;
    IF NOT FOUND THEN RETURN NULL; END IF;
    INSERT INTO erased_name (digest, free_at) VALUES (sha256(convert_to(_user_name, 'UTF8')), now() + interval '12 minutes')
    ON CONFLICT (digest) DO UPDATE SET free_at = EXCLUDED.free_at;
    RETURN _account_id;
END
$$;

-- Deletes what still holds the name of an account that was erased 12 minutes ago, and frees the name: the notice of its removal and its
-- sessions. Until then a silo that has not heard of the removal needs them.
CREATE FUNCTION forget_erased() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM erased_name WHERE free_at <= now()) THEN RETURN; END IF;
    DELETE FROM account_change c USING erased_name e
    WHERE e.digest = sha256(convert_to(c.user_name, 'UTF8')) AND e.free_at <= now();
    DELETE FROM orleansstorage s USING erased_name e
    WHERE s.owner IS NOT NULL AND s.serviceid = 'orleanschat' AND e.digest = sha256(convert_to(s.owner, 'UTF8')) AND e.free_at <= now();
    DELETE FROM erased_name WHERE free_at <= now();
END
$$;

-- Takes the name of a removed account out of at most this many messages from before migration 10; returns how many there were.
CREATE FUNCTION rename_sender(_user_name text, _account_id bigint, _limit integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER AS $$
    WITH renamed AS (
        UPDATE message m SET sender = 'removed-' || _account_id, sender_name = 'removed-' || _account_id
        FROM (SELECT o.log_id, o.number
              FROM message o
              WHERE o.sender = _user_name AND o.sender_id IS NULL
                AND EXISTS (SELECT FROM account a
                            WHERE a.account_id = _account_id AND a.user_name = _user_name AND a.removed_at IS NOT NULL)
              LIMIT _limit) o
        WHERE m.log_id = o.log_id AND m.number = o.number
        RETURNING 1)
    SELECT count(*) FROM renamed
$$;

-- These four work as the owner of the tables: with no others, whatever the caller's search path is, and for nobody who was not granted it.
DO $$
DECLARE
    _function regprocedure;
BEGIN
    FOREACH _function IN ARRAY ARRAY['message_deleted()', 'erase_account(text)', 'forget_erased()',
            'rename_sender(text, bigint, integer)']::regprocedure[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', _function, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', _function);
    END LOOP;
END
$$;

-- As before, and keeps the row of the account.
CREATE OR REPLACE FUNCTION user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    _name text COLLATE "C" := substr(coalesce(NEW.grainidextensionstring, OLD.grainidextensionstring), 3);
BEGIN
    PERFORM pg_advisory_xact_lock(8889, hashtext(_name));
    IF TG_OP = 'DELETE' THEN
        UPDATE account SET removed_at = clock_timestamp() WHERE account_id = OLD.account_id;
    ELSE
        INSERT INTO account (account_id, user_name, display_name) VALUES (NEW.account_id, _name, coalesce(NEW.display_name, ''))
        ON CONFLICT (account_id) DO UPDATE SET display_name = EXCLUDED.display_name
        WHERE account.display_name IS DISTINCT FROM EXCLUDED.display_name;
    END IF;
    IF NEW.enabled THEN
        INSERT INTO live_session (session_key, owner, account_id, display_name)
        SELECT s.grainidextensionstring, s.owner, NEW.account_id, NEW.display_name
        FROM orleansstorage s
        WHERE s.owner = _name AND s.graintypestring = 'session' AND s.serviceid = 'orleanschat' AND s.stamp = NEW.stamp
        FOR SHARE
        ON CONFLICT (session_key) DO UPDATE SET account_id = EXCLUDED.account_id, display_name = EXCLUDED.display_name;
    END IF;
    DELETE FROM live_session l
    WHERE l.owner = _name
      AND NOT EXISTS (
          SELECT FROM orleansstorage s
          WHERE s.grainidextensionstring = l.session_key AND s.graintypestring = 'session' AND s.serviceid = 'orleanschat'
            AND NEW.enabled AND s.stamp = NEW.stamp);
    RETURN NULL;
END
$$;

-- The messages of a conversation on one side of a place, the nearest first: those of _peer in the inbox of _me up to number _received or
-- above it, and those of _me in the inbox of _peer by number _sent. Each direction comes in the order of its numbers; of the next message of
-- each, the one that was accepted first goes first, or last on the way back. At most _limit, and about _max_bytes, but one if there is one
-- and the limit is not 0; then a row with is_more, if there is more. The inbox of a removed account is left out.
CREATE FUNCTION read_conversation(
    _me bigint, _peer bigint, _received bigint, _sent bigint, _is_forward boolean, _limit integer, _max_bytes bigint)
    RETURNS TABLE (is_more boolean, log_id bigint, number bigint, target bigint, message_id uuid, sender_id bigint,
                   accepted_at timestamptz, body bytea)
    LANGUAGE plpgsql STABLE STRICT ROWS 50 SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    has_sent boolean := _me <> _peer AND EXISTS (SELECT FROM log g WHERE g.log_id = _peer AND g.removed_at IS NULL);
    theirs refcursor;
    mine refcursor;
    x message;
    y message;
    rows integer := 0;
    bytes bigint := 0;
BEGIN
    IF _is_forward THEN
        OPEN theirs FOR SELECT * FROM message m
            WHERE m.sender_id = _peer AND m.log_id = _me AND m.kind = 0 AND m.number > _received ORDER BY m.number;
        OPEN mine FOR SELECT * FROM message m
            WHERE has_sent AND m.sender_id = _me AND m.log_id = _peer AND m.kind = 0 AND m.number > _sent ORDER BY m.number;
    ELSE
        OPEN theirs FOR SELECT * FROM message m
            WHERE m.sender_id = _peer AND m.log_id = _me AND m.kind = 0 AND m.number <= _received ORDER BY m.number DESC;
        OPEN mine FOR SELECT * FROM message m
            WHERE has_sent AND m.sender_id = _me AND m.log_id = _peer AND m.kind = 0 AND m.number <= _sent ORDER BY m.number DESC;
    END IF;
    FETCH theirs INTO x;
    FETCH mine INTO y;
    WHILE x.log_id IS NOT NULL OR y.log_id IS NOT NULL LOOP
        IF y.log_id IS NULL
            OR x.log_id IS NOT NULL AND ((x.accepted_at, x.number, x.log_id) < (y.accepted_at, y.number, y.log_id)) = _is_forward THEN
            SELECT x.log_id, x.number, x.target, x.message_id, x.sender_id, x.accepted_at, x.body
            INTO log_id, number, target, message_id, sender_id, accepted_at, body;
            FETCH theirs INTO x;
        ELSE
            SELECT y.log_id, y.number, y.target, y.message_id, y.sender_id, y.accepted_at, y.body
            INTO log_id, number, target, message_id, sender_id, accepted_at, body;
            FETCH mine INTO y;
        END IF;
        rows := rows + 1;
        bytes := bytes + octet_length(body) + 256;
        is_more := rows > _limit OR (bytes > _max_bytes AND rows > 1);
        IF is_more THEN body := NULL; END IF;
        RETURN NEXT;
        EXIT WHEN is_more;
    END LOOP;
    CLOSE theirs;
    CLOSE mine;
END
$$;

-- The place that a page begins at: the newest end (_side 0), the given place (1, 2), or before a message (3), which one of the two numbers
-- names. Where the message belongs in the other direction is found by its time. No row where there is no such message.
CREATE FUNCTION conversation_place(_me bigint, _peer bigint, _side integer, _received bigint, _sent bigint)
    RETURNS TABLE (received bigint, sent bigint)
    LANGUAGE plpgsql STABLE STRICT ROWS 1 SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    found_at message;
    around message;
    low bigint := 0;
    high bigint;
    middle bigint;
    _sender bigint;
    _log bigint;
BEGIN
    IF _side IN (1, 2) THEN
        RETURN QUERY SELECT _received, _sent;
        RETURN;
    END IF;
    IF _side = 0 THEN
        RETURN QUERY SELECT
            coalesce((SELECT max(m.number) FROM message m WHERE m.sender_id = _peer AND m.log_id = _me AND m.kind = 0), 0),
            coalesce((SELECT max(m.number) FROM message m WHERE m.sender_id = _me AND m.log_id = _peer AND m.kind = 0 AND _me <> _peer), 0);
        RETURN;
    END IF;
    IF _received > 0 OR _me = _peer THEN
        SELECT * INTO around FROM message m WHERE m.log_id = _me AND m.number = _received AND m.sender_id = _peer AND m.kind = 0;
        _sender := _me;
        _log := _peer;
    ELSE
        SELECT * INTO around FROM message m
        WHERE m.log_id = _peer AND m.number = _sent AND m.sender_id = _me AND m.kind = 0
          AND EXISTS (SELECT FROM log g WHERE g.log_id = _peer AND g.removed_at IS NULL);
        _sender := _peer;
        _log := _me;
    END IF;
    IF around.log_id IS NULL THEN RETURN; END IF;
    high := coalesce((SELECT max(m.number) FROM message m WHERE m.sender_id = _sender AND m.log_id = _log AND m.kind = 0), 0);
    WHILE low < high AND _me <> _peer LOOP
        middle := (low + high + 1) / 2;
        SELECT * INTO found_at FROM message m
        WHERE m.sender_id = _sender AND m.log_id = _log AND m.kind = 0 AND m.number >= middle AND m.number <= high
        ORDER BY m.number LIMIT 1;
        IF found_at.log_id IS NOT NULL
            AND (found_at.accepted_at, found_at.number, found_at.log_id) < (around.accepted_at, around.number, around.log_id) THEN
            low := found_at.number;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    IF _received > 0 THEN
        received := _received - 1;
        sent := low;
    ELSE
        received := low;
        sent := _sent - 1;
    END IF;
    RETURN NEXT;
END
$$;
