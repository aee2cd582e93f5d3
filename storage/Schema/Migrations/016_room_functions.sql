-- min-program: 16
-- Functions that change and read rooms: see migration 14 for the tables, and 17 for the changes that are asked for.

-- Who owns a room is asked for with each change that could leave it without an owner.
CREATE INDEX room_member_owner ON room_member (log_id) WHERE role = 4;

-- Makes the longest-standing moderator, else member, the owner of a room that has none. Who has just ceased to be it is not asked again.
CREATE OR REPLACE FUNCTION appoint_owner(_log_id bigint, _former bigint) RETURNS boolean
    LANGUAGE plpgsql AS $$
DECLARE
    _next bigint;
BEGIN
    IF EXISTS (SELECT FROM room_member c WHERE c.log_id = _log_id AND c.role = 4) THEN RETURN true; END IF;
    SELECT c.account_id INTO _next
    FROM room_member c
    WHERE c.log_id = _log_id AND c.role IN (2, 3) AND c.account_id <> _former
    ORDER BY c.role DESC, c.joined, c.account_id LIMIT 1;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM add_room_entry(_log_id, gen_random_uuid(), 6, NULL, _next, 'owner');
    UPDATE room_member SET role = 4 WHERE account_id = _next AND log_id = _log_id;
    RETURN true;
END
$$;

-- Deletes a room with all its messages, for the request _by. The purge does it.
CREATE OR REPLACE FUNCTION delete_room(_log_id bigint, _by uuid) RETURNS void
    LANGUAGE sql AS $$
    UPDATE room r SET removed_at = clock_timestamp(), removed_by = _by, members = 0 WHERE r.log_id = _log_id;
    UPDATE log g SET removed_at = clock_timestamp(), look_at = now() WHERE g.log_id = _log_id;
    DELETE FROM room_member c WHERE c.log_id = _log_id;
$$;

-- Ends a membership: what follows the entry _number is not to be seen. The row stays, so that whoever comes back to a private room does
-- not see what was said meanwhile; of what may be seen it keeps the latest hundred parts. A room that nobody is left in is deleted: nobody
-- could come into a private one, and names would be taken for ever.
CREATE OR REPLACE FUNCTION end_membership(_room room, _account_id bigint, _number bigint, _role integer) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    _was integer;
    _left integer;
BEGIN
    SELECT c.role INTO _was FROM room_member c WHERE c.account_id = _account_id AND c.log_id = _room.log_id;
    UPDATE room_member c
    SET role = _role,
        visible = (SELECT coalesce(range_agg(v.part), '{}')
                   FROM (SELECT * FROM unnest(c.visible * int8multirange(int8range(NULL, _number, '(]'))) AS u (part)
                         ORDER BY lower(u.part) DESC LIMIT 100) v)
    WHERE c.account_id = _account_id AND c.log_id = _room.log_id;
    UPDATE room r SET members = members - 1 WHERE r.log_id = _room.log_id RETURNING r.members INTO _left;
    IF _left = 0 THEN
        PERFORM delete_room(_room.log_id, NULL);
    ELSIF _was = 4 THEN
        PERFORM appoint_owner(_room.log_id, _account_id);
    END IF;
END
$$;

-- Where a change was made that is asked for again under its id; NULLs where it was not.
CREATE OR REPLACE FUNCTION made_room_change(_id uuid, _actor bigint, _name text, OUT in_log bigint, OUT at_number bigint)
    LANGUAGE sql STABLE AS $$
    SELECT m.log_id, m.number FROM message m WHERE m.message_id = _id AND m.sender_id IS NOT DISTINCT FROM _actor
    UNION ALL SELECT r.log_id, 0 FROM room r WHERE r.name = _name AND r.removed_by = _id
    LIMIT 1
$$;

