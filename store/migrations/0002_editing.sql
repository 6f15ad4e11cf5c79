-- What a revision answered, so that the same request under the same key gets it again.
ALTER TABLE revision ADD COLUMN token INTEGER NOT NULL DEFAULT 0; -- of its author, 0 without one
ALTER TABLE revision ADD COLUMN idempotency_key TEXT;
ALTER TABLE revision ADD COLUMN mutation TEXT;
ALTER TABLE revision ADD COLUMN input TEXT; -- a hash
ALTER TABLE revision ADD COLUMN outcome TEXT; -- JSON

CREATE UNIQUE INDEX revision_idempotency ON revision (token, mutation, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Rows that can be found again keep their number.
ALTER TABLE talk_participations_history ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agreement_provisions_history ADD COLUMN id INTEGER NOT NULL DEFAULT 0;

-- Former rows by the ends of relations, and by the names that they had: an old name still leads to the item.
CREATE INDEX talk_history_slug ON talk_history (slug, to_rev);
CREATE INDEX talk_history_parent ON talk_history (parent_id);
CREATE INDEX talk_participations_history_actor ON talk_participations_history (actor_id, owner_id);
CREATE INDEX talk_issues_history_ref ON talk_issues_history (ref_id, owner_id);
CREATE INDEX actor_history_slug ON actor_history (slug, to_rev);
CREATE INDEX issue_history_slug ON issue_history (slug, to_rev);
CREATE INDEX issue_mediators_history_ref ON issue_mediators_history (ref_id, owner_id);
CREATE INDEX issue_parties_history_ref ON issue_parties_history (ref_id, owner_id);
CREATE INDEX position_history_slug ON position_history (slug, to_rev);
CREATE INDEX position_history_issue ON position_history (issue_id);
CREATE INDEX position_history_party ON position_history (party_id);
CREATE INDEX position_history_talk ON position_history (talk_id);
CREATE INDEX position_history_supersedes ON position_history (supersedes_id);
CREATE INDEX event_history_slug ON event_history (slug, to_rev);
CREATE INDEX event_history_talk ON event_history (talk_id);
CREATE INDEX event_mediators_history_ref ON event_mediators_history (ref_id, owner_id);
CREATE INDEX event_parties_history_ref ON event_parties_history (ref_id, owner_id);
CREATE INDEX event_issues_history_ref ON event_issues_history (ref_id, owner_id);
CREATE INDEX agreement_history_slug ON agreement_history (slug, to_rev);
CREATE INDEX agreement_history_talk ON agreement_history (talk_id);
CREATE INDEX agreement_mediators_history_ref ON agreement_mediators_history (ref_id, owner_id);
CREATE INDEX agreement_parties_history_ref ON agreement_parties_history (ref_id, owner_id);
CREATE INDEX agreement_provisions_history_issue ON agreement_provisions_history (issue_id, owner_id);
CREATE INDEX article_history_slug ON article_history (slug, to_rev);
CREATE INDEX article_talks_history_ref ON article_talks_history (ref_id, owner_id);
CREATE INDEX article_issues_history_ref ON article_issues_history (ref_id, owner_id);
CREATE INDEX source_history_slug ON source_history (slug, to_rev);

-- An actor that is no mediator, or no party, any more.
CREATE TABLE mediator_history (
  id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE party_history (
  id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

-- The derived lists keep their former rows too. A row of a timeline is the place of an event in one list: it is written
-- when the place changes and at no other time, so that a read of the past walks as many rows as a read of now.
ALTER TABLE talk_tree ADD COLUMN from_rev INTEGER NOT NULL DEFAULT 0;
UPDATE talk_tree SET from_rev = COALESCE((SELECT MAX(t.created_rev) FROM talk AS t WHERE t.id IN (ancestor, descendant)), 0);

CREATE TABLE talk_tree_history (
  ancestor INTEGER NOT NULL,
  descendant INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (ancestor, descendant, to_rev)
) STRICT, WITHOUT ROWID;

CREATE INDEX talk_tree_history_up ON talk_tree_history (descendant, depth, ancestor);

ALTER TABLE event_list ADD COLUMN from_rev INTEGER NOT NULL DEFAULT 0;
UPDATE event_list SET from_rev = COALESCE((SELECT e.created_rev FROM event AS e WHERE e.id = event_id), 0);

CREATE TABLE event_list_history (
  list INTEGER NOT NULL,
  parent_id INTEGER NOT NULL,
  earliest INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (list, parent_id, earliest, latest, sequence, event_id, to_rev)
) STRICT, WITHOUT ROWID;

ALTER TABLE external_id ADD COLUMN from_rev INTEGER NOT NULL DEFAULT 0;

CREATE TABLE external_id_history (
  type TEXT NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (type, scheme, value, to_rev)
) STRICT, WITHOUT ROWID;

-- Names likewise, for orders, filters and labels of the past.
ALTER TABLE naming ADD COLUMN from_rev INTEGER NOT NULL DEFAULT 0;

CREATE TABLE naming_history (
  type TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  locale TEXT NOT NULL,
  text TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  title TEXT NOT NULL,
  aliases TEXT NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (type, item_id, locale, to_rev)
) STRICT, WITHOUT ROWID;

-- Every event that the public sees, as one timeline more: list 5 of parent 0.
INSERT INTO event_list (list, parent_id, earliest, latest, sequence, event_id, from_rev)
SELECT 5, 0, occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id, created_rev FROM event WHERE visible = 1;

-- Former texts, for searches of the past.
ALTER TABLE search_text ADD COLUMN from_rev INTEGER NOT NULL DEFAULT 0;

CREATE TABLE search_former (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  locale TEXT NOT NULL,
  own INTEGER NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  other TEXT NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL
) STRICT;

CREATE INDEX search_former_item ON search_former (type, item_id);

CREATE VIRTUAL TABLE search_former_index USING fts5 (title, summary, body, other, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');

-- What an embargo holds back.
CREATE INDEX talk_embargo ON talk (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
CREATE INDEX actor_embargo ON actor (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
CREATE INDEX issue_embargo ON issue (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
CREATE INDEX position_embargo ON position (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
CREATE INDEX event_embargo ON event (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
CREATE INDEX agreement_embargo ON agreement (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
CREATE INDEX article_embargo ON article (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
CREATE INDEX source_embargo ON source (embargoed_until) WHERE visible = 0 AND embargoed_until IS NOT NULL;
