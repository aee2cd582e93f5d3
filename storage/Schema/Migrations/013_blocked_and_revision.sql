-- min-program: 12
-- A retention that was changed and changed back is another one: meanwhile receipts went by the value in between. The purge has all logs
-- looked at again unless this is the revision that they were looked at for.

ALTER TABLE retention
    ADD COLUMN revision bigint NOT NULL DEFAULT 0,
    ADD COLUMN applied_revision bigint NOT NULL DEFAULT 0;

-- Each send asks whether its recipient has blocked its sender. There is a row of member for the two, and almost never a block.
CREATE INDEX member_blocked ON member (account_id, log_id) WHERE is_blocked;
