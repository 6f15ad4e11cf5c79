-- What lists of events are chosen by and few events have.
CREATE INDEX event_sequence ON event (sequence) WHERE sequence IS NOT NULL;
CREATE INDEX event_recurring ON event (recurring) WHERE recurring IS NOT NULL;
CREATE INDEX event_place ON event (json_extract(place, '$.name')) WHERE place IS NOT NULL;
CREATE INDEX event_country ON event (json_extract(place, '$.country')) WHERE place IS NOT NULL;
CREATE INDEX event_agreement ON event (agreement_id) WHERE agreement_id IS NOT NULL;

-- Events by what they are called in any language.
CREATE INDEX naming_text ON naming (text, item_id) WHERE type = 'Event';

-- What a withheld talk holds is not told by the talks that it belongs to.
UPDATE talk SET
  mediator_ids = (SELECT json_group_array(id) FROM (SELECT j.actor_id AS id
    FROM talk_tree AS t CROSS JOIN talk AS o ON o.id = t.descendant CROSS JOIN talk_participations AS j ON j.owner_id = t.descendant
    WHERE t.ancestor = talk.id AND o.visible = 1 AND j.actor_type = 'Mediator' GROUP BY 1 ORDER BY MIN(1000 * t.depth + j.position), 1)),
  party_ids = (SELECT json_group_array(id) FROM (SELECT j.actor_id AS id
    FROM talk_tree AS t CROSS JOIN talk AS o ON o.id = t.descendant CROSS JOIN talk_participations AS j ON j.owner_id = t.descendant
    WHERE t.ancestor = talk.id AND o.visible = 1 AND j.actor_type = 'Party' GROUP BY 1 ORDER BY MIN(1000 * t.depth + j.position), 1)),
  issue_ids = (SELECT json_group_array(id) FROM (SELECT j.ref_id AS id
    FROM talk_tree AS t CROSS JOIN talk AS o ON o.id = t.descendant CROSS JOIN talk_issues AS j ON j.owner_id = t.descendant
    WHERE t.ancestor = talk.id AND o.visible = 1 GROUP BY 1 ORDER BY MIN(1000 * t.depth + j.position), 1))
WHERE id IN (SELECT t.ancestor FROM talk_tree AS t JOIN talk AS o ON o.id = t.descendant WHERE o.visible = 0);
