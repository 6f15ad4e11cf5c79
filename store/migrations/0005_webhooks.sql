-- Who is told of changes, and how far.
CREATE TABLE webhook (
  number INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  types TEXT, -- JSON list of names; NULL is all
  secret TEXT NOT NULL, -- whsec_ and base 64: it has to be there to sign with
  private INTEGER NOT NULL, -- whether private addresses are allowed
  position TEXT NOT NULL, -- JSON: what was delivered
  failures INTEGER NOT NULL DEFAULT 0, -- in a row
  failing_since INTEGER NOT NULL DEFAULT 0, -- milliseconds since 1970; 0 where the last delivery went well
  next_at INTEGER NOT NULL DEFAULT 0, -- not before, in milliseconds since 1970
  disabled INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '' -- what the last delivery came to
) STRICT;
