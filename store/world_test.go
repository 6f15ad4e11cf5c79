package store

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/internal/fold"
)

// randomContent is random content, a part of it withheld, and a naive reading of it to hold the store against.
type randomContent struct {
	rng   *rand.Rand
	items map[string][]content.Item // by type
	// made are the numbers of the revisions that wrote the items, at their times.
	made map[content.Key]content.Revision
	at   map[content.Revision]time.Time
	// who reads.
	who content.Audience
}

func newWorld(seed uint64) *randomContent {
	w := &randomContent{rng: rand.New(rand.NewPCG(seed, 1)), items: map[string][]content.Item{}, made: map[content.Key]content.Revision{}, at: map[content.Revision]time.Time{}}
	for i := range 8 {
		values := map[string]any{"talkStatus": w.pick("ONGOING", "STALLED"), "startedOn": w.date()}
		if i > 0 && w.rng.IntN(2) == 0 {
			values["parent"] = w.ref("Talk")
		}
		w.add("Talk", values)
	}
	for range 5 {
		w.add("Mediator", map[string]any{"country": w.pick("Egypt", "Qatar", ""), "aliases": w.some("Cairo", "Doha", "élan vital")})
	}
	for range 4 {
		w.add("Issue", map[string]any{"issueCategory": w.pick("TRUST", "SEQUENCING")})
	}
	for range 40 {
		values := map[string]any{
			"eventKind": w.pick("STATEMENT", "MEETING"), "occurredOn": w.date(), "outlook": w.pick("GUARDED", "UNKNOWN", "MIXED"),
			"mediators": w.refs("Mediator"), "issues": w.refs("Issue"),
		}
		if w.rng.IntN(4) > 0 {
			values["talk"] = w.ref("Talk")
		}
		if w.rng.IntN(3) > 0 {
			values["sequence"] = int64(w.rng.IntN(4))
		}
		if w.rng.IntN(3) > 0 {
			values["recurring"] = w.rng.IntN(2) == 0
		}
		if w.rng.IntN(3) > 0 {
			values["place"] = w.place()
		}
		w.add("Event", values)
	}
	return w
}

func (w *randomContent) pick(of ...string) string { return of[w.rng.IntN(len(of))] }

func (w *randomContent) some(of ...string) []string {
	return slices.DeleteFunc(slices.Clone(of), func(string) bool { return w.rng.IntN(2) == 0 })
}

func (w *randomContent) place() map[string]any {
	place := map[string]any{"name": w.pick("Doha", "Cairo", "Sharm el-Sheikh")}
	if w.rng.IntN(2) == 0 {
		place["country"] = w.pick("Qatar", "EG")
	}
	return place
}

func (w *randomContent) date() content.FuzzyDate {
	d, err := content.ParseEDTF(w.pick("2023-11-24", "2023-11", "2023", "2024~", "2023-10~/2023-12~", "2023-12-01/..", "2024-03-03"))
	if err != nil || w.rng.IntN(5) == 0 {
		return content.FuzzyDate{}
	}
	return d
}

func (w *randomContent) ref(name string) content.Ref {
	list := w.items[name]
	return content.Ref{Type: name, Key: list[w.rng.IntN(len(list))].Key}
}

func (w *randomContent) refs(name string) []content.Ref {
	var list []content.Ref
	for range w.rng.IntN(3) {
		if ref := w.ref(name); !slices.Contains(list, ref) {
			list = append(list, ref)
		}
	}
	return list
}

func (w *randomContent) add(name string, values map[string]any) {
	t := content.TypeNamed(name)
	slug := content.Slug(fmt.Sprintf("%s-%d", strings.ToLower(name), len(w.items[name])))
	values[t.Title()] = w.pick("Élan", "round", "Round 2", "the long round", "Zoë") + w.pick("", " of talks")
	values["locale"] = w.pick("en", "en", "fr")
	item := content.Item{Type: t, Slug: slug, Key: content.NamedKey(name, slug), Values: values}
	if w.rng.IntN(5) == 0 {
		item.Publication = &content.Publication{Status: content.PubWithheld}
	}
	w.items[name] = append(w.items[name], item)
}

