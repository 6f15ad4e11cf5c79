-- The version of the schema that the writer of a revision knew, and kept the derived tables of. Revisions from before this
-- column have none: programs that knew an older schema may have written them, so what is derived is rebuilt once. A program
-- that does not know the column can write no more, also one that still runs while a newer program migrates the file.
ALTER TABLE revision ADD COLUMN schema INTEGER;
CREATE INDEX revision_underived ON revision (number) WHERE schema IS NULL;

CREATE TRIGGER revision_schema BEFORE INSERT ON revision WHEN NEW.schema IS NULL
BEGIN
  SELECT RAISE(ABORT, 'a newer parley has migrated the database: restart the service with the newer parley');
END;
