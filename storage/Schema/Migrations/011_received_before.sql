-- min-program: 10
-- Deletes of the messages from before migration 10 what the service would have deleted: what was received, and came 11 minutes ago, from
-- the head of each log and without gaps. It belongs to no conversation, and was not meant to stay.

WITH head AS MATERIALIZED (
    SELECT g.log_id,
           coalesce(min(m.number) FILTER (WHERE m.message_id >= (SELECT message_id_floor(now() - interval '11 minutes'))) - 1, g.received) AS upto
    FROM log g JOIN message m ON m.log_id = g.log_id AND m.number > g.purged AND m.number <= g.received
    WHERE g.received > g.purged
    GROUP BY g.log_id),
gone AS (
    DELETE FROM message m USING head h WHERE m.log_id = h.log_id AND m.number <= h.upto)
UPDATE log g SET purged = h.upto FROM head h WHERE g.log_id = h.log_id AND g.purged < h.upto;
