package store

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/content"
	"parley/internal/fold"
)

// world is random content, and a naive reading of it to hold the store against.
type world struct {
	rng   *rand.Rand
	items map[string][]content.Item // by type
}

func newWorld(seed uint64) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 1)), items: map[string][]content.Item{}}
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
			"eventKind": w.pick("STATEMENT", "MEETING"), "occurredOn": w.date(), "recurring": w.rng.IntN(2) == 0,
			"mediators": w.refs("Mediator"), "issues": w.refs("Issue"),
		}
		if w.rng.IntN(4) > 0 {
			values["talk"] = w.ref("Talk")
		}
		if w.rng.IntN(3) > 0 {
			values["sequence"] = int64(w.rng.IntN(4))
		}
		w.add("Event", values)
	}
	return w
}

func (w *world) pick(of ...string) string { return of[w.rng.IntN(len(of))] }

func (w *world) some(of ...string) []string {
	return slices.DeleteFunc(slices.Clone(of), func(string) bool { return w.rng.IntN(2) == 0 })
}

func (w *world) date() content.FuzzyDate {
	d, err := content.ParseEDTF(w.pick("2023-11-24", "2023-11", "2023", "2024~", "2023-10~/2023-12~", "2023-12-01/..", "2024-03-03"))
	if err != nil || w.rng.IntN(5) == 0 {
		return content.FuzzyDate{}
	}
	return d
}

func (w *world) ref(name string) content.Ref {
	list := w.items[name]
	return content.Ref{Type: name, Key: list[w.rng.IntN(len(list))].Key}
}

func (w *world) refs(name string) []content.Ref {
	var list []content.Ref
	for range w.rng.IntN(3) {
		if ref := w.ref(name); !slices.Contains(list, ref) {
			list = append(list, ref)
		}
	}
	return list
}

func (w *world) add(name string, values map[string]any) {
	t := content.TypeNamed(name)
	slug := content.Slug(fmt.Sprintf("%s-%d", strings.ToLower(name), len(w.items[name])))
	values[titleOf(t)] = w.pick("Élan", "round", "Round 2", "the long round", "Zoë") + w.pick("", " of talks")
	values["locale"] = "en"
	w.items[name] = append(w.items[name], content.Item{Type: t, Slug: slug, Key: content.NamedKey(name, slug), Values: values})
}

func (w *world) all() []content.Item {
	var all []content.Item
	for _, t := range content.Types() {
		all = append(all, w.items[t.Name]...)
	}
	return all
}

// filter makes a random filter on rows of the type.
func (w *world) filter(name string, depth int) *content.Filter {
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
			return &content.Filter{Op: content.IsNull, Field: link[0], Type: f.Type}
		}
		return f
	default:
		return w.test(name)
	}
}

// test makes a random test of one field.
func (w *world) test(name string) *content.Filter {
	title := titleOf(content.TypeNamed(name))
	of := []*content.Filter{
		{Op: content.StartsWith, Field: title, Values: []any{w.pick("Round", "the", "É", "")}},
		{Op: content.Contains, Field: title, Values: []any{w.pick("ROUND", "elan", "talks", `"oun`)}},
		{Op: content.In, Field: "slug", Values: []any{strings.ToLower(name) + "-1", strings.ToLower(name) + "-2"}},
	}
	switch name {
	case "Talk":
		of = append(of, w.during("startedOn"), &content.Filter{Op: content.In, Field: "talkStatus", Values: []any{"STALLED"}})
	case "Mediator":
		of = append(of, &content.Filter{Op: content.IsNull, Field: "country"}, &content.Filter{Op: content.In, Field: "aliases", Values: []any{"Doha"}},
			&content.Filter{Op: content.Contains, Field: "aliases", Values: []any{"ELAN"}})
	case "Event":
		of = append(of, w.during("occurredOn"), &content.Filter{Op: content.Less, Field: "sequence", Values: []any{int64(2)}},
			&content.Filter{Op: content.AtMost, Field: "sequence", Values: []any{int64(0)}}, &content.Filter{Op: content.IsNull, Field: "occurredOn"},
			&content.Filter{Op: content.In, Field: "recurring", Values: []any{true}}, &content.Filter{Op: content.In, Field: "eventKind"})
	}
	return of[w.rng.IntN(len(of))]
}

func (w *world) during(field string) *content.Filter {
	from, until := content.FuzzyDate{}.SortKeys()
	for from > until || from == until {
		from, _ = w.date().SortKeys()
		_, until = w.date().SortKeys()
	}
	return &content.Filter{Op: content.During, Field: field, Span: content.Span{From: from, Until: until, Within: w.rng.IntN(2) == 0}}
}

