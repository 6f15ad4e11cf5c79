package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// held is a record in which some items are kept from the public; without them, it is the same record as if they had
// never been.
type held struct {
	t       *testing.T
	service *service
	// hide says how an item is kept from the public; nil leaves it out.
	hide func(content.Change) []content.Change
}

// newHeld makes the record: what is public about Lake Tana, and beside it what only staff know, all of which speaks of
// Zembla.
func newHeld(t *testing.T, hide func(content.Change) []content.Change) *held {
	t.Helper()
	h := &held{t, newService(t), hide}
	h.public("Source", "gazette", map[string]any{"title": "Gazette"})
	h.secret("Source", "zembla-file", map[string]any{"title": "File on Zembla", "publisher": "Zembla Press"})
	for typeName, names := range map[string][]string{"Mediator": {"norway", "egypt"}, "Party": {"oman", "jordan"}} {
		for _, name := range names {
			h.public(typeName, name, map[string]any{"name": strings.ToUpper(name[:1]) + name[1:], "country": "Somewhere"})
		}
	}
	h.secret("Mediator", "zembla-envoy", map[string]any{
		"name": "Zembla's envoy", "aliases": []string{"Charles of Zembla"}, "country": "Zembla", "actorKind": "PERSON", "locale": "is",
		"externalIds": []map[string]any{{"scheme": "wikidata", "value": "Q-zembla"}},
	})
	h.secret("Party", "zembla-front", map[string]any{"name": "Front of Zembla", "actorKind": "ARMED_ORGANIZATION"})
	h.talks()
	h.events()
	return h
}

func (h *held) talks() {
	for _, name := range []string{"airspace", "water"} {
		h.public("Issue", name, map[string]any{"title": "The " + name, "issueStatus": "RAISED"})
	}
	h.public("Talk", "tana", map[string]any{"title": "Tana process", "talkStatus": "ONGOING", "startedOn": dated(h.t, "2023")})
	h.public("Talk", "other", map[string]any{"title": "Other process", "talkStatus": "ONGOING", "startedOn": dated(h.t, "2022")})
	h.secret("Issue", "zembla-gold", map[string]any{
		"title": "The gold of Zembla", "issueStatus": "DEADLOCKED", "issueCategory": "TERRITORY_AND_WITHDRAWAL", "process": target("Talk", "tana"),
		"mediators": targets("Mediator", "norway"), "parties": targets("Party", "oman"),
	})
	h.secret("Talk", "zembla-channel", map[string]any{
		"title": "The Zembla channel", "summary": "Talks about Zembla", "talkStatus": "SUSPENDED", "talkLevel": "ROUND", "startedOn": dated(h.t, "1999"),
		"parent": target("Talk", "tana"), "issues": targets("Issue", "airspace"), "place": map[string]any{"name": "Onhava", "country": "Zembla"},
		"participations": []map[string]any{
			{"actor": target("Mediator", "norway"), "role": "HOST", "note": "hosted in Zembla"}, {"actor": target("Party", "oman"), "role": "OBSERVER"},
		},
	})
	h.secret("Talk", "zembla-other", map[string]any{"title": "Zembla alone", "talkStatus": "SUSPENDED"})
	h.public("Talk", "round", map[string]any{
		"title": "First round", "talkLevel": "ROUND", "parent": target("Talk", "tana"), "issues": h.targets("Issue", "water", "zembla-gold"),
		"participations": []map[string]any{{"actor": target("Mediator", "egypt"), "role": "HOST"}, {"actor": target("Party", "jordan"), "role": "NEGOTIATOR"}},
	})
	h.public("Issue", "trust", map[string]any{
		"title": "Trust", "process": h.target("Talk", "zembla-channel"), "mediators": h.targets("Mediator", "zembla-envoy", "egypt"),
		"blockedBy": h.elements("issue", "Issue", "zembla-gold", "water"),
	})
}

