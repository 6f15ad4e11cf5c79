// Package data makes content of any size for measurements: the same for the same size, on every machine, and skewed as
// real timelines are.
package data

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"parley/content"
)

// words are what texts are made of, the common ones first.
const words = "the talks of and delegation ceasefire round mediators said agreement to hostages release in border aid " +
	"statement withdrawal phase text proposal monitoring pause guarantee convoy prisoners sequence truce corridor envoy " +
	"commission verification checkpoint interim amnesty shuttle annex clause"

// Set is the content of a measurement, ready to be written.
type Set struct {
	rng   *rand.Rand
	words []string
	items []content.Item
	refs  map[string][]content.Ref // by type
}

// New makes a set with so many events, and with talks, mediators, parties and issues in proportion: 2,000, 300, 50 and
// 1,500 for 200,000 events. A few talks have a twentieth of all events each.
func New(events int) *Set {
	s := &Set{rng: rand.New(rand.NewPCG(1, 2)), words: strings.Fields(words), refs: map[string][]content.Ref{}} //nolint:gosec // the same every time
	scale := func(n int) int { return max(2, n*events/200_000) }
	s.add("Source", 0, map[string]any{})
	for i := range scale(300) {
		s.add("Mediator", i, map[string]any{"actorKind": "STATE"})
	}
	for i := range scale(50) {
		s.add("Party", i, map[string]any{"actorKind": "ARMED_ORGANIZATION"})
	}
	for i := range scale(1500) {
		s.add("Issue", i, map[string]any{"issueCategory": s.pick(content.IssueCategory("").Values())})
	}
	for i := range scale(2000) {
		s.talk(i)
	}
	for i := range events {
		s.event(i)
	}
	return s
}

// ChangeSet returns the set as one change set.
func (s *Set) ChangeSet() content.ChangeSet {
	return content.ChangeSet{Author: "bench", Reason: "IMPORT", Items: s.items}
}

// Ref returns the i-th item of a type.
func (s *Set) Ref(name string, i int) content.Ref { return s.refs[name][i] }

func (s *Set) pick(list []string) string { return list[s.rng.IntN(len(list))] }

// skewed returns a number below n, small ones far more often.
func (s *Set) skewed(n int) int {
	f := s.rng.Float64()
	return int(f * f * f * float64(n))
}

func (s *Set) text(n int) string {
	var b strings.Builder
	for b.Len() < n {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s.words[s.skewed(len(s.words))])
	}
	return b.String()
}

func (s *Set) some(name string, most int) []content.Ref {
	var list []content.Ref
	have := map[content.Ref]bool{}
	for range 1 + s.rng.IntN(most) {
		ref := s.refs[name][s.skewed(len(s.refs[name]))]
		if !have[ref] {
			have[ref] = true
			list = append(list, ref)
		}
	}
	return list
}

func (s *Set) add(name string, i int, values map[string]any) {
	t := content.TypeNamed(name)
	slug := content.Slug(fmt.Sprintf("%s-%d", strings.ToLower(name), i))
	title := fmt.Sprintf("%s %d: %s", name, i, s.text(30))
	values["locale"] = "en"
	if t.Field("name") != nil {
		values["name"] = title
	} else {
		values["title"] = title
	}
	key := content.NamedKey(name, slug)
	s.items = append(s.items, content.Item{Type: t, Key: key, Slug: slug, Values: values})
	s.refs[name] = append(s.refs[name], content.Ref{Type: name, Key: key})
}

func (s *Set) talk(i int) {
	values := map[string]any{
		"talkLevel": "PROCESS", "talkStatus": s.pick(content.TalkStatus("").Values()), "startedOn": s.date(),
		"summary": s.text(200), "issues": s.some("Issue", 4),
	}
	if i%7 > 0 && i > 7 { // rounds of the process before them
		values["talkLevel"], values["parent"] = "ROUND", s.refs["Talk"][i-i%7]
	}
	var parts []map[string]any
	for _, ref := range append(s.some("Mediator", 5), s.some("Party", 3)...) {
		parts = append(parts, map[string]any{"actor": ref, "role": s.pick(content.ParticipationRole("").Values())})
	}
	values["participations"] = parts
	s.add("Talk", i, values)
}

func (s *Set) event(i int) {
	kinds := content.EventKind("").Values()
	values := map[string]any{
		"eventKind": kinds[s.skewed(len(kinds))], "occurredOn": s.date(), "talk": s.refs["Talk"][s.skewed(len(s.refs["Talk"]))],
		"summary": s.text(350), "mediators": s.some("Mediator", 5), "issues": s.some("Issue", 3), "parties": s.some("Party", 2),
		"citations": []map[string]any{{"source": s.refs["Source"][0], "citationStance": "SUPPORTS"}},
	}
	if values["eventKind"] == "STATEMENT" {
		values["outlook"] = s.pick(content.Outlook("").Values())
	}
	s.add("Event", i, values)
}

// date makes a date between 1990 and 2025: mostly days, some months and years, few long spans.
func (s *Set) date() content.FuzzyDate {
	day := time.Date(1990, 1, 1+s.rng.IntN(35*365), 0, 0, 0, 0, time.UTC)
	text := day.Format(time.DateOnly)
	switch n := s.rng.IntN(100); {
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