// seen reports whether who reads may see an item.
func (w *randomContent) seen(i content.Item) bool {
	return w.who != content.Public || i.Publication == nil
}

// view is the view of who reads.
func (w *randomContent) view() content.View { return content.View{Audience: w.who} }

// filter makes a random filter on rows of the type.
func (w *randomContent) filter(name string, depth int) *content.Filter {
	n := w.rng.IntN(10)
	if depth <= 0 {
		n = 3 + w.rng.IntN(4)
	}
	switch n {
	case 0, 1, 2:
		f := &content.Filter{Op: content.FilterOp(n)} // And, Or, Not
		for range max(n-1, w.rng.IntN(3)) {
			f.Of = append(f.Of, w.filter(name, depth-1))
		}
		if f.Op == content.Not {
			f.Of = []*content.Filter{w.filter(name, depth-1)}
		}
		return f
	case 7, 8, 9:
		links := map[string][][2]string{
			"Talk":     {{"events", "Event"}, {"children", "Talk"}, {"parent", "Talk"}, {"process", "Talk"}},
			"Event":    {{"talk", "Talk"}, {"mediators", "Mediator"}, {"issues", "Issue"}},
			"Mediator": {{"events", "Event"}}, "Issue": {{"events", "Event"}},
		}[name]
		link := links[w.rng.IntN(len(links))]
		f := &content.Filter{Op: content.Some, Field: link[0], Type: content.TypeNamed(link[1]), Of: []*content.Filter{w.filter(link[1], depth-1)}}
		if w.rng.IntN(5) == 0 {
			f.Of = []*content.Filter{{Op: content.In, Field: "slug", Values: []any{strings.ToLower(link[1]) + "-1"}}}
		}
		if w.rng.IntN(5) == 0 {
			f = &content.Filter{Op: content.IsNull, Field: link[0], Type: f.Type}
			if w.rng.IntN(2) == 0 {
				f = &content.Filter{Op: content.Not, Of: []*content.Filter{f}}
			}
		}
		return f
	default:
		return w.test(name)
	}
}

// together makes tests of events that all hold: what timelines and indexes answer.
func (w *randomContent) together() *content.Filter {
	f := &content.Filter{Op: content.And}
	for range 1 + w.rng.IntN(3) {
		of := w.test("Event")
		switch w.rng.IntN(4) {
		case 0:
			of = w.during("occurredOn")
		case 1:
			field := w.pick("mediators", "issues", "talk")
			to := map[string]string{"mediators": "Mediator", "issues": "Issue", "talk": "Talk"}[field]
			slug := &content.Filter{Op: content.In, Field: "slug", Values: []any{strings.ToLower(to) + w.pick("-0", "-1", "-2", "-3")}}
			of = &content.Filter{Op: content.Some, Field: field, Type: content.TypeNamed(to), Of: []*content.Filter{slug}}
		}
		f.Of = append(f.Of, of)
	}
	return f
}

