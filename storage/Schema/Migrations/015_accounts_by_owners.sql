-- min-program: 14
-- Accounts by their owners. What sessions note of their clients is in their states: it needs nothing here.

-- Users are found by the beginning of a name.
CREATE INDEX account_present ON account (user_name) WHERE removed_at IS NULL;
CREATE INDEX account_display_name ON account ((lower(display_name) COLLATE "C")) WHERE removed_at IS NULL;

-- Users whose user name begins so, and then those whose display name does: at most _limit of each, in the order of these names. Disabled
-- and removed users are left out. The settings keep plans away that would sort, or read the whole table.
CREATE FUNCTION find_users(_beginning text, _limit integer) RETURNS TABLE (user_name text, display_name text)
    LANGUAGE plpgsql STABLE STRICT ROWS 20 SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
    _low text COLLATE "C" := lower(_beginning);
    -- Greater than all that begins so: no name has this character.
    _high text COLLATE "C" := lower(_beginning) || chr(1114111);
BEGIN
    RETURN QUERY
    SELECT a.user_name::text, a.display_name
    FROM account a
    WHERE a.removed_at IS NULL AND a.user_name >= _low AND a.user_name < _high
      AND EXISTS (SELECT FROM orleansstorage u
                  WHERE u.grainidextensionstring = 'u:' || a.user_name AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat'
                    AND u.grainidn0 = 0 AND u.grainidn1 = 0 AND u.enabled)
    ORDER BY a.user_name LIMIT _limit;
    RETURN QUERY
    SELECT a.user_name::text, a.display_name
    FROM account a
    WHERE a.removed_at IS NULL AND lower(a.display_name) COLLATE "C" >= _low AND lower(a.display_name) COLLATE "C" < _high
      AND NOT (a.user_name >= _low AND a.user_name < _high)
      AND EXISTS (SELECT FROM orleansstorage u
                  WHERE u.grainidextensionstring = 'u:' || a.user_name AND u.graintypestring = 'user' AND u.serviceid = 'orleanschat'
                    AND u.grainidn0 = 0 AND u.grainidn1 = 0 AND u.enabled)
    ORDER BY lower(a.display_name) COLLATE "C" LIMIT _limit;
END
$$;