// holds evaluates a filter on an item, naively.
func (w *world) holds(f *content.Filter, item content.Item) bool {
	each := func(of *content.Filter) bool { return w.holds(of, item) }
	switch f.Op {
	case content.And:
		return !slices.ContainsFunc(f.Of, func(of *content.Filter) bool { return !each(of) })
	case content.Or:
		return slices.ContainsFunc(f.Of, each)
	case content.Not:
		return !each(f.Of[0])
	case content.Some:
		return slices.ContainsFunc(w.linked(item, f.Field, f.Type.Name), func(i content.Item) bool { return w.holds(f.Of[0], i) })
	}
	if f.Op == content.IsNull && f.Type != nil {
		return len(w.linked(item, f.Field, f.Type.Name)) == 0
	}
	value := item.Values[f.Field]
	if f.Field == "slug" {
		value = string(item.Slug)
	}
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
		n, _ := f.Values[0].(int64)
		return v < n || f.Op == content.AtMost && v == n
	case []string:
		return slices.ContainsFunc(v, func(s string) bool { return testText(f, s) })
	case string:
		return testText(f, v)
	default:
		return slices.Contains(f.Values, value) && value != nil
	}
}

func testText(f *content.Filter, v string) bool {
	switch f.Op {
	case content.IsNull:
		return v == ""
	case content.StartsWith:
		return strings.HasPrefix(v, fmt.Sprint(f.Values[0]))
	case content.Contains:
		return strings.Contains(fold.Text(v), fold.Text(fmt.Sprint(f.Values[0])))
	default:
		return slices.Contains(f.Values, any(v))
	}
}

// linked follows a field of an item, naively.
func (w *world) linked(item content.Item, field, to string) []content.Item {
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

func (w *world) up(talk content.Item) content.Item {
	ref, _ := talk.Values["parent"].(content.Ref)
	return w.find("Talk", ref.Key)
}

func (w *world) find(name string, key content.Key) content.Item {
	i := slices.IndexFunc(w.items[name], func(i content.Item) bool { return i.Key == key })
	if i < 0 {
		return content.Item{}
	}
	return w.items[name][i]
}

func openWorld(t *testing.T, w *world) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "IMPORT", Items: w.all()}); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFiltersEqualANaiveReading holds random filters on random content against an evaluation in Go.
func TestFiltersEqualANaiveReading(t *testing.T) {
	found := 0
	for seed := range uint64(8) {
		w := newWorld(seed)
		s := openWorld(t, w)
		for range 50 {
			name := w.pick("Talk", "Event", "Event", "Mediator", "Issue")
			f := w.filter(name, 3)
			sel := &content.Selection{Type: content.TypeNamed(name), Fields: []string{"slug"}, Rows: true, Total: true, Filter: f, Page: content.Page{Size: 100}}
			res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, show(f), err)
			}
			var got, want []string
			for _, row := range res[0].Lists[0].Rows {
				got = append(got, fmt.Sprint(row.Values[0]))
			}
			for _, item := range w.items[name] {
				if w.holds(f, item) {
					want = append(want, string(item.Slug))
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || res[0].Lists[0].Total != len(want) {
				t.Fatalf("seed %d, %s where %s:\ngot  %v (total %d)\nwant %v", seed, name, show(f), got, res[0].Lists[0].Total, want)
			}
			found += len(want)
		}
	}
	if found == 0 {
		t.Error("no filter found anything: nothing was tried")
	}
}

// TestResidualFiltersAreBounded lists events by tests that no index serves: a page that is full within the bound is
// answered, a page or a number that would take more is refused with the condition that is at fault.
func TestResidualFiltersAreBounded(t *testing.T) {
	s := openWorld(t, newWorld(1))
	s.LimitResidual(10)
	not := func(f *content.Filter) *content.Filter {
		return &content.Filter{Op: content.Not, Of: []*content.Filter{f}}
	}
	nobody := &content.Filter{Op: content.In, Field: "slug", Values: []any{"nobody"}}
	read := func(f *content.Filter, size int, total, back bool) error {
		sel := &content.Selection{Type: content.TypeNamed("Event"), Rows: true, Total: total, Filter: f, Page: content.Page{Size: size, Backward: back}, Fields: []string{"slug"}}
		res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel})
		if err == nil && len(res[0].Lists[0].Rows) != size {
			t.Errorf("%d rows, want %d", len(res[0].Lists[0].Rows), size)
		}
		return err
	}
	for _, back := range []bool{false, true} {
		if err := read(not(nobody), 5, false, back); err != nil {
			t.Errorf("a page that is full within the bound: %v", err)
		}
	}
	for name, err := range map[string]error{
		"a page that is not":           read(not(not(nobody)), 5, false, false),
		"a total":                      read(not(nobody), 5, true, false),
		"by a column without an index": read(not(&content.Filter{Op: content.IsNull, Field: "summary"}), 5, false, false),
		"across a relation":            read(&content.Filter{Op: content.Some, Field: "talk", Type: content.TypeNamed("Talk"), Of: []*content.Filter{{Op: content.Some, Field: "events", Type: content.TypeNamed("Event"), Of: []*content.Filter{not(nobody)}}}}, 5, false, false),
	} {
		if e, ok := errors.AsType[*content.Error](err); !ok || e.Code != content.LimitExceeded || !strings.Contains(e.Message, "--max-residual") {
			t.Errorf("%s: %v, want LIMIT_EXCEEDED", name, err)
		}
	}
	s.LimitResidual(100)
	if err := read(not(nobody), 5, true, false); err != nil {
		t.Errorf("a list shorter than the bound: %v", err)
	}
}

