-- Which items cite a source, found by the source: type is that of the item's table. It follows from the columns citations of
-- items, participations and provisions.
CREATE TABLE citation (
  source_id INTEGER NOT NULL,
  type TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  PRIMARY KEY (source_id, type, item_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX citation_item ON citation (type, item_id, source_id);

CREATE TABLE citation_history (
  source_id INTEGER NOT NULL,
  type TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL,
  PRIMARY KEY (source_id, type, item_id, to_rev)
) STRICT, WITHOUT ROWID;

CREATE INDEX citation_history_item ON citation_history (type, item_id, source_id);

CREATE TEMP TABLE cited AS
WITH version (source_id, type, item_id, from_rev, to_rev) AS (
  SELECT json_extract(c.value, '$.source.key'), 'Actor', o.id, o.from_rev, 9223372036854775807 FROM actor AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Actor', o.id, o.from_rev, o.to_rev FROM actor_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.id, o.from_rev, 9223372036854775807 FROM agreement AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.id, o.from_rev, o.to_rev FROM agreement_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.owner_id, o.from_rev, 9223372036854775807 FROM agreement_provisions AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.owner_id, o.from_rev, o.to_rev FROM agreement_provisions_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Article', o.id, o.from_rev, 9223372036854775807 FROM article AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Article', o.id, o.from_rev, o.to_rev FROM article_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Event', o.id, o.from_rev, 9223372036854775807 FROM event AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Event', o.id, o.from_rev, o.to_rev FROM event_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Issue', o.id, o.from_rev, 9223372036854775807 FROM issue AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Issue', o.id, o.from_rev, o.to_rev FROM issue_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Position', o.id, o.from_rev, 9223372036854775807 FROM position AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Position', o.id, o.from_rev, o.to_rev FROM position_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Source', o.id, o.from_rev, 9223372036854775807 FROM source AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Source', o.id, o.from_rev, o.to_rev FROM source_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Talk', o.id, o.from_rev, 9223372036854775807 FROM talk AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Talk', o.id, o.from_rev, o.to_rev FROM talk_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Talk', o.owner_id, o.from_rev, 9223372036854775807 FROM talk_participations AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Talk', o.owner_id, o.from_rev, o.to_rev FROM talk_participations_history AS o, json_each(o.citations) AS c
), first AS (
  SELECT *, from_rev > IFNULL(MAX(to_rev) OVER (PARTITION BY source_id, type, item_id ORDER BY from_rev, to_rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS begins
  FROM version
  WHERE source_id IS NOT NULL
), time AS (
  SELECT *, SUM(begins) OVER (PARTITION BY source_id, type, item_id ORDER BY from_rev, to_rev) AS time
  FROM first
)
SELECT source_id, type, item_id, MIN(from_rev) AS from_rev, MAX(to_rev) AS to_rev
FROM time
GROUP BY source_id, type, item_id, time;

INSERT INTO citation (source_id, type, item_id, from_rev)
SELECT source_id, type, item_id, from_rev FROM cited WHERE to_rev = 9223372036854775807;

INSERT INTO citation_history (source_id, type, item_id, from_rev, to_rev)
SELECT * FROM cited WHERE to_rev < 9223372036854775807;

DROP TABLE cited;

-- What readers with a token look for among many events, and what changed last in a talk.
CREATE INDEX event_pub_status ON event (pub_status);
CREATE INDEX event_embargoed_until ON event (embargoed_until) WHERE embargoed_until IS NOT NULL;
CREATE INDEX event_changed ON event (talk_id, visible, from_rev);

-- Corrections are few among the revisions.
CREATE INDEX revision_correction ON revision (number) WHERE reason IN ('CORRECTION', 'RETRACTION');
