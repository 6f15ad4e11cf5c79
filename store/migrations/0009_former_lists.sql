-- What the small lists of an event held, in its former rows too.
ALTER TABLE event_history ADD COLUMN mediator_ids TEXT;
ALTER TABLE event_history ADD COLUMN party_ids TEXT;
ALTER TABLE event_history ADD COLUMN issue_ids TEXT;

UPDATE event_history AS h SET
  mediator_ids = (SELECT json_group_array(id) FROM (SELECT ref_id AS id, position FROM event_mediators WHERE owner_id = h.id AND from_rev <= h.from_rev
    UNION ALL SELECT ref_id, position FROM event_mediators_history WHERE owner_id = h.id AND from_rev <= h.from_rev AND to_rev > h.from_rev ORDER BY position)),
  party_ids = (SELECT json_group_array(id) FROM (SELECT ref_id AS id, position FROM event_parties WHERE owner_id = h.id AND from_rev <= h.from_rev
    UNION ALL SELECT ref_id, position FROM event_parties_history WHERE owner_id = h.id AND from_rev <= h.from_rev AND to_rev > h.from_rev ORDER BY position)),
  issue_ids = (SELECT json_group_array(id) FROM (SELECT ref_id AS id, position FROM event_issues WHERE owner_id = h.id AND from_rev <= h.from_rev
    UNION ALL SELECT ref_id, position FROM event_issues_history WHERE owner_id = h.id AND from_rev <= h.from_rev AND to_rev > h.from_rev ORDER BY position));
