-- Grain states, as Orleans's AdoNet provider reads and writes them.
--
-- The provider knows no table: it reads its statements from orleansquery when a silo starts, and relies on the keys, the
-- parameter names and the names of the result columns. Everything else here is this project's own.

CREATE TABLE orleansquery (
    querykey  text PRIMARY KEY,
    querytext text NOT NULL
);

-- One property of a state. Immutable, so that it may compute stored columns: whether a session is alive is then a matter
-- of two index look-ups, with no JSON read at query time.
CREATE FUNCTION state_property(payload bytea, property text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN convert_from(payload, 'UTF8')::jsonb ->> property;

CREATE TABLE orleansstorage (
    grainidhash            integer NOT NULL,
    grainidn0              bigint NOT NULL,
    grainidn1              bigint NOT NULL,
    graintypehash          integer NOT NULL,
    graintypestring        text COLLATE "C" NOT NULL,
    grainidextensionstring text COLLATE "C",
    serviceid              text COLLATE "C" NOT NULL,
    payloadbinary          bytea,
    modifiedon             timestamptz NOT NULL DEFAULT now(),
    version                integer NOT NULL,

    owner text COLLATE "C" GENERATED ALWAYS AS (
        CASE graintypestring WHEN 'session' THEN state_property(payloadbinary, 'User') END) STORED,
    account_id bigint GENERATED ALWAYS AS (
        CASE WHEN graintypestring IN ('user', 'session') THEN state_property(payloadbinary, 'AccountId')::bigint END) STORED,
    stamp uuid GENERATED ALWAYS AS (
        CASE WHEN graintypestring IN ('user', 'session') THEN state_property(payloadbinary, 'SecurityStamp')::uuid END) STORED,
    display_name text GENERATED ALWAYS AS (
        CASE graintypestring WHEN 'user' THEN state_property(payloadbinary, 'DisplayName') END) STORED,
    enabled boolean GENERATED ALWAYS AS (
        CASE graintypestring WHEN 'user' THEN NOT state_property(payloadbinary, 'Disabled')::boolean END) STORED,

    -- A key that Orleans takes for a number or a Guid would be folded ("0abc" is "abc"): with its prefix none can be.
    CONSTRAINT orleansstorage_keys_have_prefixes
        CHECK (grainidn0 = 0 AND grainidn1 = 0 AND grainidextensionstring IS NOT NULL AND grainidextensionstring LIKE '_:%')
);

-- Two first writes of one state at once: one of them finds the other's row here. The column that tells rows apart comes
-- first, so that no plan finds the others alone worth an index scan.
CREATE UNIQUE INDEX orleansstorage_key
    ON orleansstorage (grainidextensionstring, graintypestring, serviceid, grainidn0, grainidn1) NULLS NOT DISTINCT;

-- Sessions only: nothing else has an owner. The condition is one that the look-up of a session by its key does not
-- imply, so that no plan takes these for it.
CREATE INDEX orleansstorage_session_owner ON orleansstorage (owner) WHERE owner IS NOT NULL;
CREATE INDEX orleansstorage_session_age ON orleansstorage (modifiedon) WHERE owner IS NOT NULL;

-- Writes a state over the version that was read, NULL where there was none.
-- Returns the new version; NULL when another writer was first, which the provider reports as an inconsistent state.
CREATE FUNCTION write_grain_state(
    _grainidhash integer, _grainidn0 bigint, _grainidn1 bigint, _graintypehash integer, _graintypestring text,
    _grainidextensionstring text, _serviceid text, _version integer, _payload bytea)
    RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF _version IS NULL THEN
        INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring,
                                    grainidextensionstring, serviceid, payloadbinary, version)
        VALUES (_grainidhash, _grainidn0, _grainidn1, _graintypehash, _graintypestring,
                _grainidextensionstring, _serviceid, _payload, 1)
        ON CONFLICT DO NOTHING
        RETURNING version INTO _version;
    ELSE
        UPDATE orleansstorage
        SET payloadbinary = _payload, modifiedon = now(), version = version + 1
        WHERE serviceid = _serviceid AND graintypestring = _graintypestring AND grainidn0 = _grainidn0
          AND grainidn1 = _grainidn1 AND grainidextensionstring = _grainidextensionstring AND version = _version
        RETURNING version INTO _version;
    END IF;
    RETURN _version;
END
$$;

INSERT INTO orleansquery (querykey, querytext) VALUES
('WriteToStorageKey', $$
    SELECT write_grain_state(@GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString,
                             @GrainIdExtensionString, @ServiceId, @GrainStateVersion, @PayloadBinary) AS NewGrainStateVersion
$$),
('ReadFromStorageKey', $$
    SELECT payloadbinary AS PayloadBinary, version AS Version
    FROM orleansstorage
    WHERE serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidn0 = @GrainIdN0
      AND grainidn1 = @GrainIdN1 AND grainidextensionstring = @GrainIdExtensionString
$$),
('ClearStorageKey', $$
    UPDATE orleansstorage
    SET payloadbinary = NULL, modifiedon = now(), version = version + 1
    WHERE serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidn0 = @GrainIdN0
      AND grainidn1 = @GrainIdN1 AND grainidextensionstring = @GrainIdExtensionString AND version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
$$),
('DeleteStorageKey', $$
    DELETE FROM orleansstorage
    WHERE serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidn0 = @GrainIdN0
      AND grainidn1 = @GrainIdN1 AND grainidextensionstring = @GrainIdExtensionString AND version = @GrainStateVersion
    RETURNING version + 1 AS NewGrainStateVersion
$$);

-- The sessions that are alive: the one definition of it, for every statement that has an effect for a session.
-- OFFSET 0 keeps the order: from the session to its owner, a look-up each. Freed of it, a planner whose statistics are not
-- yet up to date has been seen to go through all sessions instead.
CREATE VIEW live_session AS
SELECT s.grainidextensionstring AS session_key, s.owner, u.account_id, u.display_name
FROM orleansstorage s
CROSS JOIN LATERAL (
    SELECT o.account_id, o.display_name
    FROM orleansstorage o
    WHERE o.grainidextensionstring = 'u:' || s.owner COLLATE "C" AND o.graintypestring = 'user' AND o.serviceid = 'orleanschat'
      AND o.grainidn0 = 0 AND o.grainidn1 = 0 AND o.enabled AND o.stamp = s.stamp
    OFFSET 0) u
WHERE s.graintypestring = 'session' AND s.serviceid = 'orleanschat' AND s.grainidn0 = 0 AND s.grainidn1 = 0;
