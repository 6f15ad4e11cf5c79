-- How an identifier in another system matches its item. Those that match EXACT are unique in their type and scheme; any number
-- of items may have the others, since data sets cut the world up differently.
CREATE TABLE external_id_matched (
  type TEXT NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  match_kind TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (type, scheme, value, item_id)
) STRICT, WITHOUT ROWID;

INSERT INTO external_id_matched (type, scheme, value, match_kind, item_id, from_rev)
SELECT type, scheme, value, 'EXACT', item_id, from_rev FROM external_id;

DROP TABLE external_id;
ALTER TABLE external_id_matched RENAME TO external_id;
CREATE INDEX external_id_item ON external_id (type, item_id);
CREATE UNIQUE INDEX external_id_exact ON external_id (type, scheme, value) WHERE match_kind = 'EXACT';

CREATE TABLE external_id_history_matched (
  type TEXT NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  match_kind TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (type, scheme, value, item_id, to_rev)
) STRICT, WITHOUT ROWID;

INSERT INTO external_id_history_matched (type, scheme, value, match_kind, item_id, from_rev, to_rev)
SELECT type, scheme, value, 'EXACT', item_id, from_rev, to_rev FROM external_id_history;

DROP TABLE external_id_history;
ALTER TABLE external_id_history_matched RENAME TO external_id_history;

-- Items say it too, so that the same identifiers, written again, are no change.
UPDATE talk SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE talk_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE actor SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE actor_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE issue SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE issue_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE position SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE position_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE event SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE event_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE agreement SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE agreement_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE article SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE article_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE source SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
UPDATE source_history SET external_ids = (SELECT json_group_array(json_patch('{"matchKind":"EXACT"}', value)) FROM json_each(external_ids))
WHERE external_ids IS NOT NULL;
