package content

import "sync"

// Types returns the types of content in the order of the model. The slice and what it holds are not to be changed.
func Types() []*Type { return allTypes() }

// A type that is added goes last: sync tokens and cursors hold the place of a type in this list.
var allTypes = sync.OnceValue(func() []*Type {
	return []*Type{
		{Name: "Talk", Plural: "talks", Base: "Talk", Traits: talkTraits(), Fields: with(talkFields())},
		{Name: "Mediator", Plural: "mediators", Base: "Actor", Traits: actorTraits(), Fields: with(actorFields())},
		{Name: "Party", Plural: "parties", Base: "Actor", Traits: actorTraits(), Fields: with(actorFields())},
		{Name: "Issue", Plural: "issues", Base: "Issue", Traits: issueTraits(), Fields: with(issueFields())},
		{Name: "Position", Plural: "positions", Base: "Position", Traits: positionTraits(), Fields: with(positionFields())},
		{Name: "Event", Plural: "events", Base: "Event", Traits: eventTraits(), Fields: with(eventFields())},
		{Name: "Agreement", Plural: "agreements", Base: "Agreement", Traits: agreementTraits(), Fields: with(agreementFields())},
		{Name: "Article", Plural: "articles", Base: "Article", Traits: articleTraits(), Fields: with(articleFields())},
		{Name: "Source", Plural: "sources", Base: "Source", Traits: sourceTraits(), Fields: with(sourceFields())},
	}
})

// facets are the fields that the lists of a type are counted by; "" means none.
func facets(kind, status, year string) map[Facet]string {
	return map[Facet]string{FacetKind: kind, FacetStatus: status, FacetYear: year}
}

// with adds the fields that every type has to those of one type.
func with(own []Field) []Field {
	return append(own,
		text("locale"), translations(), citations(),
		values("externalIds", 20, text("scheme"), text("value"), enum("matchKind", MatchKind("")), text("url")),
	)
}

// translations are the texts of an item, of an element of a list or of a place in other languages than the item's own.
func translations() Field {
	return values("translations", 40, text("locale"), enum("translationKind", TranslationKind("")), flag("stale"),
		values("text", 40, text("field"), rich("value")))
}

// citations are the sources that something rests on.
func citations() Field {
	return values("citations", 20, one("source", "Source"), text("field"), text("locator"), text("quote"),
		enum("citationStance", CitationStance("")))
}

func talkTraits() Traits {
	return Traits{
		Label: "title", Order: []string{"startedOn"},
		Facets: facets("talkLevel", "talkStatus", "startedOn"),
		Owners: []string{"parent"}, Citations: CitationsOptional,
		Tree: "parent",
	}
}

func talkFields() []Field {
	return []Field{
		title(), rich("summary"), rich("body"),
		enum("talkLevel", TalkLevel("")), enum("talkStatus", TalkStatus("")), enum("talkFormat", TalkFormat("")),
		enum("diplomacyTrack", DiplomacyTrack("")), enum("stage", Stage("")),
		date("startedOn"), date("endedOn"), place(),
		one("parent", "Talk"),
		rows("participations", 100, one("actor", "Mediator", "Party"), enum("role", ParticipationRole("")),
			date("since"), date("until"), rich("note"), citations(), translations()),
		refs("issues", 50, "Issue"),
	}
}

func actorTraits() Traits {
	return Traits{
		Label: "name", Order: []string{ByLabel},
		Facets: facets("actorKind", "", ""),
		Owners: []string{}, Citations: CitationsOptional,
		Cached: true,
	}
}

func actorFields() []Field {
	return []Field{
		{Name: "name", Kind: Text, Required: true},
		texts("aliases", 40), enum("actorKind", ActorKind("")), text("country"), rich("description"),
	}
}

func issueTraits() Traits {
	return Traits{
		Label: "title", Order: []string{ByLabel},
		Facets: facets("issueCategory", "issueStatus", ""),
		Owners: []string{}, Citations: CitationsOptional,
		Cached: true,
	}
}

func issueFields() []Field {
	return []Field{
		title(), rich("summary"),
		enum("issueCategory", IssueCategory("")), enum("issueNature", IssueNature("")), enum("issueStatus", IssueStatus("")),
		one("process", "Talk"),
		values("blockedBy", 20, one("issue", "Issue")),
		refs("mediators", 20, "Mediator"), refs("parties", 20, "Party"),
	}
}

