-- Work on stored rows that a program does once, beside the schema: see store/canonical.go.
CREATE TABLE pending (
  task TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO pending (task)
SELECT 'canonical'
WHERE EXISTS (SELECT 1 FROM revision);
