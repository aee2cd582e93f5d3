-- min-program: 14
-- Who comes into a room where nobody could be the owner, such as an emptied one, becomes it: change_room as in migration 14, with a call of
-- appoint_owner more.
DO $$
DECLARE
    _was text := 'UPDATE room r SET members = members + 1 WHERE r.log_id = in_log;';
    _old text := pg_get_functiondef(
        'change_room(text, uuid, text, text, text, integer, text, boolean, boolean, integer, integer)'::regprocedure);
    _new text := replace(_old, _was, _was || ' PERFORM appoint_owner(in_log, 0);');
BEGIN
    IF _new = _old THEN RAISE EXCEPTION 'change_room is not that of migration 14'; END IF;
    EXECUTE _new;
END
$$;
