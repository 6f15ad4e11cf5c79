-- Events that stood in timelines and that the public does not see now: views of the past show it none of their former places,
-- and need not look at the event of each place. Most records have few of them.
CREATE TABLE event_hidden (event_id INTEGER PRIMARY KEY) STRICT;

INSERT INTO event_hidden (event_id)
SELECT DISTINCT event_id FROM event_list_history WHERE event_id NOT IN (SELECT id FROM event WHERE visible = 1);

-- Former places by when they ended, with all that counting those of a revision needs.
DROP INDEX event_list_history_end;
CREATE INDEX event_list_history_end ON event_list_history (list, parent_id, to_rev, from_rev, event_id);
