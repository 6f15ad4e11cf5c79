package store

import "parley/store/sqlgen"

// listing is the table of the events e of a timeline, their parent, and the covering row beside each place.
type listing struct{ Parent, From, CoveringRow string }

// timelines returns the listing of each timeline.
func timelines() map[sqlgen.Timeline]listing {
	return map[sqlgen.Timeline]listing{
		sqlgen.TalkTimeline:     {"t.ancestor", "event AS e JOIN talk_tree AS t ON t.descendant = e.talk_id", sqlgen.CoveringRowOf("e")},
		sqlgen.MediatorTimeline: {"j.ref_id", "event AS e JOIN event_mediators AS j ON j.owner_id = e.id", "NULL"},
		sqlgen.PartyTimeline:    {"j.ref_id", "event AS e JOIN event_parties AS j ON j.owner_id = e.id", "NULL"},
		sqlgen.IssueTimeline:    {"j.ref_id", "event AS e JOIN event_issues AS j ON j.owner_id = e.id", "NULL"},
		sqlgen.WholeTimeline:    {"0", "event AS e", "NULL"},
	}
}
