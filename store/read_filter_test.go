package store

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"parley/content"
	"parley/store/sqlgen"
)

var worlds = flag.Uint64("worlds", 3, "random worlds that filters are tried on")

// TestFiltersEqualANaiveReading holds random filters on random content against an evaluation in Go: for the public and for
// staff, and with lists that are looked up as with lists that are scanned.
func TestFiltersEqualANaiveReading(t *testing.T) {
	for _, who := range []content.Audience{content.Public, content.Staff} {
		for _, frequent := range []int{sqlgen.DefaultFrequent, 4} {
			t.Run(fmt.Sprintf("%v %d", who, frequent), func(t *testing.T) {
				found := 0
				for seed := range *worlds {
					w := newWorld(seed)
					w.who = who
					s := openWorld(t, w)
					s.frequent = frequent
					for range 60 {
						found += tryFilter(t, s, w, seed)
					}
				}
				if found == 0 {
					t.Error("no filter found anything: nothing was tried")
				}
			})
		}
	}
}

// tryFilter reads a list by a random filter, in a random order, and returns how many rows it should have.
func tryFilter(t *testing.T, s *Store, w *randomContent, seed uint64) int {
	t.Helper()
	name := w.pick("Talk", "Event", "Event", "Event", "Mediator", "Issue")
	f := w.filter(name, 3)
	if name == "Event" && w.rng.IntN(2) == 0 {
		f = w.together()
	}
	sel := &content.Selection{
		Type: content.TypeNamed(name), Fields: []string{"slug"}, Rows: true, Total: true, Filter: f, Page: content.Page{Size: 100},
		Sort: content.Sort{Field: w.pick("", "updatedAt", content.TypeNamed(name).Title()), Descending: w.rng.IntN(2) == 0},
	}
	res, _, err := s.Read(t.Context(), w.view(), []*content.Selection{sel})
	if err != nil {
		t.Fatalf("seed %d, %s: %v", seed, show(f), err)
	}
	var got, want []string
	for _, row := range res[0].Lists[0].Rows {
		got = append(got, fmt.Sprint(row.Values[0]))
	}
	for _, item := range w.items[name] {
		if w.seen(item) && w.holds(f, item) {
			want = append(want, string(item.Slug))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || res[0].Lists[0].Total != len(want) {
		t.Fatalf("seed %d, %s where %s by %v:\ngot  %v (total %d)\nwant %v", seed, name, show(f), sel.Sort, got, res[0].Lists[0].Total, want)
	}
	return len(want)
}

// TestResidualFiltersAreBounded lists events by tests that no index serves: a page that is full within the bound is
// answered, a page or a number that would take more is refused with the condition that is at fault.
func TestResidualFiltersAreBounded(t *testing.T) {
	s := openWorld(t, newWorld(1))
	s.residual = 10
	s.frequent = 4
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
		"within a span without an end": read(&content.Filter{Op: content.And, Of: []*content.Filter{
			{Op: content.During, Field: "occurredOn", Span: content.Span{From: 0, Until: math.MaxInt64}}, not(not(nobody)),
		}}, 5, false, false),
		"across a relation": read(&content.Filter{Op: content.Some, Field: "talk", Type: content.TypeNamed("Talk"), Of: []*content.Filter{{Op: content.Some, Field: "events", Type: content.TypeNamed("Event"), Of: []*content.Filter{not(nobody)}}}}, 5, false, false),
	} {
		if e, ok := errors.AsType[*content.Error](err); !ok || e.Code != content.LimitExceeded || e.Field != "where" || !strings.Contains(e.Message, "(limit residual)") {
			t.Errorf("%s: %v, want LIMIT_EXCEEDED", name, err)
		}
	}
	s.residual = 100
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
		for n, l := range timelines() {
			have := fmt.Sprintf("SELECT parent_id, event_id, earliest, latest, sequence FROM event_list WHERE list = %d", n)
			want := "SELECT p.parent_id, x.id, x.occurred_on_earliest, x.occurred_on_latest, COALESCE(x.sequence, 0) FROM (SELECT " + l.Parent + " AS parent_id, e.id AS event_id FROM " + l.From + ") AS p JOIN event AS x ON x.id = p.event_id WHERE x.visible = 1"
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

// TestPagesOverInserts scans lists in every order both ways while rows are inserted: what was there from the start
// comes once and in order, and what is withheld never, but for staff.
func TestPagesOverInserts(t *testing.T) {
	orders := map[string][]string{
		"Event": {"", "occurredOn", "title", "createdAt", "updatedAt"}, "Talk": {"", "startedOn", "latestEventOn", "title"}, "Mediator": {"", "name"},
	}
	for name, fields := range orders {
		for _, field := range fields {
			for mode := range 8 {
				t.Run(fmt.Sprintf("%s by %s %d", name, cmp.Or(field, "default"), mode), func(t *testing.T) {
					w := newWorld(uint64(mode))
					w.who = []content.Audience{content.Public, content.Staff}[mode/4]
					s := openWorld(t, w)
					start := len(w.items[name])
					sel := content.Selection{Type: content.TypeNamed(name), Fields: []string{"slug"}, Rows: true, Cursors: true, Before: true, Sort: content.Sort{Field: field, Descending: mode%2 == 1}}
					sel.Page = content.Page{Size: 3, Backward: mode/2%2 == 1}
					var seen []string
					for page := 0; ; page++ {
						res, _, err := s.Read(t.Context(), w.view(), []*content.Selection{&sel})
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
						if w.seen(item) != (count[string(item.Slug)] == 1) {
							t.Errorf("%s came %d times in %v", item.Slug, count[string(item.Slug)], seen)
						}
					}
				})
			}
		}
	}
}
