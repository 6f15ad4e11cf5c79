-- Those who may do more than read what is public. Of the token itself nothing is kept but its SHA-256.
CREATE TABLE token (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: revisions name it
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('VIEWER', 'EDITOR', 'PUBLISHER', 'ADMIN')),
  handle INTEGER NOT NULL UNIQUE, -- the first 8 bytes of the digest
  digest BLOB NOT NULL,
  created INTEGER NOT NULL, -- milliseconds since 1970, like the other times
  expires INTEGER, -- NULL never
  revoked INTEGER, -- NULL where it is good
  used INTEGER -- NULL never
) STRICT;

CREATE UNIQUE INDEX token_name ON token (name) WHERE revoked IS NULL;
