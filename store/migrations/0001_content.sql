-- The migrations that this file has been through.
CREATE TABLE migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL, -- SHA-256 of the text, in hex
  at INTEGER NOT NULL -- milliseconds since 1970
) STRICT;

-- The revision log: one row a revision, gap-free, in commit order.
CREATE TABLE revision (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL UNIQUE, -- milliseconds since 1970, strictly increasing
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

-- What each revision touched.
CREATE TABLE change (
  revision INTEGER NOT NULL REFERENCES revision(number),
  type TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  op TEXT NOT NULL,
  fields TEXT NOT NULL, -- JSON list of the names of the changed fields
  PRIMARY KEY (revision, type, item_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX change_item ON change (type, item_id, revision);

-- The content: current rows carry from_rev; former ones stand in <table>_history with the revision that ended them.
-- Dates are EDTF with the seconds of their earliest and latest instant for order; lists that belong to one row
-- alone are JSON.
CREATE TABLE talk (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  talk_level TEXT NOT NULL,
  talk_status TEXT NOT NULL,
  talk_format TEXT NOT NULL,
  diplomacy_track TEXT NOT NULL,
  stage TEXT NOT NULL,
  started_on TEXT,
  started_on_verbatim TEXT,
  started_on_earliest INTEGER NOT NULL,
  started_on_latest INTEGER NOT NULL,
  ended_on TEXT,
  ended_on_verbatim TEXT,
  ended_on_earliest INTEGER NOT NULL,
  ended_on_latest INTEGER NOT NULL,
  place TEXT,
  parent_id INTEGER REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  latest_event INTEGER NOT NULL DEFAULT 9223372036854775807, -- the start of the latest event, with its descendants'; undated last
  sort_key TEXT NOT NULL DEFAULT '', -- of the title or name
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE talk_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  talk_level TEXT NOT NULL,
  talk_status TEXT NOT NULL,
  talk_format TEXT NOT NULL,
  diplomacy_track TEXT NOT NULL,
  stage TEXT NOT NULL,
  started_on TEXT,
  started_on_verbatim TEXT,
  started_on_earliest INTEGER NOT NULL,
  started_on_latest INTEGER NOT NULL,
  ended_on TEXT,
  ended_on_verbatim TEXT,
  ended_on_earliest INTEGER NOT NULL,
  ended_on_latest INTEGER NOT NULL,
  place TEXT,
  parent_id INTEGER,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE talk_participations (
  id INTEGER PRIMARY KEY,
  owner_id INTEGER NOT NULL REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  actor_id INTEGER,
  actor_type TEXT,
  role TEXT NOT NULL,
  since TEXT,
  since_verbatim TEXT,
  since_earliest INTEGER NOT NULL,
  since_latest INTEGER NOT NULL,
  until TEXT,
  until_verbatim TEXT,
  until_earliest INTEGER NOT NULL,
  until_latest INTEGER NOT NULL,
  note TEXT,
  citations TEXT,
  from_rev INTEGER NOT NULL,
  UNIQUE (owner_id, position)
) STRICT;

CREATE TABLE talk_participations_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  actor_id INTEGER,
  actor_type TEXT,
  role TEXT NOT NULL,
  since TEXT,
  since_verbatim TEXT,
  since_earliest INTEGER NOT NULL,
  since_latest INTEGER NOT NULL,
  until TEXT,
  until_verbatim TEXT,
  until_earliest INTEGER NOT NULL,
  until_latest INTEGER NOT NULL,
  note TEXT,
  citations TEXT,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE talk_issues (
  owner_id INTEGER NOT NULL REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES issue(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX talk_issues_ref ON talk_issues (ref_id, owner_id);

CREATE TABLE talk_issues_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE actor (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  aliases TEXT,
  actor_kind TEXT NOT NULL,
  country TEXT,
  description TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '', -- of the title or name
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE actor_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  aliases TEXT,
  actor_kind TEXT NOT NULL,
  country TEXT,
  description TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  issue_category TEXT NOT NULL,
  issue_nature TEXT NOT NULL,
  issue_status TEXT NOT NULL,
  process_id INTEGER REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  blocked_by TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '', -- of the title or name
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE issue_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  issue_category TEXT NOT NULL,
  issue_nature TEXT NOT NULL,
  issue_status TEXT NOT NULL,
  process_id INTEGER,
  blocked_by TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_mediators (
  owner_id INTEGER NOT NULL REFERENCES issue(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX issue_mediators_ref ON issue_mediators (ref_id, owner_id);

CREATE TABLE issue_mediators_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue_parties (
  owner_id INTEGER NOT NULL REFERENCES issue(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX issue_parties_ref ON issue_parties (ref_id, owner_id);

CREATE TABLE issue_parties_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE position (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  issue_id INTEGER REFERENCES issue(id) DEFERRABLE INITIALLY DEFERRED,
  party_id INTEGER REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  holder TEXT NOT NULL,
  talk_id INTEGER REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  stance TEXT NOT NULL,
  summary TEXT,
  basis TEXT NOT NULL,
  held_from TEXT,
  held_from_verbatim TEXT,
  held_from_earliest INTEGER NOT NULL,
  held_from_latest INTEGER NOT NULL,
  held_until TEXT,
  held_until_verbatim TEXT,
  held_until_earliest INTEGER NOT NULL,
  held_until_latest INTEGER NOT NULL,
  supersedes_id INTEGER REFERENCES position(id) DEFERRABLE INITIALLY DEFERRED,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE position_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  issue_id INTEGER,
  party_id INTEGER,
  holder TEXT NOT NULL,
  talk_id INTEGER,
  stance TEXT NOT NULL,
  summary TEXT,
  basis TEXT NOT NULL,
  held_from TEXT,
  held_from_verbatim TEXT,
  held_from_earliest INTEGER NOT NULL,
  held_from_latest INTEGER NOT NULL,
  held_until TEXT,
  held_until_verbatim TEXT,
  held_until_earliest INTEGER NOT NULL,
  held_until_latest INTEGER NOT NULL,
  supersedes_id INTEGER,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  event_kind TEXT NOT NULL,
  occurred_on TEXT,
  occurred_on_verbatim TEXT,
  occurred_on_earliest INTEGER NOT NULL,
  occurred_on_latest INTEGER NOT NULL,
  sequence INTEGER,
  recurring INTEGER,
  place TEXT,
  talk_id INTEGER REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  participants TEXT,
  agreement_id INTEGER REFERENCES agreement(id) DEFERRABLE INITIALLY DEFERRED,
  outlook TEXT NOT NULL,
  basis TEXT NOT NULL,
  verification TEXT NOT NULL,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '', -- of the title or name
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE event_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  event_kind TEXT NOT NULL,
  occurred_on TEXT,
  occurred_on_verbatim TEXT,
  occurred_on_earliest INTEGER NOT NULL,
  occurred_on_latest INTEGER NOT NULL,
  sequence INTEGER,
  recurring INTEGER,
  place TEXT,
  talk_id INTEGER,
  participants TEXT,
  agreement_id INTEGER,
  outlook TEXT NOT NULL,
  basis TEXT NOT NULL,
  verification TEXT NOT NULL,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_mediators (
  owner_id INTEGER NOT NULL REFERENCES event(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_mediators_ref ON event_mediators (ref_id, owner_id);

CREATE TABLE event_mediators_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_parties (
  owner_id INTEGER NOT NULL REFERENCES event(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_parties_ref ON event_parties (ref_id, owner_id);

CREATE TABLE event_parties_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_issues (
  owner_id INTEGER NOT NULL REFERENCES event(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES issue(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_issues_ref ON event_issues (ref_id, owner_id);

CREATE TABLE event_issues_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  agreement_kind TEXT NOT NULL,
  agreement_status TEXT NOT NULL,
  agreement_side TEXT NOT NULL,
  stage TEXT NOT NULL,
  agreement_scope TEXT NOT NULL,
  talk_id INTEGER REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  place TEXT,
  proposed_by TEXT,
  proposed_on TEXT,
  proposed_on_verbatim TEXT,
  proposed_on_earliest INTEGER NOT NULL,
  proposed_on_latest INTEGER NOT NULL,
  signed_on TEXT,
  signed_on_verbatim TEXT,
  signed_on_earliest INTEGER NOT NULL,
  signed_on_latest INTEGER NOT NULL,
  effective_on TEXT,
  effective_on_verbatim TEXT,
  effective_on_earliest INTEGER NOT NULL,
  effective_on_latest INTEGER NOT NULL,
  planned_end_on TEXT,
  planned_end_on_verbatim TEXT,
  planned_end_on_earliest INTEGER NOT NULL,
  planned_end_on_latest INTEGER NOT NULL,
  ended_on TEXT,
  ended_on_verbatim TEXT,
  ended_on_earliest INTEGER NOT NULL,
  ended_on_latest INTEGER NOT NULL,
  end_reason TEXT,
  purposes TEXT,
  has_monitoring INTEGER,
  verification TEXT NOT NULL,
  note TEXT,
  related TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '', -- of the title or name
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE agreement_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  agreement_kind TEXT NOT NULL,
  agreement_status TEXT NOT NULL,
  agreement_side TEXT NOT NULL,
  stage TEXT NOT NULL,
  agreement_scope TEXT NOT NULL,
  talk_id INTEGER,
  place TEXT,
  proposed_by TEXT,
  proposed_on TEXT,
  proposed_on_verbatim TEXT,
  proposed_on_earliest INTEGER NOT NULL,
  proposed_on_latest INTEGER NOT NULL,
  signed_on TEXT,
  signed_on_verbatim TEXT,
  signed_on_earliest INTEGER NOT NULL,
  signed_on_latest INTEGER NOT NULL,
  effective_on TEXT,
  effective_on_verbatim TEXT,
  effective_on_earliest INTEGER NOT NULL,
  effective_on_latest INTEGER NOT NULL,
  planned_end_on TEXT,
  planned_end_on_verbatim TEXT,
  planned_end_on_earliest INTEGER NOT NULL,
  planned_end_on_latest INTEGER NOT NULL,
  ended_on TEXT,
  ended_on_verbatim TEXT,
  ended_on_earliest INTEGER NOT NULL,
  ended_on_latest INTEGER NOT NULL,
  end_reason TEXT,
  purposes TEXT,
  has_monitoring INTEGER,
  verification TEXT NOT NULL,
  note TEXT,
  related TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement_mediators (
  owner_id INTEGER NOT NULL REFERENCES agreement(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX agreement_mediators_ref ON agreement_mediators (ref_id, owner_id);

CREATE TABLE agreement_mediators_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement_parties (
  owner_id INTEGER NOT NULL REFERENCES agreement(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX agreement_parties_ref ON agreement_parties (ref_id, owner_id);

CREATE TABLE agreement_parties_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement_provisions (
  id INTEGER PRIMARY KEY,
  owner_id INTEGER NOT NULL REFERENCES agreement(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  number TEXT,
  phase INTEGER,
  title TEXT,
  text TEXT,
  provision_topic TEXT NOT NULL,
  provision_status TEXT NOT NULL,
  issue_id INTEGER REFERENCES issue(id) DEFERRABLE INITIALLY DEFERRED,
  citations TEXT,
  from_rev INTEGER NOT NULL,
  UNIQUE (owner_id, position)
) STRICT;

CREATE TABLE agreement_provisions_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  number TEXT,
  phase INTEGER,
  title TEXT,
  text TEXT,
  provision_topic TEXT NOT NULL,
  provision_status TEXT NOT NULL,
  issue_id INTEGER,
  citations TEXT,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE article (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  article_kind TEXT NOT NULL,
  byline TEXT,
  published_on TEXT,
  published_on_verbatim TEXT,
  published_on_earliest INTEGER NOT NULL,
  published_on_latest INTEGER NOT NULL,
  questions TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '', -- of the title or name
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE article_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT,
  body TEXT,
  article_kind TEXT NOT NULL,
  byline TEXT,
  published_on TEXT,
  published_on_verbatim TEXT,
  published_on_earliest INTEGER NOT NULL,
  published_on_latest INTEGER NOT NULL,
  questions TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_talks (
  owner_id INTEGER NOT NULL REFERENCES article(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES talk(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX article_talks_ref ON article_talks (ref_id, owner_id);

CREATE TABLE article_talks_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE article_issues (
  owner_id INTEGER NOT NULL REFERENCES article(id) DEFERRABLE INITIALLY DEFERRED,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL REFERENCES issue(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX article_issues_ref ON article_issues (ref_id, owner_id);

CREATE TABLE article_issues_history (
  owner_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ref_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (owner_id, position, to_rev)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  publisher TEXT,
  url TEXT,
  archived_url TEXT,
  published_on TEXT,
  published_on_verbatim TEXT,
  published_on_earliest INTEGER NOT NULL,
  published_on_latest INTEGER NOT NULL,
  language TEXT,
  licence TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  sort_key TEXT NOT NULL DEFAULT '', -- of the title or name
  created_rev INTEGER NOT NULL REFERENCES revision(number),
  from_rev INTEGER NOT NULL REFERENCES revision(number),
  UNIQUE (slug)
) STRICT;

CREATE TABLE source_history (
  id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  publisher TEXT,
  url TEXT,
  archived_url TEXT,
  published_on TEXT,
  published_on_verbatim TEXT,
  published_on_earliest INTEGER NOT NULL,
  published_on_latest INTEGER NOT NULL,
  language TEXT,
  licence TEXT,
  locale TEXT,
  translations TEXT,
  citations TEXT,
  external_ids TEXT,
  pub_status TEXT NOT NULL,
  embargoed_until TEXT,
  visible INTEGER NOT NULL,
  created_rev INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (id, to_rev)
) STRICT, WITHOUT ROWID;

-- An actor is a mediator or a party by an explicit capacity.
CREATE TABLE mediator (
  id INTEGER PRIMARY KEY REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL REFERENCES revision(number)
) STRICT;

CREATE TABLE party (
  id INTEGER PRIMARY KEY REFERENCES actor(id) DEFERRABLE INITIALLY DEFERRED,
  from_rev INTEGER NOT NULL REFERENCES revision(number)
) STRICT;

-- Derived in the transaction of each write: every talk with itself and its descendants.
CREATE TABLE talk_tree (
  ancestor INTEGER NOT NULL,
  descendant INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  PRIMARY KEY (ancestor, descendant)
) STRICT, WITHOUT ROWID;

CREATE INDEX talk_tree_up ON talk_tree (descendant, depth, ancestor);

-- Derived likewise: where an external identifier leads.
CREATE TABLE external_id (
  type TEXT NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  PRIMARY KEY (type, scheme, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX external_id_item ON external_id (type, item_id);

CREATE INDEX talk_order ON talk (started_on_earliest, started_on_latest, id) WHERE visible = 1;
CREATE INDEX talk_parent ON talk (parent_id, visible, started_on_earliest, started_on_latest, id);
CREATE INDEX actor_order ON actor (sort_key, id) WHERE visible = 1;
CREATE INDEX issue_order ON issue (sort_key, id) WHERE visible = 1;
CREATE INDEX position_order ON position (held_from_earliest, held_from_latest, id) WHERE visible = 1;
CREATE INDEX position_issue ON position (issue_id, visible, held_from_earliest, held_from_latest, id);
CREATE INDEX position_party ON position (party_id, visible, held_from_earliest, held_from_latest, id);
CREATE INDEX position_talk ON position (talk_id, visible, held_from_earliest, held_from_latest, id);
CREATE INDEX position_supersedes ON position (supersedes_id);
CREATE INDEX event_order ON event (occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id) WHERE visible = 1;
CREATE INDEX event_talk ON event (talk_id, visible, occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id);
CREATE INDEX agreement_order ON agreement (MIN(signed_on_earliest, proposed_on_earliest, effective_on_earliest), id) WHERE visible = 1;
CREATE INDEX agreement_talk ON agreement (talk_id, visible, MIN(signed_on_earliest, proposed_on_earliest, effective_on_earliest), id);
CREATE INDEX article_order ON article (published_on_earliest, published_on_latest, id) WHERE visible = 1;
CREATE INDEX source_order ON source (sort_key, id) WHERE visible = 1;
CREATE INDEX talk_participations_actor ON talk_participations (actor_id, actor_type, owner_id);
CREATE INDEX agreement_provisions_issue ON agreement_provisions (issue_id);

-- Sort orders that readers ask for.
CREATE INDEX talk_latest ON talk (latest_event, id) WHERE visible = 1;
CREATE INDEX talk_title ON talk (sort_key, id) WHERE visible = 1;
CREATE INDEX event_title ON event (sort_key, id) WHERE visible = 1;
CREATE INDEX agreement_title ON agreement (sort_key, id) WHERE visible = 1;
CREATE INDEX article_title ON article (sort_key, id) WHERE visible = 1;
CREATE INDEX talk_updated ON talk (from_rev, id) WHERE visible = 1;
CREATE INDEX talk_created ON talk (created_rev, id) WHERE visible = 1;
CREATE INDEX actor_updated ON actor (from_rev, id) WHERE visible = 1;
CREATE INDEX actor_created ON actor (created_rev, id) WHERE visible = 1;
CREATE INDEX issue_updated ON issue (from_rev, id) WHERE visible = 1;
CREATE INDEX issue_created ON issue (created_rev, id) WHERE visible = 1;
CREATE INDEX position_updated ON position (from_rev, id) WHERE visible = 1;
CREATE INDEX position_created ON position (created_rev, id) WHERE visible = 1;
CREATE INDEX event_updated ON event (from_rev, id) WHERE visible = 1;
CREATE INDEX event_created ON event (created_rev, id) WHERE visible = 1;
CREATE INDEX agreement_updated ON agreement (from_rev, id) WHERE visible = 1;
CREATE INDEX agreement_created ON agreement (created_rev, id) WHERE visible = 1;
CREATE INDEX article_updated ON article (from_rev, id) WHERE visible = 1;
CREATE INDEX article_created ON article (created_rev, id) WHERE visible = 1;
CREATE INDEX source_updated ON source (from_rev, id) WHERE visible = 1;
CREATE INDEX source_created ON source (created_rev, id) WHERE visible = 1;

-- What became of optimism: optimistic statements, and the events that decide.
CREATE INDEX event_optimistic ON event (talk_id, visible, id) WHERE event_kind = 'STATEMENT' AND outlook IN ('OPTIMISTIC', 'CAUTIOUSLY_OPTIMISTIC');
CREATE INDEX event_decisive ON event (talk_id, visible, occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id)
  WHERE event_kind IN ('AGREEMENT_SIGNED', 'CEASEFIRE_IN_EFFECT', 'REJECTION', 'TALKS_STALLED', 'TALKS_SUSPENDED', 'TALKS_COLLAPSED', 'CEASEFIRE_ENDED');

-- The timelines as the public sees them now: the events of each parent in their order. It follows from the tables above.
CREATE TABLE event_list (
  list INTEGER NOT NULL, -- 1 of a talk with all that belongs to it, 2 of a mediator, 3 of a party, 4 of an issue
  parent_id INTEGER NOT NULL,
  earliest INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  PRIMARY KEY (list, parent_id, earliest, latest, sequence, event_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_list_long ON event_list (list, parent_id, earliest, latest) WHERE latest - earliest > 2678400;
CREATE INDEX event_list_event ON event_list (event_id);
CREATE INDEX event_kinds ON event (event_kind, occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id) WHERE visible = 1;
CREATE INDEX event_outlook ON event (outlook, occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id) WHERE visible = 1;
CREATE INDEX event_basis ON event (basis, occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id) WHERE visible = 1;
CREATE INDEX event_verification ON event (verification, occurred_on_earliest, occurred_on_latest, COALESCE(sequence, 0), id) WHERE visible = 1;
CREATE INDEX event_long ON event (occurred_on_earliest, occurred_on_latest) WHERE occurred_on_latest - occurred_on_earliest > 2678400;

-- What each item is called in each of its languages: a row for its own and one for each translation, with the original
-- where a translation leaves the title out.
CREATE TABLE naming (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL, -- the type of the row: Actor for mediators and parties
  item_id INTEGER NOT NULL,
  locale TEXT NOT NULL,
  text TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  title TEXT NOT NULL, -- folded
  aliases TEXT NOT NULL, -- folded, one a line
  UNIQUE (type, item_id, locale)
) STRICT;

CREATE INDEX naming_order ON naming (type, locale, sort_key, item_id);

-- Every three characters of the names.
CREATE VIRTUAL TABLE naming_gram USING fts5 (title, aliases, content = 'naming', content_rowid = 'id', tokenize = 'trigram case_sensitive 1');

-- The text of each item in each of its languages, as it is served there.
CREATE TABLE search_text (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL, -- the type of the item: Mediator and Party apart
  item_id INTEGER NOT NULL,
  locale TEXT NOT NULL,
  own INTEGER NOT NULL, -- 1 in the item's own language
  visible INTEGER NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  other TEXT NOT NULL, -- what is said in all other fields, one a line
  UNIQUE (type, item_id, locale)
) STRICT;

-- The folded words of search_text, by its id.
CREATE VIRTUAL TABLE search_index USING fts5 (title, summary, body, other, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
