-- min-program: 10
-- space: coalesce(pg_relation_size(to_regclass('message')), pg_relation_size(to_regclass('mailbox')), 0) / 2
-- For erasures: finds a name in the messages from before migration 10. Its space is for sorting, for the index, and for the server's log.

CREATE INDEX message_sender_name ON message (sender) WHERE sender_id IS NULL;
