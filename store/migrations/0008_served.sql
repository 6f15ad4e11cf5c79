-- What lists of events are chosen by and few events have.
CREATE INDEX event_sequence ON event (sequence) WHERE sequence IS NOT NULL;
CREATE INDEX event_recurring ON event (recurring) WHERE recurring IS NOT NULL;
CREATE INDEX event_place ON event (json_extract(place, '$.name')) WHERE place IS NOT NULL;
CREATE INDEX event_country ON event (json_extract(place, '$.country')) WHERE place IS NOT NULL;
CREATE INDEX event_agreement ON event (agreement_id) WHERE agreement_id IS NOT NULL;

-- Events by what they are called in any language.
CREATE INDEX naming_text ON naming (text, item_id) WHERE type = 'Event';
