-- The words of quotations, apart from the texts of the items that quote them: they are found by those who see the source. A row
-- is a quotation of a source by an item, of the table that type names, for the time that it stood there; to_rev is the greatest
-- integer as long as it does. It follows from the columns citations of items and provisions.
CREATE TABLE quotation (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  text TEXT NOT NULL,
  from_rev INTEGER NOT NULL,
  to_rev INTEGER NOT NULL
) STRICT;

CREATE INDEX quotation_item ON quotation (type, item_id, to_rev);

-- The folded words of quotation, by its id.
CREATE VIRTUAL TABLE quotation_index USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'ascii');

INSERT INTO quotation (type, item_id, source_id, text, from_rev, to_rev)
WITH version (source_id, type, item_id, text, from_rev, to_rev) AS (
  SELECT json_extract(c.value, '$.source.key'), 'Actor', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM actor AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Actor', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM actor_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM agreement AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM agreement_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.owner_id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM agreement_provisions AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Agreement', o.owner_id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM agreement_provisions_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Article', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM article AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Article', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM article_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Event', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM event AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Event', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM event_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Issue', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM issue AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Issue', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM issue_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Position', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM position AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Position', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM position_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Source', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM source AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Source', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM source_history AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Talk', o.id, json_extract(c.value, '$.quote'), o.from_rev, 9223372036854775807 FROM talk AS o, json_each(o.citations) AS c
  UNION ALL SELECT json_extract(c.value, '$.source.key'), 'Talk', o.id, json_extract(c.value, '$.quote'), o.from_rev, o.to_rev FROM talk_history AS o, json_each(o.citations) AS c
), first AS (
  SELECT *, from_rev > IFNULL(MAX(to_rev) OVER (PARTITION BY source_id, type, item_id, text ORDER BY from_rev, to_rev ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS begins
  FROM version
  WHERE source_id IS NOT NULL AND text <> ''
), time AS (
  SELECT *, SUM(begins) OVER (PARTITION BY source_id, type, item_id, text ORDER BY from_rev, to_rev) AS time
  FROM first
)
SELECT type, item_id, source_id, text, MIN(from_rev), MAX(to_rev)
FROM time
GROUP BY source_id, type, item_id, text, time
ORDER BY 5, 1, 2, 3, 4;

INSERT INTO quotation_index (rowid, text) SELECT id, fold_words(text) FROM quotation;

-- The texts of items lose their quotations, each a line of other or several, the longest first.
CREATE TEMP TABLE quoted AS
SELECT type, item_id, text, ROW_NUMBER() OVER (PARTITION BY type, item_id ORDER BY LENGTH(text) DESC, text) AS n
FROM (SELECT DISTINCT type, item_id, text FROM quotation);
CREATE INDEX temp.quoted_item ON quoted (type, item_id, n);

CREATE TEMP TABLE unquoted AS
WITH RECURSIVE strip (id, former, type, item_id, n, other) AS (
  SELECT d.id, d.former, q.type, q.item_id, 1, REPLACE(char(10) || d.other || char(10), char(10) || q.text || char(10), char(10))
  FROM (
    SELECT id, 0 AS former, type, item_id, other FROM search_text
    UNION ALL SELECT id, 1, type, item_id, other FROM search_former
  ) AS d
  JOIN quoted AS q ON q.type = IIF(d.type IN ('Mediator', 'Party'), 'Actor', d.type) AND q.item_id = d.item_id AND q.n = 1
  UNION ALL
  SELECT s.id, s.former, s.type, s.item_id, s.n + 1, REPLACE(s.other, char(10) || q.text || char(10), char(10))
  FROM strip AS s
  JOIN quoted AS q ON q.type = s.type AND q.item_id = s.item_id AND q.n = s.n + 1
)
SELECT id, former, TRIM(other, char(10)) AS other
FROM strip AS s
WHERE NOT EXISTS (SELECT 1 FROM quoted AS q WHERE q.type = s.type AND q.item_id = s.item_id AND q.n = s.n + 1);
CREATE INDEX temp.unquoted_text ON unquoted (former, id);

UPDATE search_text SET other = u.other FROM unquoted AS u WHERE u.former = 0 AND u.id = search_text.id;
UPDATE search_former SET other = u.other FROM unquoted AS u WHERE u.former = 1 AND u.id = search_former.id;

DELETE FROM search_index WHERE rowid IN (SELECT id FROM unquoted WHERE former = 0);
INSERT INTO search_index (rowid, title, summary, body, other)
SELECT id, fold_words(title), fold_words(summary), fold_words(body), fold_words(other) FROM search_text
WHERE id IN (SELECT id FROM unquoted WHERE former = 0);

DELETE FROM search_former_index WHERE rowid IN (SELECT id FROM unquoted WHERE former = 1);
INSERT INTO search_former_index (rowid, title, summary, body, other)
SELECT id, fold_words(title), fold_words(summary), fold_words(body), fold_words(other) FROM search_former
WHERE id IN (SELECT id FROM unquoted WHERE former = 1);

DROP TABLE unquoted;
DROP TABLE quoted;

-- Stored values of enumerations are brought into canonical form at the next start, as texts are: see store/write_canonical.go.
INSERT OR IGNORE INTO pending (task)
SELECT 'canonical'
WHERE EXISTS (SELECT 1 FROM revision);