func (h *held) events() {
	cited := []map[string]any{{"source": target("Source", "gazette"), "citationStance": "SUPPORTS"}}
	h.secret("Agreement", "zembla-pact", map[string]any{
		"title": "Pact of Zembla", "agreementStatus": "SIGNED", "signedOn": dated(h.t, "2024-01-07"), "talk": target("Talk", "round"),
		"mediators": targets("Mediator", "egypt"), "parties": targets("Party", "jordan"), "citations": cited,
		"provisions": []map[string]any{{"number": "1", "title": "Zembla withdraws", "issue": target("Issue", "water")}},
	})
	h.public("Event", "tana-hope", map[string]any{
		"title": "A hopeful word", "eventKind": "STATEMENT", "outlook": "OPTIMISTIC", "occurredOn": dated(h.t, "2023-11-02"), "talk": target("Talk", "round"),
		"mediators": h.targets("Mediator", "zembla-envoy", "egypt"), "issues": h.targets("Issue", "zembla-gold", "water"),
		"parties": h.targets("Party", "jordan", "zembla-front"), "agreement": h.target("Agreement", "zembla-pact"), "citations": cited,
	})
	h.public("Event", "tana-meeting", map[string]any{
		"title": "A meeting", "eventKind": "MEETING", "occurredOn": dated(h.t, "2023-12-20"), "talk": h.target("Talk", "zembla-other"), "citations": cited,
	})
	h.secret("Event", "zembla-refusal", map[string]any{
		"title": "Zembla refuses", "body": "Not a word about talks in Zembla.", "eventKind": "REJECTION", "occurredOn": dated(h.t, "2024-02-09"), "sequence": int64(7),
		"recurring": true, "talk": target("Talk", "round"), "place": map[string]any{"name": "Onhava", "country": "Zembla"}, "citations": cited,
		"mediators": targets("Mediator", "egypt"), "parties": targets("Party", "jordan"), "issues": targets("Issue", "water"), "outlook": "PESSIMISTIC",
	})
	h.public("Position", "jordan-on-water", map[string]any{
		"holder": "Jordan", "party": target("Party", "jordan"), "issue": target("Issue", "water"), "stance": "DEMANDS", "heldFrom": dated(h.t, "2023"), "citations": cited,
	})
	h.public("Position", "on-something", map[string]any{
		"holder": "One side", "party": h.target("Party", "zembla-front"), "issue": h.target("Issue", "zembla-gold"), "stance": "REJECTS",
		"talk": h.target("Talk", "zembla-other"), "citations": cited,
	})
	h.secret("Position", "zembla-changed", map[string]any{
		"holder": "Zembla", "party": target("Party", "jordan"), "issue": target("Issue", "water"), "stance": "ACCEPTS", "summary": "Zembla gave in",
		"supersedes": target("Position", "jordan-on-water"), "citations": cited,
	})
	h.public("Article", "explainer", map[string]any{
		"title": "An explainer", "talks": h.targets("Talk", "round", "zembla-channel"), "issues": h.targets("Issue", "zembla-gold", "water"), "publishedOn": dated(h.t, "2024"),
	})
	h.secret("Article", "zembla-leak", map[string]any{
		"title": "What Zembla hides", "body": "Zembla, again and again.", "talks": targets("Talk", "tana"), "issues": targets("Issue", "water"),
		"questions": []map[string]any{{"question": "Where is Zembla?", "answer": "North."}}, "publishedOn": dated(h.t, "2025"),
	})
}

func dated(t *testing.T, edtf string) content.FuzzyDate {
	t.Helper()
	d, err := content.ParseEDTF(edtf)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func target(typeName, slug string) content.Target {
	return content.Target{Type: content.TypeNamed(typeName), Slug: content.Slug(slug)}
}

func targets(typeName string, slugs ...string) []content.Target {
	list := make([]content.Target, len(slugs))
	for i, slug := range slugs {
		list[i] = target(typeName, slug)
	}
	return list
}

// known leaves out what is secret where it has never been.
func (h *held) known(slugs []string) []string {
	return slices.DeleteFunc(slugs, func(slug string) bool { return h.hide == nil && strings.Contains(slug, "zembla") })
}

// target is what a public item leads to; nothing where that has never been.
func (h *held) target(typeName, slug string) any {
	if len(h.known([]string{slug})) == 0 {
		return nil
	}
	return target(typeName, slug)
}

func (h *held) targets(typeName string, slugs ...string) []content.Target {
	return targets(typeName, h.known(slugs)...)
}

func (h *held) elements(field, typeName string, slugs ...string) []map[string]any {
	var list []map[string]any
	for _, slug := range h.known(slugs) {
		list = append(list, map[string]any{field: target(typeName, slug)})
	}
	return list
}

func (h *held) public(typeName, slug string, values map[string]any) {
	h.t.Helper()
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	h.apply(content.Change{Op: content.Create, Type: content.TypeNamed(typeName), Slug: content.Slug(slug), Values: values, Publication: &content.Publication{Status: content.PubUsable}})
}

func (h *held) secret(typeName, slug string, values map[string]any) {
	h.t.Helper()
	if h.hide == nil {
		return
	}
	for _, c := range h.hide(content.Change{Op: content.Create, Type: content.TypeNamed(typeName), Slug: content.Slug(slug), Values: values}) {
		h.apply(c)
	}
}

func (h *held) apply(c content.Change) {
	h.t.Helper()
	if c.Op != content.Create {
		c.Key = content.NamedKey(c.Type.Name, c.Slug)
		c.Slug = ""
	}
	if _, err := h.service.store.Apply(h.t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: []content.Change{c}}); err != nil {
		h.t.Fatalf("%s: %v", c.Slug, err)
	}
}

