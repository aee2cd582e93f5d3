-- min-program: 17
-- Invitations into rooms, and who comes back into a room that they have left.

-- Whether somebody has left by themselves: then only an operator can add them; they join, or redeem an invitation.
ALTER TABLE room_member ADD COLUMN has_left boolean NOT NULL DEFAULT false;

-- Operators name an invitation by this.
ALTER TABLE invitation ADD COLUMN invitation_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE;
-- The room that it is into; NULL: none, one registers with it.
ALTER TABLE invitation ADD COLUMN log_id bigint;
ALTER TABLE invitation ADD COLUMN used_at timestamptz;

-- Has an account that is not a member of a room be one, by an entry of _by, whose number this returns. The room is locked.
CREATE FUNCTION begin_membership(_room room, _account_id bigint, _role integer, _id uuid, _by bigint) RETURNS bigint
    LANGUAGE plpgsql AS $$
DECLARE
    _number bigint;
    _shown int8multirange;
BEGIN
    _number := add_room_entry(
        _room.log_id, _id, 2, _by, _account_id, (ARRAY['reader', 'member', 'moderator', 'owner'])[_role]);
    _shown := int8multirange(int8range(_number, NULL));
    IF _room.shows_all AND (_room.is_public OR NOT EXISTS (
            SELECT FROM room_member c WHERE c.account_id = _account_id AND c.log_id = _room.log_id AND c.joined > 0)) THEN
        _shown := int8multirange(int8range(_room.shown_after + 1, NULL));
    END IF;
    INSERT INTO room_member AS c (account_id, log_id, role, joined, visible, received, read)
    VALUES (_account_id, _room.log_id, _role, _number, _shown, _number, _number)
    ON CONFLICT (account_id, log_id) DO UPDATE
    SET role = EXCLUDED.role, joined = EXCLUDED.joined, visible = c.visible + EXCLUDED.visible, received = EXCLUDED.received,
        read = EXCLUDED.read, has_left = false;
    UPDATE room r SET members = members + 1 WHERE r.log_id = _room.log_id;
    -- Where only readers were left there is no owner.
    PERFORM appoint_owner(_room.log_id, 0);
    RETURN _number;
END
$$;

-- Changes a room or who is in it: "create", "join", "add", "leave", "remove", "role", "set", "delete". It is for the owner of _session,
-- or for an operator where that is NULL; _user is whom it is about, where that is somebody else. A change is one transaction with its
-- entry, under the room's lock, and asks there what the actor may do: of two owners who remove each other, the second is refused. Accounts
-- are locked before rooms. Somebody outside is told nothing of a private room, and locks nothing. Repeating a change under its _id changes
-- nothing more.
-- The outcome: 0 done; 1 no session; 2 no such room, as far as the actor may know; 3 not for this actor; 4 the name is taken; 5 no such
-- user; 6 that user is not a member; 7 too many members; 8 too many rooms; 9 the id is too old or too new; 10 nobody could be the owner;
-- 11 that user has left, and comes back by themselves.
CREATE OR REPLACE FUNCTION change_room(
    _change text, _id uuid, _session text, _name text, _user text, _role integer, _title text, _is_public boolean, _shows_all boolean,
    _max_members integer, _max_rooms integer, OUT outcome integer, OUT in_log bigint, OUT at_number bigint)
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _roles text[] := ARRAY['banned', 'reader', 'member', 'moderator', 'owner'];
    -- The roles of operators are above all others.
    _rank integer := 5;
    _actor bigint;
    _target bigint;
    _was integer;
    _room room;
