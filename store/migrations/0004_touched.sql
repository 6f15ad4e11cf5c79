-- Where an event stood, by event: which timelines a change of it touched.
CREATE INDEX event_list_history_event ON event_list_history (event_id, to_rev);