// published makes an item public.
func published(c content.Change) []content.Change {
	c.Publication = &content.Publication{Status: content.PubUsable}
	return []content.Change{c}
}

// waysToHide are the ways in which an item is kept from the public.
func waysToHide() map[string]func(content.Change) []content.Change {
	return map[string]func(content.Change) []content.Change{
		"never published": func(c content.Change) []content.Change { return []content.Change{c} },
		"withdrawn": func(c content.Change) []content.Change {
			return append(published(c), content.Change{Op: content.Withdraw, Type: c.Type, Slug: c.Slug})
		},
		"embargoed": func(c content.Change) []content.Change {
			c.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: time.Now().Add(time.Hour)}
			return []content.Change{c}
		},
	}
}

// withheldQueries ask for all that could tell of what is withheld: by words, by tests, by numbers and by order.
func withheldQueries() []string {
	list := []string{
		`{ service { locales } }`,
		`{ search(query: "zembla*") { totalCount facets(by: [CONTENT_TYPE, KIND, STATUS, YEAR]) { facetField buckets { value count } } edges { score node { label } highlights { field snippet } } } }`,
		`{ search(query: "zembla OR talks") { totalCount } }`,
		`{ search(query: "word") { totalCount edges { score node { __typename label } highlights { field snippet } } } }`,
		`{ search(query: "a -zembla", first: 100) { totalCount nodes { label } } }`,
		`{ talks(first: 100) { totalCount edges { cursor node { label mediators { name } parties { name } issues { title } place { name } } } } }`,
		`{ talk(slug: "tana") { children { totalCount nodes { label } } mediators { name } parties { name } issues { title } events { totalCount nodes { title occurredOn { edtf } } }
			positions { totalCount nodes { label } } agreements { totalCount nodes { label } } articles { totalCount nodes { label } } participations { totalCount nodes { role } }
			trackRecord { optimistic kept setBack open undetermined medianDays { min max } } } }`,
		`{ talks(first: 2, orderBy: {field: LATEST_EVENT_ON, direction: DESC}) { edges { cursor node { slug } } pageInfo { endCursor hasNextPage } } }`,
		`{ talks(first: 100, orderBy: {field: LATEST_EVENT_ON}) { edges { cursor node { slug } } } }`,
		`{ events(first: 100, orderBy: {field: TITLE}) { totalCount edges { cursor node { title talk { label } agreement { label } mediators { name } parties { name } issues { title }
			followedBy { outcome days { min max } event { title } } } } } }`,
		`{ issues(first: 100) { totalCount edges { cursor node { label process { label } blockedBy { label } mediators { name } parties { name } events { totalCount } positions { totalCount nodes { label } }
			talks { totalCount nodes { label } } provisions { totalCount nodes { title } } } } } }`,
		`{ positions(first: 100) { totalCount edges { cursor node { label issue { label } party { label } talk { label } supersededBy { label } } } } }`,
		`{ positions(first: 100, current: true) { totalCount nodes { label } } }`,
		`{ positions(first: 100, current: false) { totalCount nodes { label } } }`,
		`{ mediators(first: 100, orderBy: {field: NAME, direction: DESC}) { totalCount edges { cursor node { name participations { totalCount nodes { role } } talks { totalCount nodes { label } }
			events { totalCount nodes { label } } agreements { totalCount } } } } }`,
		`{ parties(first: 100) { totalCount nodes { name positions { totalCount } participations { totalCount } talks { totalCount } events { totalCount } agreements { totalCount } } } }`,
		`{ articles(first: 100) { totalCount nodes { label talks { totalCount nodes { label } } issues { label } } } }`,
		`{ agreements(first: 100) { totalCount nodes { label provisions { totalCount } } } sources(first: 100) { totalCount nodes { label } } }`,
		`{ events { facets(by: [CONTENT_TYPE, KIND, YEAR]) { facetField buckets { value count } } } talks { facets(by: [CONTENT_TYPE, KIND, STATUS, YEAR]) { facetField buckets { value count } } } }`,
		`{ mediator(externalId: {scheme: "wikidata", value: "Q-zembla"}) { name } }`,
	}
	for typeName, plural := range map[string]string{
		"Talk": "talks", "Mediator": "mediators", "Party": "parties", "Issue": "issues", "Position": "positions", "Event": "events", "Agreement": "agreements", "Article": "articles", "Source": "sources",
	} {
		for slug, of := range map[string]string{
			"zembla-file": "Source", "zembla-envoy": "Mediator", "zembla-front": "Party", "zembla-gold": "Issue", "zembla-channel": "Talk", "zembla-pact": "Agreement",
			"zembla-refusal": "Event", "zembla-changed": "Position", "zembla-leak": "Article",
		} {
			if of == typeName {
				list = append(list, fmt.Sprintf(`{ node(id: %q) { id } %s(slug: %q) { id } %s(where: {id: {eq: %[1]q}}) { totalCount } }`,
					content.NewID(of, content.NamedKey(of, content.Slug(slug))), strings.ToLower(of), slug, plural))
			}
		}
		list = append(list, fmt.Sprintf(`{ %s(where: {slug: {startsWith: "zembla"}}) { totalCount nodes { slug } } }`, plural))
	}
	for list2, tests := range withheldTests() {
		for _, where := range tests {
			list = append(list, fmt.Sprintf("{ %s(first: 100, where: %s) { totalCount nodes { label } } }", list2, where), fmt.Sprintf("{ %s(first: 100, where: {not: %s}) { totalCount nodes { label } } }", list2, where))
		}
	}
	slices.Sort(list)
	return list
}

