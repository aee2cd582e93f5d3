-- min-program: 14
-- Accounts by their owners. What sessions note of their clients is in their states: it needs nothing here.

-- Users are found by the beginning of a name.
CREATE INDEX account_present ON account (user_name) WHERE removed_at IS NULL;
CREATE INDEX account_display_name ON account ((lower(display_name) COLLATE "C")) WHERE removed_at IS NULL;

-- Users whose user name begins so, and then, if these are fewer than _limit, those whose display name does: in the order of these names.
-- Disabled and removed users are left out. The settings keep plans away that would sort, or read the whole table.
CREATE FUNCTION find_users(_beginning text, _limit integer) RETURNS TABLE (user_name text, display_name text)
    LANGUAGE plpgsql STABLE STRICT ROWS 20 SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
    _low text COLLATE "C" := lower(_beginning);
    -- Greater than all that begins so: no name has this character.
    _high text COLLATE "C" := lower(_beginning) || chr(1114111);
    _found integer;
BEGIN
    RETURN QUERY
    SELECT a.user_name::text, a.display_name
    FROM account a
    WHERE a.removed_at IS NULL AND a.user_name >= _low AND a.user_name < _high
      AND EXISTS (SELECT FROM orleansstorage u
                  WHERE u.grainidextensionstring = 'u:' || a.user_name AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat'
                    AND u.grainidn0 = 0 AND u.grainidn1 = 0 AND u.enabled)
    ORDER BY a.user_name LIMIT _limit;
    GET DIAGNOSTICS _found = ROW_COUNT;
    IF _found >= _limit THEN RETURN; END IF;
    -- Of twice as many, fewer than half are among the first.
    RETURN QUERY
    SELECT d.*
    FROM (
        SELECT a.user_name::text, a.display_name
        FROM account a
        WHERE a.removed_at IS NULL AND lower(a.display_name) COLLATE "C" >= _low AND lower(a.display_name) COLLATE "C" < _high
          AND EXISTS (SELECT FROM orleansstorage u
                      WHERE u.grainidextensionstring = 'u:' || a.user_name AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat'
                        AND u.grainidn0 = 0 AND u.grainidn1 = 0 AND u.enabled)
        ORDER BY lower(a.display_name) COLLATE "C" LIMIT 2 * _limit) d
    WHERE NOT (d.user_name COLLATE "C" >= _low AND d.user_name COLLATE "C" < _high);
END
$$;

