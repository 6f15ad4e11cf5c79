-- What readers were told of a revision before it was annotated: its former reasons and notes, each with the revision that
-- replaced it.
CREATE TABLE revision_history (
  number INTEGER NOT NULL REFERENCES revision(number),
  to_rev INTEGER NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (number, to_rev)
) STRICT, WITHOUT ROWID;
