-- min-program: 6
-- The number of a program is that of its newest migration. From here on each migration says on its first line, as this one
-- does, which program is the oldest that can use the schema after it: such a program goes on where it runs, and may start.
-- A program of version 6 goes on as well, but does not know this column, and refuses to start on a schema newer than its own.

ALTER TABLE schema_version ADD COLUMN min_program integer;
UPDATE schema_version SET min_program = version;
ALTER TABLE schema_version ALTER COLUMN min_program SET NOT NULL;