// test makes a random test of one field.
func (w *randomContent) test(name string) *content.Filter {
	title := content.TypeNamed(name).Title()
	of := []*content.Filter{
		{Op: content.StartsWith, Field: title, Values: []any{w.pick("Round", "the", "É", "")}},
		{Op: content.Contains, Field: title, Values: []any{w.pick("ROUND", "elan", "talks", `"oun`)}},
		{Op: content.In, Field: title, Values: []any{w.pick("Élan", "Round 2 of talks"), "round"}},
		{Op: content.In, Field: "slug", Values: []any{strings.ToLower(name) + "-1", strings.ToLower(name) + "-2"}},
		{Op: content.In, Field: "locale", Values: []any{"fr"}},
		{Op: w.comparison(), Field: w.pick("createdAt", "updatedAt"), Values: []any{w.at[content.Revision(1+w.rng.IntN(3))].Add(time.Duration(w.rng.IntN(3)-1) * time.Millisecond)}},
		{Op: w.comparison(), Field: "revision", Values: []any{int64(w.rng.IntN(4))}},
	}
	switch name {
	case "Talk":
		of = append(of, w.during("startedOn"), &content.Filter{Op: content.In, Field: "talkStatus", Values: []any{"STALLED"}})
	case "Mediator":
		of = append(of, &content.Filter{Op: content.IsNull, Field: "country"}, &content.Filter{Op: content.In, Field: "aliases", Values: []any{"Doha"}},
			&content.Filter{Op: content.Contains, Field: "aliases", Values: []any{"ELAN"}})
	case "Event":
		of = append(of, w.during("occurredOn"), &content.Filter{Op: w.comparison(), Field: "sequence", Values: []any{int64(w.rng.IntN(4))}},
			&content.Filter{Op: content.In, Field: "recurring", Values: []any{w.rng.IntN(2) == 0}}, &content.Filter{Op: content.In, Field: "eventKind"},
			&content.Filter{Op: content.In, Field: "eventKind", Values: []any{"STATEMENT"}}, &content.Filter{Op: content.In, Field: "outlook", Values: []any{"MIXED", "UNKNOWN"}},
			&content.Filter{Op: content.In, Field: "place.name", Values: []any{"Doha", "Cairo"}}, &content.Filter{Op: content.StartsWith, Field: "place.country", Values: []any{"E"}},
			w.valueless("occurredOn", "sequence", "recurring", "place", "place.country", "summary"))
	}
	return of[w.rng.IntN(len(of))]
}

// comparison picks one of the tests of numbers and instants.
func (w *randomContent) comparison() content.FilterOp {
	return []content.FilterOp{content.In, content.Less, content.AtMost, content.More, content.AtLeast}[w.rng.IntN(5)]
}

// valueless tests that a field has no value, or that it has one.
func (w *randomContent) valueless(fields ...string) *content.Filter {
	f := &content.Filter{Op: content.IsNull, Field: w.pick(fields...)}
	if w.rng.IntN(2) == 0 {
		return &content.Filter{Op: content.Not, Of: []*content.Filter{f}}
	}
	return f
}

func (w *randomContent) during(field string) *content.Filter {
	from, until := content.FuzzyDate{}.SortKeys()
	for from > until || from == until {
		from, _ = w.date().SortKeys()
		_, until = w.date().SortKeys()
	}
	switch w.rng.IntN(6) {
	case 0:
		from = math.MinInt64
	case 1:
		until = math.MaxInt64
	}
	return &content.Filter{Op: content.During, Field: field, Span: content.Span{From: from, Until: until, Within: w.rng.IntN(2) == 0}}
}

// holds evaluates a filter on an item, naively.
func (w *randomContent) holds(f *content.Filter, item content.Item) bool {
	each := func(of *content.Filter) bool { return w.holds(of, item) }
	switch f.Op {
	case content.And:
		return !slices.ContainsFunc(f.Of, func(of *content.Filter) bool { return !each(of) })
	case content.Or:
		return slices.ContainsFunc(f.Of, each)
	case content.Not:
		return !each(f.Of[0])
	case content.Some:
		return slices.ContainsFunc(w.linked(item, f.Field, f.Type.Name), func(i content.Item) bool { return w.seen(i) && w.holds(f.Of[0], i) })
	}
	if f.Op == content.IsNull && f.Type != nil {
		return !slices.ContainsFunc(w.linked(item, f.Field, f.Type.Name), w.seen)
	}
	value := w.value(item, f.Field)
	switch v := value.(type) {
	case content.FuzzyDate:
		from, until := v.SortKeys()
		switch {
		case f.Op == content.IsNull || v.IsZero():
			return f.Op == content.IsNull && v.IsZero()
		case f.Span.Within:
			return from >= f.Span.From && until <= f.Span.Until
		default:
			return from <= f.Span.Until && until >= f.Span.From
		}
	case int64:
		return testNumber(f, v, func(i int) int64 { n, _ := f.Values[i].(int64); return n })
	case time.Time:
		return testNumber(f, v.UnixMilli(), func(i int) int64 { at, _ := f.Values[i].(time.Time); return at.UnixMilli() })
	case []string:
		return slices.ContainsFunc(v, func(s string) bool { return testText(f, s) })
	case string:
		return testText(f, v)
	case map[string]any:
		return false // a place is there
	case nil:
		return f.Op == content.IsNull
	default:
		return slices.Contains(f.Values, value)
	}
}