-- Codes are stored as their SHA-256. The service reads and changes these tables through the functions below alone.
CREATE TABLE invitation (
    digest     text COLLATE "C" PRIMARY KEY,
    -- Who invites.
    account_id bigint NOT NULL,
    -- How many may still use it.
    uses       integer NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX invitation_account ON invitation (account_id);

-- Makes an invitation for the owner of _session: until _expires_at, at most 30 days; 7 where that is NULL. Repeating it changes nothing.
-- The outcome: 0 done; 1 no session; 2 the account has _most that can still be used; 3 that time cannot be.
CREATE FUNCTION make_invitation(
    _session text, _digest text, _uses integer, _expires_at timestamptz, _most integer, OUT outcome integer, OUT ends_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _me bigint;
BEGIN
    SELECT l.account_id INTO _me FROM live_session l WHERE l.session_key = _session;
    IF NOT FOUND THEN outcome := 1; RETURN; END IF;
    -- One after the other, so that they are counted.
    PERFORM FROM account a WHERE a.account_id = _me FOR NO KEY UPDATE;
    outcome := 0;
    SELECT i.expires_at INTO ends_at FROM invitation i WHERE i.digest = _digest AND i.account_id = _me;
    IF FOUND THEN RETURN; END IF;
    ends_at := coalesce(_expires_at, now() + interval '7 days');
    IF ends_at <= now() OR ends_at > now() + interval '30 days' THEN outcome := 3; RETURN; END IF;
    DELETE FROM invitation i WHERE i.account_id = _me AND (i.uses = 0 OR i.expires_at <= now());
    IF (SELECT count(*) FROM invitation i WHERE i.account_id = _me) >= _most THEN outcome := 2; RETURN; END IF;
    INSERT INTO invitation (digest, account_id, uses, expires_at) VALUES (_digest, _me, _uses, ends_at);
END
$$;

-- Whether an invitation can be used: while the user who made it may still log in.
CREATE FUNCTION has_invitation(_digest text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM invitation i
        JOIN account a ON a.account_id = i.account_id AND a.removed_at IS NULL
        JOIN orleansstorage u
            ON u.grainidextensionstring = 'u:' || a.user_name AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat' AND u.enabled
        WHERE i.digest = _digest AND i.uses > 0 AND i.expires_at > now());
END
$$;

-- Uses an invitation once; false where it cannot be used. Of two who use the last one at once, the second waits for the first.
CREATE FUNCTION use_invitation(_digest text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE invitation i SET uses = i.uses - 1 WHERE i.digest = _digest AND i.uses > 0 AND has_invitation(_digest);
    RETURN FOUND;
END
$$;

-- The code with which the owner of an account may set a new password, once. A later one takes its place.
CREATE TABLE reset_code (
    account_id bigint PRIMARY KEY,
    digest     text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Makes the code of a user, and returns when it expires; NULL where there is no such user.
CREATE FUNCTION make_reset_code(_user_name text, _digest text) RETURNS timestamptz
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    _expires_at timestamptz;
BEGIN
    INSERT INTO reset_code AS r (account_id, digest, expires_at)
    SELECT a.account_id, _digest, now() + interval '24 hours' FROM account a WHERE a.user_name = _user_name AND a.removed_at IS NULL
    ON CONFLICT (account_id) DO UPDATE SET digest = EXCLUDED.digest, expires_at = EXCLUDED.expires_at
    RETURNING r.expires_at INTO _expires_at;
    RETURN _expires_at;
END
$$;

-- Whether this is the code of a user that is neither removed nor disabled.
CREATE FUNCTION has_reset_code(_user_name text, _digest text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM account a
        JOIN reset_code r ON r.account_id = a.account_id AND r.digest = _digest AND r.expires_at > now()
        JOIN orleansstorage u
            ON u.grainidextensionstring = 'u:' || a.user_name AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat' AND u.enabled
        WHERE a.user_name = _user_name AND a.removed_at IS NULL);
END
$$;

-- Uses up the code of an account; false where this is not it. Of two who use it at once, the second finds none.
CREATE FUNCTION use_reset_code(_account_id bigint, _digest text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM reset_code r WHERE r.account_id = _account_id AND r.digest = _digest AND r.expires_at > now();
    RETURN FOUND;
END
$$;

-- Forgets what has expired or was used up.
CREATE FUNCTION forget_codes() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM invitation WHERE uses = 0 OR expires_at <= now();
    DELETE FROM reset_code WHERE expires_at <= now();
END
$$;

-- Forgets the codes of an account that is being removed, or has another password: somebody else may have made them.
CREATE FUNCTION drop_codes(_account_id bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    DELETE FROM invitation i WHERE i.account_id = _account_id;
    DELETE FROM reset_code r WHERE r.account_id = _account_id;
END
$$;

-- These work as the owner of the tables, as those of migration 10 do.
DO $$
DECLARE
    _function regprocedure;
BEGIN
    FOREACH _function IN ARRAY ARRAY['make_invitation(text, text, integer, timestamptz, integer)', 'has_invitation(text)',
            'use_invitation(text)', 'make_reset_code(text, text)', 'has_reset_code(text, text)', 'use_reset_code(bigint, text)',
            'forget_codes()', 'drop_codes(bigint)']::regprocedure[] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', _function, current_schema());
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', _function);
    END LOOP;
END
$$;
