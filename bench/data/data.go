// Package data makes content of any size for measurements: the same for the same size, on every machine, and skewed as
// real timelines are.
package data

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"parley/content"
)

// words are the words of generated texts, the common ones first.
const words = "the talks of and delegation ceasefire round mediators said agreement to hostages release in border aid " +
	"statement withdrawal phase text proposal monitoring pause guarantee convoy prisoners sequence truce corridor envoy " +
	"commission verification checkpoint interim amnesty shuttle annex clause"

// Set is the content of a measurement, ready to be written.
type Set struct{ events int }

// New returns a set with so many events, and with talks, mediators, parties and issues in proportion: 2,000, 300, 50 and
// 1,500 for 200,000 events. A few talks have a twentieth of all events each.
func New(events int) *Set { return &Set{events} }

// Items makes the items one by one, none before those that it refers to.
func (s *Set) Items() iter.Seq[content.Item] {
	return func(yield func(content.Item) bool) {
		m := &maker{rng: rand.New(rand.NewPCG(1, 2)), words: strings.Fields(words), refs: map[string][]content.Ref{}} //nolint:gosec // the same every time
		scale := func(n int) int { return max(2, n*s.events/200_000) }
		for _, kind := range []struct {
			name   string
			n      int
			values func(i int) map[string]any
		}{
			{"Source", 1, func(int) map[string]any { return map[string]any{} }},
			{"Mediator", scale(300), func(int) map[string]any { return map[string]any{"actorKind": "STATE"} }},
			{"Party", scale(50), func(int) map[string]any { return map[string]any{"actorKind": "ARMED_ORGANIZATION"} }},
			{"Issue", scale(1500), func(int) map[string]any {
				return map[string]any{"issueCategory": m.pick(content.IssueCategory("").Values())}
			}},
			{"Talk", scale(2000), m.talk},
			{"Event", s.events, m.event},
		} {
			for i := range kind.n {
				if !yield(m.item(kind.name, i, kind.values(i))) {
					return
				}
			}
		}
	}
}

// ChangeSet returns the set as one change set that holds all items.
func (s *Set) ChangeSet() content.ChangeSet {
	return content.ChangeSet{Author: "bench", Reason: "IMPORT", Items: slices.Collect(s.Items())}
}

// Stream returns the set as one change set that makes its items as they are written.
func (s *Set) Stream() content.ChangeSet {
	return content.ChangeSet{Author: "bench", Reason: "IMPORT", Stream: func(yield func(content.Item, error) bool) {
		s.Items()(func(item content.Item) bool { return yield(item, nil) })
	}}
}

// Ref returns the i-th item of a type.
func (s *Set) Ref(name string, i int) content.Ref { return ref(name, slug(name, i)) }

func slug(name string, i int) content.Slug {
	return content.Slug(fmt.Sprintf("%s-%d", strings.ToLower(name), i))
}

func ref(name string, slug content.Slug) content.Ref {
	return content.Ref{Type: name, Key: content.NamedKey(name, slug)}
}

// maker makes items.
type maker struct {
	rng   *rand.Rand
	words []string
	refs  map[string][]content.Ref // what others refer to, by type
}

func (m *maker) pick(list []string) string { return list[m.rng.IntN(len(list))] }

// skewed returns a number below n, small ones far more often.
func (m *maker) skewed(n int) int {
	f := m.rng.Float64()
	return int(f * f * f * float64(n))
}

func (m *maker) text(n int) string {
	var b strings.Builder
	for b.Len() < n {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(m.words[m.skewed(len(m.words))])
	}
	return b.String()
}

func (m *maker) some(name string, most int) []content.Ref {
	var list []content.Ref
	have := map[content.Ref]bool{}
	for range 1 + m.rng.IntN(most) {
		ref := m.refs[name][m.skewed(len(m.refs[name]))]
		if !have[ref] {
			have[ref] = true
			list = append(list, ref)
		}
	}
	return list
}

func (m *maker) item(name string, i int, values map[string]any) content.Item {
	t := content.TypeNamed(name)
	slug := slug(name, i)
	title := fmt.Sprintf("%s %d: %s", name, i, m.text(30))
	values["locale"] = "en"
	if t.Field("name") != nil {
		values["name"] = title
	} else {
		values["title"] = title
	}
	ref := ref(name, slug)
	if name != "Event" { // nothing refers to events
		m.refs[name] = append(m.refs[name], ref)
	}
	return content.Item{Type: t, Key: ref.Key, Slug: slug, Values: values}
}

func (m *maker) talk(i int) map[string]any {
	values := map[string]any{
		"talkLevel": "PROCESS", "talkStatus": m.pick(content.TalkStatus("").Values()), "startedOn": m.date(),
		"summary": m.text(200), "issues": m.some("Issue", 4),
	}
	if i%7 > 0 && i > 7 { // rounds of the process before them
		values["talkLevel"], values["parent"] = "ROUND", m.refs["Talk"][i-i%7]
	}
	var parts []map[string]any
	for _, ref := range append(m.some("Mediator", 5), m.some("Party", 3)...) {
		parts = append(parts, map[string]any{"actor": ref, "role": m.pick(content.ParticipationRole("").Values())})
	}
	values["participations"] = parts
	return values
}

func (m *maker) event(int) map[string]any {
	kinds := content.EventKind("").Values()
	values := map[string]any{
		"eventKind": kinds[m.skewed(len(kinds))], "occurredOn": m.date(), "talk": m.refs["Talk"][m.skewed(len(m.refs["Talk"]))],
		"summary": m.text(350), "mediators": m.some("Mediator", 5), "issues": m.some("Issue", 3), "parties": m.some("Party", 2),
		"citations": []map[string]any{{"source": m.refs["Source"][0], "citationStance": "SUPPORTS"}},
	}
	if values["eventKind"] == "STATEMENT" {
		values["outlook"] = m.pick(content.Outlook("").Values())
	}
	return values
}

// date makes a date between 1990 and 2025: mostly days, some months and years, few long spans.
func (m *maker) date() content.FuzzyDate {
	day := time.Date(1990, 1, 1+m.rng.IntN(35*365), 0, 0, 0, 0, time.UTC)
	text := day.Format(time.DateOnly)
	switch n := m.rng.IntN(100); {
	case n < 8:
		text = day.Format("2006-01")
	case n < 11:
		text = day.Format("2006~")
	case n < 12:
		text += "/" + day.AddDate(0, 0, 90).Format(time.DateOnly)
	}
	d, err := content.ParseEDTF(text)
	if err != nil {
		panic(err) // the formats above are right
	}
	return d
}
