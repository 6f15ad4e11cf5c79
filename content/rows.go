package content

import "sync"

// RowType returns the type of the rows that belong to an item but are found from elsewhere too: "Participation" of a
// talk, "Provision" of an agreement, "ExternalId" of anything and "Actor" of
// mediators and parties, and of the records that are computed for talks and events; nil for any other name. They are no nodes: they have
// no id.
func RowType(name string) *Type { return rowTypes()[name] }

var rowTypes = sync.OnceValue(func() map[string]*Type {
	participation := &Type{Name: "Participation", Plural: "participations", Base: "TalkParticipations", Fields: []Field{text("capacity")}}
	participation.Fields = append(participation.Fields, TypeNamed("Talk").Field("participations").Fields...)
	provision := &Type{Name: "Provision", Plural: "provisions", Base: "AgreementProvisions", Traits: Traits{Label: "title"}}
	provision.Fields = TypeNamed("Agreement").Field("provisions").Fields
	external := &Type{Name: "ExternalId", Plural: "externalIds", Base: "ExternalId", Fields: TypeNamed("Talk").Field("externalIds").Fields}
	actor := &Type{Name: "Actor", Plural: "actors", Base: "Actor", Traits: TypeNamed("Mediator").Traits, Fields: TypeNamed("Mediator").Fields}
	record := &Type{Name: "TrackRecord", Plural: "track records", Base: "TrackRecord"}
	follow := &Type{Name: "FollowUp", Plural: "what followed", Base: "FollowUp", Fields: []Field{one("event", "Event")}}
	entry := &Type{Name: "HistoryEntry", Plural: "history", Base: "Change", Fields: []Field{one("node")}}
	revision := &Type{Name: "RevisionEntry", Plural: "revisions", Base: "Revision"}
	change := &Type{Name: "ContentChange", Plural: "changes", Base: "Change", Fields: []Field{one("node")}}
	diff := &Type{Name: "NodeDiff", Plural: "differences", Base: "Change", Fields: []Field{one("node")}}
	tombstone := &Type{Name: "Tombstone", Plural: "tombstones", Base: "Change"}
	locale := &Type{Name: "Locale", Plural: "languages", Base: "Naming"}
	last := &Type{Name: "LastChange", Plural: "last changes", Base: "Revision"}
	citing := &Type{Name: "Citing", Plural: "what cites a source", Base: "Citation", Fields: []Field{one("node")}}
	moment := &Type{Name: "Moment", Plural: "the newest revision", Base: "Revision"}
	return map[string]*Type{"LastChange": last, "Citing": citing, "Moment": moment, "Locale": locale, "HistoryEntry": entry, "RevisionEntry": revision, "ContentChange": change, "NodeDiff": diff, "Tombstone": tombstone, "TrackRecord": record, "FollowUp": follow, "Actor": actor, "Participation": participation, "Provision": provision, "ExternalId": external}
})
