-- The sessions that are alive, as a table: every message asks for its sender's, and finds it with one look-up in a narrow
-- index where two in the wide one of the states were needed.
--
-- Triggers keep it. Whoever begins a session and whoever changes its user do so one after the other (an advisory lock a
-- user), and the second sees what the first did. Ends of sessions take no such lock, since an expiry ends many at once: a
-- change of the user waits for them at the session's row (FOR SHARE), or they for it.

ALTER VIEW live_session RENAME TO live_session_by_state;

CREATE TABLE live_session (
    session_key  text COLLATE "C" PRIMARY KEY,
    owner        text COLLATE "C" NOT NULL,
    account_id   bigint NOT NULL,
    display_name text
);
CREATE INDEX live_session_owner ON live_session (owner);

INSERT INTO live_session SELECT session_key, owner, account_id, display_name FROM live_session_by_state;

COMMENT ON VIEW live_session_by_state IS 'What live_session holds, by its definition: for tests, and for whoever doubts it.';

CREATE FUNCTION session_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM live_session WHERE session_key = OLD.grainidextensionstring;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.owner IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(8889, hashtext(NEW.owner));
        INSERT INTO live_session (session_key, owner, account_id, display_name)
        SELECT NEW.grainidextensionstring, NEW.owner, u.account_id, u.display_name
        FROM orleansstorage u
        WHERE u.grainidextensionstring = 'u:' || NEW.owner COLLATE "C" AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat'
          AND u.grainidn0 = 0 AND u.grainidn1 = 0 AND u.enabled AND u.stamp = NEW.stamp
        -- The user's own trigger may have been first, where one statement wrote both.
        ON CONFLICT (session_key) DO UPDATE SET account_id = EXCLUDED.account_id, display_name = EXCLUDED.display_name;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    _name text COLLATE "C" := substr(coalesce(NEW.grainidextensionstring, OLD.grainidextensionstring), 3);
BEGIN
    PERFORM pg_advisory_xact_lock(8889, hashtext(_name));
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

CREATE TRIGGER session_inserted AFTER INSERT ON orleansstorage FOR EACH ROW
    WHEN (NEW.graintypestring = 'session' AND NEW.serviceid = 'orleanschat') EXECUTE FUNCTION session_changed();
CREATE TRIGGER session_updated AFTER UPDATE ON orleansstorage FOR EACH ROW
    WHEN (NEW.graintypestring = 'session' AND NEW.serviceid = 'orleanschat' AND (OLD.owner, OLD.stamp) IS DISTINCT FROM (NEW.owner, NEW.stamp))
    EXECUTE FUNCTION session_changed();
CREATE TRIGGER session_deleted AFTER DELETE ON orleansstorage FOR EACH ROW
    WHEN (OLD.graintypestring = 'session' AND OLD.serviceid = 'orleanschat') EXECUTE FUNCTION session_changed();
CREATE TRIGGER user_inserted AFTER INSERT ON orleansstorage FOR EACH ROW
    WHEN (NEW.graintypestring = 'user' AND NEW.serviceid = 'orleanschat') EXECUTE FUNCTION user_changed();
CREATE TRIGGER user_updated AFTER UPDATE ON orleansstorage FOR EACH ROW
    WHEN (NEW.graintypestring = 'user' AND NEW.serviceid = 'orleanschat'
          AND (OLD.account_id, OLD.display_name, OLD.enabled, OLD.stamp) IS DISTINCT FROM (NEW.account_id, NEW.display_name, NEW.enabled, NEW.stamp))
    EXECUTE FUNCTION user_changed();
CREATE TRIGGER user_deleted AFTER DELETE ON orleansstorage FOR EACH ROW
    WHEN (OLD.graintypestring = 'user' AND OLD.serviceid = 'orleanschat') EXECUTE FUNCTION user_changed();