BEGIN
    IF _session IS NOT NULL THEN
        SELECT l.account_id INTO _actor FROM live_session l WHERE l.session_key = _session;
        IF NOT FOUND THEN outcome := 1; RETURN; END IF;
    END IF;
    IF _id < message_id_floor(now() - interval '10 minutes') OR _id >= message_id_floor(now() + interval '30 seconds') THEN
        outcome := 9;
        RETURN;
    END IF;
    outcome := 0;
    SELECT * INTO in_log, at_number FROM made_room_change(_id, _actor, _name);
    IF in_log IS NOT NULL THEN
        -- The answer waits until what it has seen is as durable as any commit.
        PERFORM pg_logical_emit_message(true, 'orleanschat', '');
        RETURN;
    END IF;

    IF _change <> 'create' THEN
        IF NOT EXISTS (
            SELECT FROM room r
            WHERE r.name = _name AND r.removed_at IS NULL
              AND (_session IS NULL OR r.is_public
                   OR EXISTS (SELECT FROM room_member c WHERE c.account_id = _actor AND c.log_id = r.log_id AND c.role >= 1))) THEN
            outcome := 2;
            RETURN;
        END IF;
    END IF;
    IF _change IN ('create', 'join', 'add', 'leave', 'remove', 'role') THEN
        SELECT a.account_id INTO _target
        FROM account a
        WHERE CASE WHEN _user IS NULL THEN a.account_id = _actor ELSE a.user_name = _user END AND a.removed_at IS NULL
        FOR NO KEY UPDATE;
    END IF;

    IF _change = 'create' THEN
        IF _target IS NULL THEN outcome := 5; RETURN; END IF;
        -- A first try may have made it while this one waited for the lock.
        SELECT * INTO in_log, at_number FROM made_room_change(_id, _actor, _name);
        IF in_log IS NOT NULL THEN RETURN; END IF;
        DELETE FROM room r WHERE r.name = _name AND r.removed_at <= now() - interval '12 minutes';
        IF EXISTS (SELECT FROM room r WHERE r.name = _name) THEN outcome := 4; RETURN; END IF;
        IF (SELECT count(*) FROM room_member c WHERE c.account_id = _target AND c.role >= 1) >= _max_rooms THEN
            outcome := 8;
            RETURN;
        END IF;
        INSERT INTO log (is_room, look_at) VALUES (true, room_expires_at(now())) RETURNING log_id INTO in_log;
        INSERT INTO room (log_id, name, title, is_public, shows_all, members) VALUES (in_log, _name, _title, _is_public, _shows_all, 1)
        ON CONFLICT (name) DO NOTHING;
        IF NOT FOUND THEN
            DELETE FROM log g WHERE g.log_id = in_log;
            in_log := NULL;
            outcome := 4;
            RETURN;
        END IF;
        at_number := add_room_entry(in_log, _id, 2, _actor, _target, 'owner');
        INSERT INTO room_member (account_id, log_id, role, joined, visible, received, read)
        VALUES (_target, in_log, 4, at_number, int8multirange(int8range(at_number, NULL)), at_number, at_number);
        PERFORM note_room_change(_name);
        RETURN;
    END IF;

    -- Under the lock all is asked again: somebody else may have been first, or a first try of this.
    SELECT * INTO _room FROM room r WHERE r.name = _name AND r.removed_at IS NULL FOR NO KEY UPDATE;
    SELECT * INTO in_log, at_number FROM made_room_change(_id, _actor, _name);
    IF in_log IS NOT NULL THEN RETURN; END IF;
    IF _room.log_id IS NULL THEN outcome := 2; RETURN; END IF;
    IF _session IS NOT NULL AND NOT EXISTS (SELECT FROM live_session l WHERE l.session_key = _session) THEN
        outcome := 1;
        RETURN;
    END IF;
    in_log := _room.log_id;
    IF _session IS NOT NULL THEN
        _rank := coalesce((SELECT c.role FROM room_member c WHERE c.account_id = _actor AND c.log_id = in_log), 0);
        IF _rank = 0 AND NOT _room.is_public THEN outcome := 2; in_log := NULL; RETURN; END IF;
    END IF;
    _was := (SELECT c.role FROM room_member c WHERE c.account_id = _target AND c.log_id = in_log);
    IF _change = 'remove' AND _target = _actor THEN _change := 'leave'; END IF;

    IF _change IN ('add', 'role') THEN
        -- Only owners appoint moderators and owners, or take that away; everybody may step down.
        IF _rank < 3 OR _rank = 3 AND (_role >= 3 OR _was >= 3 AND _target <> _actor) THEN outcome := 3; RETURN; END IF;
        -- Nobody is put into a room by one whom they have blocked.
        IF _target IS NULL OR _change = 'add' AND coalesce(_was, 0) = 0 AND EXISTS (
                SELECT FROM member b WHERE b.account_id = _target AND b.log_id = _actor AND b.is_blocked) THEN
            outcome := 5;
            RETURN;
        END IF;
        -- Nor back into one that they have left.
        IF _change = 'add' AND _rank < 5 AND coalesce(_was, 0) = 0 AND EXISTS (
                SELECT FROM room_member c WHERE c.account_id = _target AND c.log_id = in_log AND c.has_left) THEN
            outcome := 11;
            RETURN;
        END IF;
    ELSIF _change = 'join' THEN
        -- A ban holds until somebody adds the banned one again.
        IF _was = 0 THEN outcome := 3; RETURN; END IF;
    ELSIF _change = 'remove' THEN
        IF _rank < 3 OR _rank = 3 AND _was >= 3 THEN outcome := 3; RETURN; END IF;
        IF _target IS NULL THEN outcome := 5; RETURN; END IF;
    ELSIF _change IN ('set', 'delete') AND _rank < 4 THEN
        outcome := 3;
        RETURN;
    END IF;

    IF _change = 'join' OR _change = 'add' THEN
        IF _was >= 1 THEN
            at_number := (SELECT c.joined FROM room_member c WHERE c.account_id = _target AND c.log_id = in_log);
            RETURN;
        END IF;
        IF _room.members >= _max_members THEN outcome := 7; RETURN; END IF;
        IF (SELECT count(*) FROM room_member c WHERE c.account_id = _target AND c.role >= 1) >= _max_rooms THEN
            outcome := 8;
            RETURN;
        END IF;
        at_number := begin_membership(_room, _target, CASE _change WHEN 'join' THEN 2 ELSE _role END, _id, _actor);

    ELSIF _change = 'role' THEN
        IF _was = _role THEN at_number := 0; RETURN; END IF;
        IF coalesce(_was, 0) = 0 AND _role > 0 THEN outcome := 6; RETURN; END IF;
        IF _was = 4 AND NOT EXISTS (
            SELECT FROM room_member c WHERE c.log_id = in_log AND c.role >= 2 AND c.account_id <> _target) THEN
            outcome := 10;
            RETURN;
        END IF;
        at_number := add_room_entry(in_log, _id, 6, _actor, _target, _roles[_role + 1]);
        IF _role > 0 THEN
            UPDATE room_member c SET role = _role WHERE c.account_id = _target AND c.log_id = in_log;
            PERFORM appoint_owner(in_log, _target);
        ELSIF _was >= 1 THEN
            PERFORM end_membership(_room, _target, at_number, 0);
        ELSE
            INSERT INTO room_member AS c (account_id, log_id, role) VALUES (_target, in_log, 0)
            ON CONFLICT (account_id, log_id) DO UPDATE SET role = 0, has_left = false;
        END IF;

    ELSIF _change = 'leave' OR _change = 'remove' THEN
        IF coalesce(_was, 0) = 0 THEN outcome := 6; RETURN; END IF;
        at_number := add_room_entry(in_log, _id, CASE _change WHEN 'leave' THEN 3 ELSE 4 END, _actor, _target, '');
        UPDATE room_member c SET has_left = (_change = 'leave') WHERE c.account_id = _target AND c.log_id = in_log;
        -- From a public room, where they could join again at once, people are removed until somebody adds them.
        PERFORM end_membership(_room, _target, at_number, CASE WHEN _change = 'remove' AND _room.is_public THEN 0 END);

    ELSIF _change = 'set' THEN
        _title := coalesce(_title, _room.title);
        _is_public := coalesce(_is_public, _room.is_public);
        _shows_all := coalesce(_shows_all, _room.shows_all);
        IF (_title, _is_public, _shows_all) = (_room.title, _room.is_public, _room.shows_all) THEN at_number := 0; RETURN; END IF;
        at_number := add_room_entry(in_log, _id, 5, _actor, NULL, _title);
        UPDATE room r
        SET title = _title, is_public = _is_public, shows_all = _shows_all,
            shown_after = CASE WHEN _is_public AND NOT r.is_public THEN at_number - 1 ELSE r.shown_after END
        WHERE r.log_id = in_log;

    ELSIF _change = 'delete' THEN
        at_number := 0;
        PERFORM delete_room(in_log, _id);
    END IF;
    PERFORM note_room_change(_name);
