-- min-program: 6
-- What live_session holds, by its definition. Nothing read it but a test, which has the definition itself.

DROP VIEW live_session_by_state;
