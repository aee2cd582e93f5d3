-- min-program: 14
-- Rooms: logs with members. What a room's log holds beside messages and deletions: 2, somebody has joined; 3, has left; 4, was removed; 5,
-- the title or who may enter was set; 6, a role was given. There, "target" is the account that it is about, "sender_id" who did it (NULL:
-- an operator, or the rule of succession), and the text the new role or title. The functions that change and read rooms are in
-- migration 16.

ALTER TABLE log ADD COLUMN is_room boolean NOT NULL DEFAULT false;

-- A room. A deleted one keeps its name for 12 minutes, so that a late repetition of a message finds nobody.
CREATE TABLE room (
    log_id      bigint PRIMARY KEY,
    name        text COLLATE "C" NOT NULL UNIQUE,
    title       text NOT NULL,
    -- Everybody sees that it exists, and may join.
    is_public   boolean NOT NULL,
    -- New members see what was said before they came, but nothing up to this number: what was said while the room was private.
    shows_all   boolean NOT NULL,
    shown_after bigint NOT NULL DEFAULT 0,
    members     integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    removed_at  timestamptz,
    -- The id of the request that has deleted it, which may be repeated.
    removed_by  uuid
) WITH (fillfactor = 70);
CREATE INDEX room_public ON room (name) WHERE is_public AND removed_at IS NULL;
CREATE INDEX room_removed ON room (removed_at) WHERE removed_at IS NOT NULL;

-- A member of a room, or somebody who was one. Not in the table "member", so that what is sent to users pays nothing for rooms.
CREATE TABLE room_member (
    account_id bigint NOT NULL,
    log_id     bigint NOT NULL,
    -- 4: owner, 3: moderator, 2: member, 1: reader, 0: banned; NULL: has left. Those from 1 on are members.
    role       smallint,
    -- The number of the entry that says so.
    joined     bigint NOT NULL DEFAULT 0,
    -- The numbers that the account may read while it is a member: what was between leaving and joining again is not among them.
    visible    int8multirange NOT NULL DEFAULT '{}',
    -- Everything up to these has left the inbox, and was read. They never fall, and begin where the account has joined.
    received   bigint NOT NULL DEFAULT 0,
    read       bigint NOT NULL DEFAULT 0,
    is_muted   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (account_id, log_id)
) WITH (fillfactor = 70);
CREATE INDEX room_member_of_room ON room_member (log_id, account_id);

-- Which rooms have changed, for the silos that hold their grains: as account_change.
CREATE TABLE room_change (
    name       text COLLATE "C" PRIMARY KEY,
    changed_at timestamptz NOT NULL,
    mark       bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX room_change_age ON room_change (changed_at);

-- The age at which a room's messages go, whoever has read them; NULL: none. As retention_age, but not within a day.
CREATE FUNCTION room_age() RETURNS interval LANGUAGE plpgsql STABLE AS $$
DECLARE
    _age interval := retention_age();
BEGIN
    -- greatest() leaves a NULL out.
    RETURN CASE WHEN _age IS NOT NULL THEN greatest(_age, interval '24 hours') END;
END
$$;

-- As expires_at, for a room.
CREATE FUNCTION room_expires_at(_accepted_at timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN greatest(expires_at(_accepted_at), _accepted_at + interval '24 hours');
END
$$;

-- When the purge should look at a room: when its first message is due. No send sets this time, so an empty room has one too.
CREATE FUNCTION room_due_at(_log_id bigint, _purged bigint) RETURNS timestamptz LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
    RETURN room_expires_at(coalesce(
        (SELECT m.accepted_at FROM message m WHERE m.log_id = _log_id AND m.number > _purged ORDER BY m.number LIMIT 1), now()));
END
$$;

-- As before, and a room's messages also by its moderators.
CREATE OR REPLACE FUNCTION message_deleted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE message SET body = '', target = NEW.number
    WHERE log_id = NEW.log_id AND number = NEW.target AND kind = 0 AND target IS NULL
      AND (sender_id = NEW.sender_id
           OR EXISTS (SELECT FROM room_member c WHERE c.account_id = NEW.sender_id AND c.log_id = NEW.log_id AND c.role >= 3));
    IF NOT FOUND THEN PERFORM refuse_append(); END IF;
    RETURN NULL;
END
$$;

-- Appends an entry behind the last one, and returns its number. Messages that are stored at the same time may take the number: then the
-- next one. Each statement has a snapshot of its own, so that it sees them.
CREATE FUNCTION add_room_entry(_log_id bigint, _id uuid, _kind integer, _by bigint, _target bigint, _body text) RETURNS bigint
    LANGUAGE plpgsql AS $$
DECLARE
    _number bigint;
    _taken text;
BEGIN
    LOOP
        _number := last_number(_log_id) + 1;
        BEGIN
            INSERT INTO message (log_id, number, message_id, sender_id, kind, target, body)
            VALUES (_log_id, _number, _id, _by, _kind, _target, convert_to(_body, 'UTF8'));
            RETURN _number;
        EXCEPTION WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS _taken = CONSTRAINT_NAME;
            IF _taken <> 'message_pkey' THEN RAISE; END IF;
        END;
    END LOOP;
END
$$;

CREATE FUNCTION note_room_change(_name text) RETURNS void
    LANGUAGE sql AS $$
    INSERT INTO room_change (name, changed_at) VALUES (_name, clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET changed_at = excluded.changed_at, mark = DEFAULT
$$;

-- These work as the owner of the tables, as those of migration 10 do.
DO $$
DECLARE
    _function regprocedure;
BEGIN
    FOREACH _function IN ARRAY ARRAY['message_deleted()']::regprocedure[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', _function, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', _function);
    END LOOP;
END
$$;