// withheldTests are tests of each list that what is withheld would pass, or would have other items pass.
func withheldTests() map[string][]string {
	return map[string][]string{
		"talks": {
			`{title: {contains: "zembla"}}`, `{title: {startsWith: "The Z"}}`, `{summary: {matches: "zembla"}}`, `{place: {country: {eq: "Zembla"}}}`, `{talkStatus: {eq: SUSPENDED}}`,
			`{children: {some: {talkStatus: {eq: SUSPENDED}}}}`, `{children: {none: {}}}`, `{mediators: {some: {slug: {eq: "norway"}}}}`, `{parties: {some: {slug: {eq: "oman"}}}}`,
			`{issues: {some: {slug: {eq: "airspace"}}}}`, `{issues: {some: {title: {contains: "zembla"}}}}`, `{participations: {some: {role: {eq: OBSERVER}}}}`,
			`{events: {some: {title: {contains: "zembla"}}}}`, `{events: {some: {eventKind: {eq: REJECTION}}}}`, `{agreements: {some: {}}}`, `{positions: {some: {stance: {eq: REJECTS}}}}`,
			`{articles: {some: {title: {contains: "zembla"}}}}`, `{startedOn: {until: "2000"}}`,
		},
		"mediators": {
			`{name: {contains: "zembla"}}`, `{aliases: {contains: "zembla"}}`, `{aliases: {has: "Charles of Zembla"}}`, `{country: {eq: "Zembla"}}`, `{locale: {eq: "is"}}`,
			`{externalIds: {some: {scheme: {eq: "wikidata"}}}}`, `{talks: {some: {}}}`, `{participations: {some: {role: {eq: HOST}}}}`, `{participations: {some: {talk: {title: {contains: "zembla"}}}}}`,
			`{events: {some: {eventKind: {eq: REJECTION}}}}`, `{agreements: {some: {}}}`,
		},
		"parties": {`{name: {contains: "zembla"}}`, `{positions: {some: {stance: {eq: ACCEPTS}}}}`, `{talks: {some: {}}}`, `{agreements: {some: {}}}`, `{events: {some: {outlook: {eq: PESSIMISTIC}}}}`},
		"issues": {
			`{title: {contains: "zembla"}}`, `{process: {isNull: true}}`, `{process: {title: {contains: "zembla"}}}`, `{talks: {some: {talkStatus: {eq: SUSPENDED}}}}`, `{mediators: {some: {name: {contains: "zembla"}}}}`,
			`{positions: {some: {stance: {eq: ACCEPTS}}}}`, `{provisions: {some: {}}}`, `{events: {some: {place: {country: {eq: "Zembla"}}}}}`, `{parties: {some: {}}}`,
		},
		"positions": {
			`{holder: {startsWith: "Zem"}}`, `{summary: {matches: "zembla"}}`, `{issue: {isNull: true}}`, `{party: {isNull: true}}`, `{talk: {isNull: true}}`, `{issue: {title: {contains: "zembla"}}}`,
			`{supersededBy: {isNull: true}}`, `{supersededBy: {stance: {eq: ACCEPTS}}}`, `{supersedes: {isNull: false}}`,
		},
		"events": {
			`{title: {contains: "zembla"}}`, `{title: {startsWith: "Zembla"}}`, `{title: {eq: "Zembla refuses"}}`, `{body: {matches: "zembla"}}`, `{occurredOn: {from: "2024-02"}}`, `{occurredOn: {from: "2024-02-01", until: "2024-02-20"}}`,
			`{sequence: {eq: 7}}`, `{recurring: {eq: true}}`, `{place: {country: {eq: "Zembla"}}}`, `{talk: {isNull: true}}`, `{talk: {title: {contains: "zembla"}}}`, `{agreement: {isNull: true}}`, `{agreement: {agreementStatus: {eq: SIGNED}}}`,
			`{mediators: {some: {name: {contains: "zembla"}}}}`, `{mediators: {some: {slug: {eq: "egypt"}}}}`, `{mediators: {some: {slug: {eq: "zembla-envoy"}}}}`, `{issues: {some: {slug: {eq: "water"}}}}`,
			`{issues: {some: {issueStatus: {eq: DEADLOCKED}}}}`, `{parties: {some: {slug: {eq: "zembla-front"}}}}`, `{eventKind: {eq: REJECTION}}`,
		},
		"agreements": {`{title: {contains: "zembla"}}`, `{provisions: {some: {title: {startsWith: "Zembla"}}}}`, `{signedOn: {from: "2024"}}`},
		"articles":   {`{title: {contains: "zembla"}}`, `{body: {matches: "zembla"}}`, `{talks: {some: {title: {contains: "zembla"}}}}`, `{issues: {some: {issueStatus: {eq: DEADLOCKED}}}}`},
		"sources":    {`{title: {contains: "zembla"}}`, `{publisher: {eq: "Zembla Press"}}`},
	}
}

