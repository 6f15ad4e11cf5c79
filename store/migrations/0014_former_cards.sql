-- The cards of former places of events, as they were when the places ended. The places before have none: their events are
-- read from their own rows.
ALTER TABLE event_list_history ADD COLUMN card BLOB;
