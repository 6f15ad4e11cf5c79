-- Former places of events by when they ended: there are few that ended after a revision of late.
CREATE INDEX event_list_history_end ON event_list_history (list, parent_id, to_rev);
