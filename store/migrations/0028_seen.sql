-- What readers without a token were told of each change: the fields that they saw change, NULL where they saw nothing of it.
ALTER TABLE change ADD COLUMN seen TEXT;

-- Whether a revision changed anything that readers without a token see.
ALTER TABLE revision ADD COLUMN public INTEGER NOT NULL DEFAULT 1;
CREATE INDEX revision_public ON revision (number) WHERE public = 1;

-- Items that look different to readers without a change of their own: what they refer to came into sight, or went out of it.
CREATE TABLE seen_change (
  revision INTEGER NOT NULL REFERENCES revision(number),
  type TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  fields TEXT NOT NULL, -- JSON list of the names of the fields that look different
  PRIMARY KEY (revision, type, item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_change_item ON seen_change (type, item_id, revision);
CREATE INDEX seen_change_type ON seen_change (type, revision, item_id);

-- The newest revision in which readers saw a version of an item become what it is.
ALTER TABLE talk ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE talk_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE talk SET seen_rev = from_rev;
UPDATE talk_history SET seen_rev = from_rev;
DROP INDEX talk_updated;
CREATE INDEX talk_updated ON talk (seen_rev, id) WHERE visible = 1;
ALTER TABLE actor ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE actor_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE actor SET seen_rev = from_rev;
UPDATE actor_history SET seen_rev = from_rev;
DROP INDEX actor_updated;
CREATE INDEX actor_updated ON actor (seen_rev, id) WHERE visible = 1;
ALTER TABLE issue ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE issue_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE issue SET seen_rev = from_rev;
UPDATE issue_history SET seen_rev = from_rev;
DROP INDEX issue_updated;
CREATE INDEX issue_updated ON issue (seen_rev, id) WHERE visible = 1;
ALTER TABLE position ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE position_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE position SET seen_rev = from_rev;
UPDATE position_history SET seen_rev = from_rev;
DROP INDEX position_updated;
CREATE INDEX position_updated ON position (seen_rev, id) WHERE visible = 1;
ALTER TABLE event ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE event SET seen_rev = from_rev;
UPDATE event_history SET seen_rev = from_rev;
DROP INDEX event_updated;
CREATE INDEX event_updated ON event (seen_rev, id) WHERE visible = 1;
ALTER TABLE agreement ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agreement_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE agreement SET seen_rev = from_rev;
UPDATE agreement_history SET seen_rev = from_rev;
DROP INDEX agreement_updated;
CREATE INDEX agreement_updated ON agreement (seen_rev, id) WHERE visible = 1;
ALTER TABLE article ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE article_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE article SET seen_rev = from_rev;
UPDATE article_history SET seen_rev = from_rev;
DROP INDEX article_updated;
CREATE INDEX article_updated ON article (seen_rev, id) WHERE visible = 1;
ALTER TABLE source ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source_history ADD COLUMN seen_rev INTEGER NOT NULL DEFAULT 0;
UPDATE source SET seen_rev = from_rev;
UPDATE source_history SET seen_rev = from_rev;
DROP INDEX source_updated;
CREATE INDEX source_updated ON source (seen_rev, id) WHERE visible = 1;

-- Changes made before this version are told as they were: those of items that readers saw before or after them.
UPDATE change SET seen = fields WHERE type IN ('Talk') AND (
  EXISTS (SELECT 1 FROM talk AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM talk_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE change SET seen = fields WHERE type IN ('Mediator', 'Party') AND (
  EXISTS (SELECT 1 FROM actor AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM actor_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE change SET seen = fields WHERE type IN ('Issue') AND (
  EXISTS (SELECT 1 FROM issue AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM issue_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE change SET seen = fields WHERE type IN ('Position') AND (
  EXISTS (SELECT 1 FROM position AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM position_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE change SET seen = fields WHERE type IN ('Event') AND (
  EXISTS (SELECT 1 FROM event AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM event_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE change SET seen = fields WHERE type IN ('Agreement') AND (
  EXISTS (SELECT 1 FROM agreement AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM agreement_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE change SET seen = fields WHERE type IN ('Article') AND (
  EXISTS (SELECT 1 FROM article AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM article_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE change SET seen = fields WHERE type IN ('Source') AND (
  EXISTS (SELECT 1 FROM source AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision)
  OR EXISTS (SELECT 1 FROM source_history AS v WHERE v.id = item_id AND v.visible = 1 AND v.from_rev <= revision AND v.to_rev >= revision));
UPDATE revision SET public = 0 WHERE NOT EXISTS (SELECT 1 FROM change AS c WHERE c.revision = number AND c.seen IS NOT NULL);
-- Whoever has the number of the newest revision keeps it.
UPDATE revision SET public = 1 WHERE number = (SELECT MAX(number) FROM revision);