// TestTimelinesFollowTheTables changes events and moves talks at random, and holds what is kept in order against what
// the tables say.
func TestTimelinesFollowTheTables(t *testing.T) {
	w := newWorld(3)
	s := openWorld(t, w)
	for round := range 30 {
		var set []content.Item
		for range 1 + w.rng.IntN(4) {
			e := w.items["Event"][w.rng.IntN(len(w.items["Event"]))]
			e.Values["talk"], e.Values["occurredOn"], e.Values["mediators"] = w.ref("Talk"), w.date(), w.refs("Mediator")
			set = append(set, e)
		}
		if i := 1 + w.rng.IntN(7); round%2 == 0 { // a talk moves below an earlier one, so that no circle is made
			w.items["Talk"][i].Values["parent"] = content.Ref{Type: "Talk", Key: w.items["Talk"][w.rng.IntN(i)].Key}
			set = append(set, w.items["Talk"][i])
		}
		if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Items: set}); err != nil {
			t.Fatal(err)
		}
		for n, pairs := range timelines() {
			have := fmt.Sprintf("SELECT parent_id, event_id, earliest, latest, sequence FROM event_list WHERE list = %d", n)
			want := "SELECT p.parent_id, x.id, x.occurred_on_earliest, x.occurred_on_latest, COALESCE(x.sequence, 0) FROM (" + pairs + ") AS p JOIN event AS x ON x.id = p.event_id WHERE x.visible = 1"
			var wrong int
			text := "SELECT (SELECT COUNT(*) FROM (" + have + " EXCEPT " + want + ")) + (SELECT COUNT(*) FROM (" + want + " EXCEPT " + have + "))"
			if err := s.readers.QueryRow(text).Scan(&wrong); err != nil || wrong > 0 {
				t.Fatalf("round %d: timeline %d differs in %d rows (%v)", round, n, wrong, err)
			}
		}
	}
}

// show writes a filter for a reader.
func show(f *content.Filter) string {
	of := make([]string, len(f.Of))
	for i, x := range f.Of {
		of[i] = show(x)
	}
	return fmt.Sprintf("%d(%s %v %v %s)", f.Op, f.Field, f.Values, f.Span, strings.Join(of, ", "))
}

// TestPagesOverInserts walks lists in every order both ways while rows are inserted: what was there from the start
// comes once and in order.
func TestPagesOverInserts(t *testing.T) {
	orders := map[string][]string{
		"Event": {"", "occurredOn", "title", "createdAt", "updatedAt"}, "Talk": {"", "startedOn", "latestEventOn", "title"}, "Mediator": {"", "name"},
	}
	for name, fields := range orders {
		for _, field := range fields {
			for mode := range 4 {
				t.Run(fmt.Sprintf("%s by %s %d", name, cmp.Or(field, "default"), mode), func(t *testing.T) {
					w := newWorld(uint64(mode))
					s := openWorld(t, w)
					start := len(w.items[name])
					sel := content.Selection{Type: content.TypeNamed(name), Fields: []string{"slug"}, Rows: true, Cursors: true, Before: true, Sort: content.Sort{Field: field, Descending: mode%2 == 1}}
					sel.Page = content.Page{Size: 3, Backward: mode/2 == 1}
					var seen []string
					for page := 0; ; page++ {
						res, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{&sel})
						if err != nil {
							t.Fatal(err)
						}
						list := res[0].Lists[0]
						if page > 0 && !sel.Page.Backward && !list.HasPrevious || page > 0 && sel.Page.Backward && !list.HasNext {
							t.Errorf("page %d does not know that rows lie on its other side", page)
						}
						for i := range list.Rows {
							row := list.Rows[i]
							if sel.Page.Backward {
								row = list.Rows[len(list.Rows)-1-i]
								sel.Page.Before = row.Order
							} else {
								sel.Page.After = row.Order
							}
							seen = append(seen, fmt.Sprint(row.Values[0]))
						}
						if !list.HasNext && !sel.Page.Backward || !list.HasPrevious && sel.Page.Backward {
							break
						}
						w.add(name, map[string]any{"occurredOn": w.date(), "startedOn": w.date()})
						if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Items: w.items[name][len(w.items[name])-1:]}); err != nil {
							t.Fatal(err)
						}
						if page > 100 {
							t.Fatal("the list has no end")
						}
					}
					count := map[string]int{}
					for _, slug := range seen {
						if count[slug]++; count[slug] > 1 {
							t.Errorf("%s came twice", slug)
						}
					}
					for _, item := range w.items[name][:start] {
						if count[string(item.Slug)] != 1 {
							t.Errorf("%s was missed in %v", item.Slug, seen)
						}
					}
				})
			}
		}
	}
}