-- Has an account that was removed leave one of its rooms; false if it is in none. One room at a time: an entry has a number that no message
-- to the room can have, so messages wait until it is committed.
DROP FUNCTION IF EXISTS leave_rooms(bigint);
CREATE FUNCTION leave_room(_account_id bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _room room;
BEGIN
    IF NOT EXISTS (SELECT FROM account a WHERE a.account_id = _account_id AND a.removed_at IS NOT NULL) THEN RETURN false; END IF;
    SELECT r.* INTO _room
    FROM room r JOIN room_member c ON c.log_id = r.log_id
    WHERE c.account_id = _account_id AND c.role >= 1 AND r.removed_at IS NULL
    ORDER BY r.log_id LIMIT 1 FOR NO KEY UPDATE OF r;
    IF NOT FOUND THEN
        DELETE FROM room_member c WHERE c.account_id = _account_id;
        RETURN false;
    END IF;
    -- Somebody may have removed them while this waited for the lock.
    IF EXISTS (SELECT FROM room_member c WHERE c.account_id = _account_id AND c.log_id = _room.log_id AND c.role >= 1) THEN
        PERFORM end_membership(_room, _account_id, add_room_entry(_room.log_id, gen_random_uuid(), 3, _account_id, _account_id, ''), NULL);
        PERFORM note_room_change(_room.name);
    END IF;
    RETURN true;
END
$$;
CREATE INDEX account_removed ON account (account_id) WHERE removed_at IS NOT NULL;

-- Frees the names of rooms that were deleted 12 minutes ago, forgets old notes of changes, and has a removed account leave a room where
-- that was cut short.
CREATE OR REPLACE FUNCTION forget_rooms() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM room WHERE removed_at <= now() - interval '12 minutes';
    DELETE FROM room_change WHERE changed_at < now() - interval '1 hour';
    PERFORM leave_room(a.account_id)
    FROM (SELECT a.account_id FROM account a
          WHERE a.removed_at < now() - interval '1 minute' AND EXISTS (SELECT FROM room_member c WHERE c.account_id = a.account_id)
          LIMIT 1) a;
END
$$;

-- What is unread in an inbox and in the rooms of its owner: as read_inbox, of several logs. Each comes in the order of its numbers; of the
-- next message of each, the one that was accepted first goes first. One's own messages in a room, and its other entries, are left out. At
-- the end, rows without a sender tell for each log how far this goes. All logs together give some 5,000 rows, and each 1,000 at most and 20
-- at least; where one of them has more, what would come after them is left for the next call. _rooms and _rooms_after: numbers to begin
-- behind, beside what was received.
CREATE OR REPLACE FUNCTION read_inboxes(_account_id bigint, _after bigint, _rooms bigint[], _rooms_after bigint[], _max_bytes bigint)
    RETURNS TABLE (in_log bigint, at_number bigint, room text, sender text, sender_name text, body bytea)
    LANGUAGE plpgsql STABLE ROWS 100 SET enable_seqscan = off AS $$
DECLARE
    _logs bigint[];
    _starts bigint[];
    _most integer;
BEGIN
    SELECT array_agg(u.log_id), array_agg(u.start) INTO _logs, _starts
    FROM (
        SELECT c.log_id, greatest(c.received, g.purged, a.after) AS start
        FROM room_member c
        JOIN log g ON g.log_id = c.log_id AND g.removed_at IS NULL
        LEFT JOIN unnest(_rooms, _rooms_after) AS a (log_id, after) ON a.log_id = c.log_id
        WHERE c.account_id = _account_id AND c.role >= 1) u
    WHERE EXISTS (SELECT FROM message m WHERE m.log_id = u.log_id AND m.number > u.start);
    IF _logs IS NULL THEN
        RETURN QUERY
        SELECT _account_id, i.number, NULL::text, i.sender, i.sender_name, i.body FROM read_inbox(_account_id, _after, _max_bytes) i;
        RETURN;
    END IF;
    _most := greatest(20, least(1000, 5000 / (cardinality(_logs) + 1)));
    RETURN QUERY
    WITH logs AS MATERIALIZED (
        SELECT _account_id AS log_id,
               greatest(_after, (SELECT greatest(g.received, g.purged) FROM log g WHERE g.log_id = _account_id)) AS start
        UNION ALL
        SELECT * FROM unnest(_logs, _starts)),
    heads AS MATERIALIZED (
        SELECT l.log_id, h.number, h.is_shown, h.bytes + octet_length(n.sender) + octet_length(n.sender_name) + 64 AS bytes,
               n.sender, n.sender_name, max(h.accepted_at) OVER (PARTITION BY l.log_id ORDER BY h.number) AS place
        FROM logs l
        CROSS JOIN LATERAL (
            SELECT m.number, m.sender_id, m.sender, m.sender_name, m.accepted_at, octet_length(m.body) AS bytes,
                   m.kind = 0 AND m.target IS NULL AND (m.log_id = _account_id OR m.sender_id <> _account_id) AS is_shown
            FROM message m WHERE m.log_id = l.log_id AND m.number > l.start ORDER BY m.number LIMIT _most) h
        LEFT JOIN account a ON a.account_id = h.sender_id
        CROSS JOIN LATERAL (SELECT coalesce(a.user_name, h.sender) AS sender, coalesce(a.display_name, h.sender_name) AS sender_name) n),
    horizon AS MATERIALIZED (
        SELECT h.place, h.log_id, h.number
        FROM (SELECT t.*, row_number() OVER (PARTITION BY t.log_id ORDER BY t.number) AS row FROM heads t) h
        WHERE h.row = _most ORDER BY 1, 2, 3 LIMIT 1),
    taken AS MATERIALIZED (
        SELECT * FROM (
            SELECT h.*, sum(h.bytes) FILTER (WHERE h.is_shown) OVER w AS total, count(*) FILTER (WHERE h.is_shown) OVER w AS shown
            FROM heads h
            WINDOW w AS (ORDER BY h.place, h.log_id, h.number)) h
        WHERE (coalesce(h.total, 0) <= _max_bytes OR h.is_shown AND h.shown = 1)
          AND ((h.place, h.log_id, h.number) <= (SELECT z.place, z.log_id, z.number FROM horizon z) OR NOT EXISTS (SELECT FROM horizon)))
    SELECT f.log_id, f.number, f.name, f.sender, f.sender_name, f.body
    FROM (
        SELECT t.log_id, t.number, r.name, t.sender, t.sender_name, m.body, t.place, false AS is_end
        FROM taken t
        JOIN message m ON m.log_id = t.log_id AND m.number = t.number
        LEFT JOIN room r ON r.log_id = t.log_id
        WHERE t.is_shown
        UNION ALL
        SELECT t.log_id, max(t.number), NULL, NULL, NULL, NULL, NULL, true FROM taken t GROUP BY t.log_id) f
    ORDER BY f.is_end, f.place, f.log_id, f.number;
END
$$;

-- The entries of a room on one side of a number that a member may see, without the notes of deletions unless asked for: those up to _from,
-- the nearest first, or those above it. At most _limit, and about _max_bytes, but one if there is one and the limit is not 0; then a row
-- with is_more, if there is more.
CREATE OR REPLACE FUNCTION read_room(
    _log_id bigint, _visible int8multirange, _from bigint, _is_forward boolean, _with_deletions boolean, _limit integer, _max_bytes bigint)
    RETURNS TABLE (is_more boolean, number bigint, kind smallint, target bigint, message_id uuid, sender_id bigint, accepted_at timestamptz,
                   body bytea)
    LANGUAGE plpgsql STABLE STRICT ROWS 50 SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    part int8range;
    x message;
    rows integer := 0;
    bytes bigint := 0;
    parts int8range[] := ARRAY(
        SELECT r FROM unnest(_visible * int8multirange(
            CASE WHEN _is_forward THEN int8range(least(_from, 9223372036854775806), NULL, '()')
                 ELSE int8range(NULL, least(_from, 9223372036854775806), '(]') END)) r);
    entries refcursor;
    place integer;
BEGIN
    FOR i IN 1 .. cardinality(parts) LOOP
        place := CASE WHEN _is_forward THEN i ELSE cardinality(parts) + 1 - i END;
        part := parts[place];
        IF _is_forward THEN
            OPEN entries FOR SELECT * FROM message m
                WHERE m.log_id = _log_id AND m.number >= lower(part) AND m.number < coalesce(upper(part), 9223372036854775807)
                ORDER BY m.number;
        ELSE
            OPEN entries FOR SELECT * FROM message m
                WHERE m.log_id = _log_id AND m.number >= coalesce(lower(part), 0) AND m.number < upper(part) ORDER BY m.number DESC;
        END IF;
        LOOP
            FETCH entries INTO x;
            EXIT WHEN NOT FOUND;
            CONTINUE WHEN x.kind = 1 AND NOT _with_deletions;
            rows := rows + 1;
            bytes := bytes + octet_length(x.body) + 256;
            is_more := rows > _limit OR (bytes > _max_bytes AND rows > 1);
            SELECT x.number, x.kind, x.target, x.message_id, x.sender_id, x.accepted_at, CASE WHEN NOT is_more THEN x.body END
            INTO number, kind, target, message_id, sender_id, accepted_at, body;
            RETURN NEXT;
            IF is_more THEN
                CLOSE entries;
                RETURN;
            END IF;
        END LOOP;
        CLOSE entries;
    END LOOP;
END
$$;

-- These work as the owner of the tables, as those of migration 10 do.
DO $$
DECLARE
    _function regprocedure;
BEGIN
    FOREACH _function IN ARRAY ARRAY['leave_room(bigint)', 'forget_rooms()']::regprocedure[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', _function, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', _function);
    END LOOP;
END
$$;
