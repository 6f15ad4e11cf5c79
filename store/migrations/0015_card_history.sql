-- The cards of events as they were, in versions that the public saw: a view of the past reads a row of some hundred bytes
-- for an event that was revised since, and not the whole of it.
CREATE TABLE event_card_history (
  event_id INTEGER NOT NULL,
  to_rev INTEGER NOT NULL, -- the revision that ended the version
  card BLOB NOT NULL,
  PRIMARY KEY (event_id, to_rev)
) STRICT, WITHOUT ROWID;

INSERT INTO event_card_history (event_id, to_rev, card)
SELECT id, to_rev, event_card(id, title, occurred_on, occurred_on_verbatim, event_kind, mediator_ids, issue_ids, slug, party_ids,
    talk_id, outlook, basis, verification, locale, from_rev)
FROM event_history
WHERE visible = 1;