// value is what a test of a field is about.
func (w *randomContent) value(item content.Item, field string) any {
	place, _ := item.Values["place"].(map[string]any)
	switch field {
	case "slug":
		return string(item.Slug)
	case "revision":
		return int64(w.made[item.Key])
	case "createdAt", "updatedAt":
		return w.at[w.made[item.Key]]
	case "place.name":
		return place["name"]
	case "place.country":
		return place["country"]
	case "place":
		if place == nil {
			return nil
		}
	}
	return item.Values[field]
}

func testNumber(f *content.Filter, v int64, operand func(int) int64) bool {
	if f.Op == content.IsNull {
		return false
	}
	n := operand(0)
	switch f.Op {
	case content.Less:
		return v < n
	case content.AtMost:
		return v <= n
	case content.More:
		return v > n
	case content.AtLeast:
		return v >= n
	default:
		return v == n
	}
}

func testText(f *content.Filter, v string) bool {
	switch f.Op {
	case content.IsNull:
		return v == ""
	case content.StartsWith:
		if f.Field == "title" || f.Field == "name" {
			return strings.HasPrefix(fold.Text(v), fold.Text(fmt.Sprint(f.Values[0])))
		}
		return strings.HasPrefix(v, fmt.Sprint(f.Values[0]))
	case content.Contains:
		return strings.Contains(fold.Text(v), fold.Text(fmt.Sprint(f.Values[0])))
	default:
		return slices.Contains(f.Values, any(v))
	}
}

// linked follows a field of an item, naively.
func (w *randomContent) linked(item content.Item, field, to string) []content.Item {
	if item.Type.Name == "Talk" && field == "process" {
		for w.up(item).Type != nil {
			item = w.up(item)
		}
		return []content.Item{item}
	}
	return slices.DeleteFunc(slices.Clone(w.items[to]), func(i content.Item) bool {
		switch item.Type.Name + "." + field {
		case "Talk.children":
			return w.up(i).Key != item.Key
		case "Talk.events":
			ref, _ := i.Values["talk"].(content.Ref)
			at := w.find("Talk", ref.Key)
			for at.Type != nil && at.Key != item.Key {
				at = w.up(at)
			}
			return at.Type == nil
		case "Mediator.events", "Issue.events":
			list, _ := i.Values[strings.ToLower(item.Type.Name)+"s"].([]content.Ref)
			return !slices.ContainsFunc(list, func(r content.Ref) bool { return r.Key == item.Key })
		}
		if list, ok := item.Values[field].([]content.Ref); ok {
			return !slices.ContainsFunc(list, func(r content.Ref) bool { return r.Key == i.Key })
		}
		ref, ok := item.Values[field].(content.Ref)
		return !ok || ref.Key != i.Key
	})
}

func (w *randomContent) up(talk content.Item) content.Item {
	ref, _ := talk.Values["parent"].(content.Ref)
	return w.find("Talk", ref.Key)
}

func (w *randomContent) find(name string, key content.Key) content.Item {
	i := slices.IndexFunc(w.items[name], func(i content.Item) bool { return i.Key == key })
	if i < 0 {
		return content.Item{}
	}
	return w.items[name][i]
}

// openWorld writes the world in three revisions, events in each of them.
func openWorld(t *testing.T, w *randomContent) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	events := w.items["Event"]
	for i := range 3 {
		set := content.ChangeSet{Author: "a", Reason: "IMPORT", Items: events[i*len(events)/3 : (i+1)*len(events)/3]}
		if i == 0 {
			for _, name := range []string{"Talk", "Mediator", "Issue"} {
				set.Items = append(slices.Clip(set.Items), w.items[name]...)
			}
		}
		rev, err := s.Write(t.Context(), set)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range set.Items {
			w.made[item.Key] = rev
		}
		var ms int64
		if err := s.readers.QueryRow("SELECT at FROM revision WHERE number = $1", int64(rev)).Scan(&ms); err != nil {
			t.Fatal(err)
		}
		w.at[rev] = time.UnixMilli(ms)
	}
	return s
}