END
$$;

-- The invitations of an account, or of all where that is NULL, that still have uses and time, and whose room is there. Perhaps they cannot
-- be used for now: see has_invitation. Codes and digests are not shown.
CREATE FUNCTION open_invitations(_account_id bigint)
    RETURNS TABLE (invitation_id bigint, user_name text, room text, uses integer, expires_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT i.invitation_id, a.user_name::text, r.name::text, i.uses, i.expires_at
    FROM invitation i
    JOIN account a ON a.account_id = i.account_id
    LEFT JOIN room r ON r.log_id = i.log_id AND r.removed_at IS NULL
    WHERE (_account_id IS NULL OR i.account_id = _account_id) AND i.uses > 0 AND i.expires_at > now()
      AND (i.log_id IS NULL OR r.log_id IS NOT NULL)
    ORDER BY i.invitation_id
$$;

-- Ends an invitation; false if there is none of this id.
CREATE FUNCTION withdraw_invitation(_invitation_id bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM invitation i WHERE i.invitation_id = _invitation_id;
    RETURN FOUND;
END
$$;

-- As before, and into a room where _room names one: for those who may add members there.
-- The outcome: 0 done; 1 no session; 2 the account has _most that can still be used; 3 that time cannot be; 4 no such room, as far as the
-- owner of the session may know; 5 not for them.
DROP FUNCTION make_invitation(text, text, integer, timestamptz, integer);
CREATE FUNCTION make_invitation(
    _session text, _digest text, _uses integer, _expires_at timestamptz, _most integer, _room text,
    OUT outcome integer, OUT ends_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _me bigint;
    _log_id bigint;
    _role integer;
BEGIN
    SELECT l.account_id INTO _me FROM live_session l WHERE l.session_key = _session;
    IF NOT FOUND THEN outcome := 1; RETURN; END IF;
    -- One after the other, so that they are counted.
    PERFORM FROM account a WHERE a.account_id = _me FOR NO KEY UPDATE;
    outcome := 0;
    SELECT i.expires_at INTO ends_at FROM invitation i WHERE i.digest = _digest AND i.account_id = _me;
    IF FOUND THEN RETURN; END IF;
    IF _room IS NOT NULL THEN
        SELECT r.log_id, c.role INTO _log_id, _role
        FROM room r LEFT JOIN room_member c ON c.account_id = _me AND c.log_id = r.log_id
        WHERE r.name = _room AND r.removed_at IS NULL AND (r.is_public OR c.role >= 1);
        IF NOT FOUND THEN outcome := 4; RETURN; END IF;
        IF coalesce(_role, 0) < 3 THEN outcome := 5; RETURN; END IF;
    END IF;
    ends_at := coalesce(_expires_at, now() + interval '7 days');
    IF ends_at <= now() OR ends_at > now() + interval '30 days' THEN outcome := 3; RETURN; END IF;
    IF (SELECT count(*) FROM open_invitations(_me)) >= _most THEN outcome := 2; RETURN; END IF;
    INSERT INTO invitation (digest, account_id, uses, expires_at, log_id) VALUES (_digest, _me, _uses, ends_at, _log_id);
END
$$;

-- Whether an invitation can be used: while the user who made it may still log in, and may add members to the room that it is into.
CREATE OR REPLACE FUNCTION has_invitation(_digest text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM invitation i
        JOIN account a ON a.account_id = i.account_id AND a.removed_at IS NULL
        JOIN orleansstorage u
            ON u.grainidextensionstring = 'u:' || a.user_name AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat' AND u.enabled
        WHERE i.digest = _digest AND i.uses > 0 AND i.expires_at > now()
          AND (i.log_id IS NULL OR EXISTS (
              SELECT FROM room r JOIN room_member c ON c.log_id = r.log_id
              WHERE r.log_id = i.log_id AND r.removed_at IS NULL AND c.account_id = i.account_id AND c.role >= 3)));
END
$$;

-- Uses an invitation once, for a user who was added in this transaction, who joins the room that it is into.
-- The outcome: 0 done; 2 it cannot be used; 7 the room has too many members.
-- Of two who use the last one at once, the second waits for the first. Locks are taken in the order of change_room: accounts, then rooms.
DROP FUNCTION use_invitation(text);
CREATE FUNCTION use_invitation(_digest text, _user_name text, _max_members integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _room room;
    _by bigint;
BEGIN
    SELECT r.* INTO _room FROM invitation i JOIN room r ON r.log_id = i.log_id WHERE i.digest = _digest FOR NO KEY UPDATE OF r;
    UPDATE invitation i SET uses = i.uses - 1, used_at = now()
    WHERE i.digest = _digest AND i.uses > 0 AND has_invitation(_digest) RETURNING i.account_id INTO _by;
    IF NOT FOUND THEN RETURN 2; END IF;
    IF _room.log_id IS NULL THEN RETURN 0; END IF;
    IF _room.members >= _max_members THEN RETURN 7; END IF;
    PERFORM begin_membership(_room, a.account_id, 2, gen_random_uuid(), _by) FROM account a WHERE a.user_name = _user_name;
    PERFORM note_room_change(_room.name);
    RETURN 0;
END
$$;

-- Has the owner of _session join the room that an invitation is into, by an entry of who made it, and uses the invitation once. One who
-- is a member already uses up nothing, and is told where they joined. Repeating it under its _id changes nothing more.
-- The outcome: 0 done; 1 no session; 2 the invitation cannot be used, whatever the reason: banned users learn nothing else; 7 too many
-- members; 8 too many rooms; 9 the id is too old or too new.
CREATE FUNCTION redeem_invitation(
    _session text, _digest text, _id uuid, _max_members integer, _max_rooms integer,
    OUT outcome integer, OUT room_name text, OUT in_log bigint, OUT at_number bigint)
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _me bigint;
    _by bigint;
    _log_id bigint;
    _room room;
    _was integer;
    _joined bigint;
BEGIN
    SELECT l.account_id INTO _me FROM live_session l WHERE l.session_key = _session;
    IF NOT FOUND THEN outcome := 1; RETURN; END IF;
    IF _id < message_id_floor(now() - interval '10 minutes') OR _id >= message_id_floor(now() + interval '30 seconds') THEN
        outcome := 9;
        RETURN;
    END IF;
    outcome := 2;
    SELECT i.log_id INTO _log_id
    FROM invitation i LEFT JOIN room_member c ON c.account_id = _me AND c.log_id = i.log_id
    WHERE i.digest = _digest AND i.log_id IS NOT NULL AND (c.role >= 1 AND i.expires_at > now() OR has_invitation(_digest))
      AND c.role IS DISTINCT FROM 0;
    IF NOT FOUND THEN RETURN; END IF;

    -- Under the locks all is asked again, as by change_room.
    PERFORM FROM account a WHERE a.account_id = _me FOR NO KEY UPDATE;
    SELECT * INTO _room FROM room r WHERE r.log_id = _log_id AND r.removed_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    IF NOT EXISTS (SELECT FROM live_session l WHERE l.session_key = _session) THEN outcome := 1; RETURN; END IF;
    SELECT c.role, c.joined INTO _was, _joined FROM room_member c WHERE c.account_id = _me AND c.log_id = _log_id;
    IF _was = 0 THEN RETURN; END IF;
    -- Also of a first try, after which they may have left.
    at_number := CASE WHEN _was >= 1 THEN _joined ELSE (
        SELECT m.number FROM message m WHERE m.message_id = _id AND m.log_id = _log_id AND m.kind = 2 AND m.target = _me) END;
    IF at_number IS NOT NULL THEN
        -- The answer waits until what it has seen is as durable as any commit.
        PERFORM pg_logical_emit_message(true, 'orleanschat', '');
    ELSE
        -- Those who register use it under no lock but its own.
        SELECT i.account_id INTO _by FROM invitation i WHERE i.digest = _digest FOR NO KEY UPDATE;
        IF NOT has_invitation(_digest) THEN RETURN; END IF;
        IF _room.members >= _max_members THEN outcome := 7; RETURN; END IF;
        IF (SELECT count(*) FROM room_member c WHERE c.account_id = _me AND c.role >= 1) >= _max_rooms THEN
            outcome := 8;
            RETURN;
        END IF;
        UPDATE invitation i SET uses = i.uses - 1, used_at = now() WHERE i.digest = _digest;
        at_number := begin_membership(_room, _me, 2, _id, _by);
        PERFORM note_room_change(_room.name);
    END IF;
    outcome := 0;
    room_name := _room.name;
    in_log := _log_id;
END
$$;

-- As before. A used-up invitation into a room stays for an hour: the last one who used it may ask again.
CREATE OR REPLACE FUNCTION forget_codes() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM invitation i
    WHERE i.expires_at <= now()
       OR i.uses = 0 AND (i.log_id IS NULL OR i.used_at <= now() - interval '1 hour')
       OR i.log_id IS NOT NULL AND NOT EXISTS (SELECT FROM room r WHERE r.log_id = i.log_id AND r.removed_at IS NULL);
    DELETE FROM reset_code WHERE expires_at <= now();
END
$$;

-- These work as the owner of the tables, as those of migration 10 do.
DO $$
DECLARE
    _function regprocedure;
BEGIN
    FOREACH _function IN ARRAY ARRAY['open_invitations(bigint)', 'withdraw_invitation(bigint)', 'has_invitation(text)',
            'make_invitation(text, text, integer, timestamptz, integer, text)', 'use_invitation(text, text, integer)',
            'redeem_invitation(text, text, uuid, integer, integer)', 'forget_codes()',
            'change_room(text, uuid, text, text, text, integer, text, boolean, boolean, integer, integer)']::regprocedure[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', _function, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', _function);
    END LOOP;
END
$$;
