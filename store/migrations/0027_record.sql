-- The id of the record, in one row: another one wherever the log of revisions may have lost its end. See store/record.go.
CREATE TABLE record (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id  TEXT NOT NULL
) STRICT;

INSERT INTO record (one, id) VALUES (1, lower(hex(randomblob(10))));
