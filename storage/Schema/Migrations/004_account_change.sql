-- Which accounts the admin commands changed, for the silos that hold their grains.

CREATE TABLE account_change (
    user_name  text COLLATE "C" PRIMARY KEY,
    changed_at timestamptz NOT NULL,
    mark       bigint GENERATED ALWAYS AS IDENTITY
);

CREATE INDEX account_change_age ON account_change (changed_at);

-- The time of the call, not of the transaction's start: a change must not look older than it is.
CREATE FUNCTION note_account_change(_user_name text) RETURNS void
    LANGUAGE sql AS $$
    INSERT INTO account_change (user_name, changed_at) VALUES (_user_name, clock_timestamp())
    ON CONFLICT (user_name) DO UPDATE SET changed_at = excluded.changed_at, mark = DEFAULT
$$;
