-- What lists of events commonly ask of one, beside its place in the timelines of talks (list 1): the key of the event and
-- values of its row, each as its length plus one and its bytes.
ALTER TABLE event_list ADD COLUMN card BLOB;

UPDATE event_list SET card = (SELECT event_card(e.id, e.title, e.occurred_on, e.occurred_on_verbatim, e.event_kind, e.mediator_ids, e.issue_ids, e.slug, e.party_ids,
    e.talk_id, e.outlook, e.basis, e.verification, e.locale, e.from_rev)
  FROM event AS e WHERE e.id = event_list.event_id)
WHERE list = 1;