// TestWithheldIsAsIfItHadNeverBeen asks the public's questions of a record with items that are kept from the public, and
// of one that never had them: the answers are the same bytes.
func TestWithheldIsAsIfItHadNeverBeen(t *testing.T) {
	without := newHeld(t, nil)
	t.Run("published", func(t *testing.T) { // so that the questions are good ones
		with, same := newHeld(t, published), 0
		queries := withheldQueries()
		for _, query := range queries {
			want, _ := without.service.ask(t, query, "")
			if got, _ := with.service.ask(t, query, ""); got == want {
				same++
			}
		}
		if same > len(queries)/4 {
			t.Errorf("%d of %d questions are answered alike where nothing is withheld", same, len(queries))
		}
	})
	for way, hide := range waysToHide() {
		t.Run(way, func(t *testing.T) {
			with := newHeld(t, hide)
			for _, query := range withheldQueries() {
				want, _ := without.service.ask(t, query, "")
				got, _ := with.service.ask(t, query, "")
				if !strings.HasPrefix(want, `{"data":`) {
					t.Errorf("%s\nis answered %s", query, want)
				}
				if got != want {
					t.Errorf("%s\ntells of what is withheld:\n%s\nas if it had never been:\n%s", query, got, want)
				}
			}
		})
	}
}
