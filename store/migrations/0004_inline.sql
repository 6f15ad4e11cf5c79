-- Where an event stood, by event: which timelines a change of it touched.
CREATE INDEX event_list_history_event ON event_list_history (event_id, to_rev);

-- What small lists hold, in the row that has them: JSON lists of keys, in their order.
ALTER TABLE event ADD COLUMN mediator_ids TEXT;
ALTER TABLE event ADD COLUMN party_ids TEXT;
ALTER TABLE event ADD COLUMN issue_ids TEXT;
ALTER TABLE talk ADD COLUMN mediator_ids TEXT;
ALTER TABLE talk ADD COLUMN party_ids TEXT;
ALTER TABLE talk ADD COLUMN issue_ids TEXT;

UPDATE event SET
  mediator_ids = (SELECT json_group_array(id) FROM (SELECT ref_id AS id FROM event_mediators WHERE owner_id = event.id GROUP BY 1 ORDER BY MIN(position), 1)),
  party_ids = (SELECT json_group_array(id) FROM (SELECT ref_id AS id FROM event_parties WHERE owner_id = event.id GROUP BY 1 ORDER BY MIN(position), 1)),
  issue_ids = (SELECT json_group_array(id) FROM (SELECT ref_id AS id FROM event_issues WHERE owner_id = event.id GROUP BY 1 ORDER BY MIN(position), 1));

UPDATE talk SET
  mediator_ids = (SELECT json_group_array(id) FROM (SELECT j.actor_id AS id FROM talk_tree AS t CROSS JOIN talk_participations AS j ON j.owner_id = t.descendant
    WHERE t.ancestor = talk.id AND j.actor_type = 'Mediator' GROUP BY 1 ORDER BY MIN(1000 * t.depth + j.position), 1)),
  party_ids = (SELECT json_group_array(id) FROM (SELECT j.actor_id AS id FROM talk_tree AS t CROSS JOIN talk_participations AS j ON j.owner_id = t.descendant
    WHERE t.ancestor = talk.id AND j.actor_type = 'Party' GROUP BY 1 ORDER BY MIN(1000 * t.depth + j.position), 1)),
  issue_ids = (SELECT json_group_array(id) FROM (SELECT j.ref_id AS id FROM talk_tree AS t CROSS JOIN talk_issues AS j ON j.owner_id = t.descendant
    WHERE t.ancestor = talk.id GROUP BY 1 ORDER BY MIN(1000 * t.depth + j.position), 1));
