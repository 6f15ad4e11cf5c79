-- Names and words of searches are folded otherwise: all that is folded is made anew from the texts.
UPDATE naming SET title = fold_text(text), sort_key = fold_key(locale, text), aliases = COALESCE((
  SELECT group_concat(fold_text(a.value), char(10)) FROM actor, json_each(actor.aliases) AS a
  WHERE naming.type = 'Actor' AND actor.id = naming.item_id), '');
INSERT INTO naming_gram (naming_gram) VALUES ('rebuild');

-- A former name ended when the row of the actor ended that had its aliases.
UPDATE naming_history SET title = fold_text(text), sort_key = fold_key(locale, text), aliases = COALESCE((
  SELECT group_concat(fold_text(a.value), char(10)) FROM actor_history AS h, json_each(h.aliases) AS a
  WHERE naming_history.type = 'Actor' AND h.id = naming_history.item_id AND h.to_rev = naming_history.to_rev), '');

UPDATE actor SET sort_key = COALESCE((SELECT n.sort_key FROM naming AS n WHERE n.type = 'Actor' AND n.item_id = actor.id AND n.locale = COALESCE(actor.locale, '')), '');
UPDATE talk SET sort_key = COALESCE((SELECT n.sort_key FROM naming AS n WHERE n.type = 'Talk' AND n.item_id = talk.id AND n.locale = COALESCE(talk.locale, '')), '');
UPDATE issue SET sort_key = COALESCE((SELECT n.sort_key FROM naming AS n WHERE n.type = 'Issue' AND n.item_id = issue.id AND n.locale = COALESCE(issue.locale, '')), '');
UPDATE event SET sort_key = COALESCE((SELECT n.sort_key FROM naming AS n WHERE n.type = 'Event' AND n.item_id = event.id AND n.locale = COALESCE(event.locale, '')), '');
UPDATE agreement SET sort_key = COALESCE((SELECT n.sort_key FROM naming AS n WHERE n.type = 'Agreement' AND n.item_id = agreement.id AND n.locale = COALESCE(agreement.locale, '')), '');
UPDATE article SET sort_key = COALESCE((SELECT n.sort_key FROM naming AS n WHERE n.type = 'Article' AND n.item_id = article.id AND n.locale = COALESCE(article.locale, '')), '');
UPDATE source SET sort_key = COALESCE((SELECT n.sort_key FROM naming AS n WHERE n.type = 'Source' AND n.item_id = source.id AND n.locale = COALESCE(source.locale, '')), '');

-- Events by what they are called in any language, folded.
CREATE INDEX IF NOT EXISTS naming_title ON naming (title, item_id) WHERE type = 'Event';

-- The words are divided by the program, with a space after each: SQLite's own division knows fewer letters.
DROP TABLE search_index;
CREATE VIRTUAL TABLE search_index USING fts5 (title, summary, body, other, content = '', contentless_delete = 1, tokenize = 'ascii');
INSERT INTO search_index (rowid, title, summary, body, other)
SELECT id, fold_words(title), fold_words(summary), fold_words(body), fold_words(other) FROM search_text;

DROP TABLE search_former_index;
CREATE VIRTUAL TABLE search_former_index USING fts5 (title, summary, body, other, content = '', contentless_delete = 1, tokenize = 'ascii');
INSERT INTO search_former_index (rowid, title, summary, body, other)
SELECT id, fold_words(title), fold_words(summary), fold_words(body), fold_words(other) FROM search_former;

-- What changed of one type, in the order of the log.
CREATE INDEX IF NOT EXISTS change_type ON change (type, revision, item_id);