func positionTraits() Traits {
	return Traits{
		Label: Computed, Order: []string{"heldFrom"},
		Facets: facets("", "", "heldFrom"),
		Owners: []string{"talk", "issue"}, Citations: CitationsRequired,
		Slug: []string{"holder", "issue"},
	}
}

func positionFields() []Field {
	return []Field{
		one("issue", "Issue"), one("party", "Party"),
		{Name: "holder", Kind: Text, Required: true, From: "party"},
		one("talk", "Talk"),
		enum("stance", Stance("")), rich("summary"), enum("basis", Basis("")), date("heldFrom"), date("heldUntil"),
		one("supersedes", "Position"),
	}
}

func eventTraits() Traits {
	return Traits{
		Label: "title", Order: []string{"occurredOn"},
		Facets: facets("eventKind", "", "occurredOn"),
		Owners: []string{"talk"}, Citations: CitationsRequired,
		Timeline: "occurredOn", Large: true,
	}
}

func eventFields() []Field {
	return []Field{
		title(), rich("summary"), rich("body"), enum("eventKind", EventKind("")),
		date("occurredOn"), number("sequence"), flag("recurring"), place(), one("talk", "Talk"),
		values("participants", 30, one("actor", "Mediator", "Party"), text("attribution"), enum("eventRole", EventRole("")),
			translations()),
		refs("mediators", 20, "Mediator"), refs("parties", 20, "Party"), refs("issues", 20, "Issue"),
		one("agreement", "Agreement"),
		enum("outlook", Outlook("")), enum("basis", Basis("")), enum("verification", Verification("")),
	}
}

func agreementTraits() Traits {
	return Traits{
		Label: "title", Order: []string{"signedOn", "proposedOn", "effectiveOn"},
		Facets: facets("agreementKind", "agreementStatus", "signedOn"),
		Owners: []string{"talk"}, Citations: CitationsRequired,
	}
}

func agreementFields() []Field {
	return []Field{
		title(), rich("summary"), rich("body"),
		enum("agreementKind", AgreementKind("")), enum("agreementStatus", AgreementStatus("")),
		enum("agreementSide", AgreementSide("")), enum("stage", Stage("")), enum("agreementScope", AgreementScope("")),
		one("talk", "Talk"), place(),
		refs("mediators", 50, "Mediator"), refs("parties", 50, "Party"),
		values("proposedBy", 20, one("actor", "Mediator", "Party")),
		date("proposedOn"), date("signedOn"), date("effectiveOn"), date("plannedEndOn"), date("endedOn"),
		text("endReason"),
		{Name: "purposes", Kind: StringList, Enum: AgreementPurpose("").Values(), Max: 6},
		flag("hasMonitoring"), enum("verification", Verification("")), rich("note"),
		values("related", 20, enum("relationKind", RelationKind("")), one("agreement", "Agreement")),
		rows("provisions", 100, text("number"), number("phase"), text("title"), rich("text"),
			enum("provisionTopic", ProvisionTopic("")), enum("provisionStatus", ProvisionStatus("")), one("issue", "Issue"), citations(),
			translations()),
	}
}

func articleTraits() Traits {
	return Traits{
		Label: "title", Order: []string{"publishedOn"},
		Facets: facets("articleKind", "", "publishedOn"),
		Owners: []string{}, Citations: CitationsOptional,
	}
}

func articleFields() []Field {
	return []Field{
		title(), rich("summary"), rich("body"), enum("articleKind", ArticleKind("")), text("byline"), date("publishedOn"),
		refs("talks", 50, "Talk"), refs("issues", 50, "Issue"),
		values("questions", 50, text("question"), rich("answer"), translations()),
	}
}

func sourceTraits() Traits {
	return Traits{
		Label: "title", Order: []string{ByLabel},
		Facets: facets("", "", "publishedOn"),
		Owners: []string{}, Citations: CitationsOptional,
		Source: true, Slug: []string{"title"},
	}
}

func sourceFields() []Field {
	return []Field{
		title(), text("publisher"), text("url"), text("archivedUrl"), date("publishedOn"), text("language"), text("licence"),
	}
}
