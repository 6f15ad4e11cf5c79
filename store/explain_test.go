package store

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"parley/bench/data"
	"parley/content"
)

// TestServedFiltersUseIndexes holds that what is called served reads no table from end to end and sorts no list: it
// asks SQLite how it runs each statement.
func TestServedFiltersUseIndexes(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Write(t.Context(), data.New(500).ChangeSet()); err != nil {
		t.Fatal(err)
	}
	type statement struct {
		text string
		args []any
	}
	var statements []statement
	s.Trace(func(text string, args []any) { statements = append(statements, statement{text, args}) })
	event, talk, mediator := content.TypeNamed("Event"), content.TypeNamed("Talk"), content.TypeNamed("Mediator")
	of := func(f ...*content.Filter) *content.Filter { return &content.Filter{Op: content.And, Of: f} }
	is := func(field string, v ...any) *content.Filter {
		return &content.Filter{Op: content.In, Field: field, Values: v}
	}
	year := &content.Filter{Op: content.During, Field: "occurredOn", Span: content.Span{From: 1_200_000_000, Until: 1_210_000_000}}
	since := &content.Filter{Op: content.During, Field: "occurredOn", Span: content.Span{From: 1_200_000_000, Until: math.MaxInt64, Within: true}}
	page := content.Page{Size: 20}
	root := func(t *content.Type, f *content.Filter, by string, down bool) *content.Selection {
		return &content.Selection{Type: t, Rows: true, Fields: []string{"slug"}, Page: page, Filter: f, Sort: content.Sort{Field: by, Descending: down}}
	}
	below := func(parent *content.Type, slug content.Slug, child *content.Selection) *content.Selection {
		return &content.Selection{Type: parent, Slug: slug, Rows: true, Children: []*content.Selection{child}}
	}
	events := func(f *content.Filter, down bool) *content.Selection {
		sel := root(event, f, "", down)
		sel.Relation = "events"
		return sel
	}
	after := root(event, nil, "", false)
	after.Page.After = []any{int64(1_200_000_000), int64(1_200_000_000), int64(0), int64(7)}
	after.Before = true
	for name, sel := range map[string]*content.Selection{
		"all events":                  root(event, nil, "", false),
		"all events, newest first":    root(event, nil, "", true),
		"a page further on":           after,
		"by id":                       root(event, of(is("id", int64(1), int64(2))), "", false),
		"by outlook":                  root(event, of(is("outlook", "OPTIMISTIC")), "", false),
		"by kinds":                    root(event, of(is("eventKind", "STATEMENT", "MEETING")), "", true),
		"by slug":                     root(event, of(is("slug", "event-1")), "", false),
		"events in a year":            root(event, of(year), "", false),
		"events since":                root(event, of(since), "", false),
		"by title, three letters":     root(event, of(&content.Filter{Op: content.Contains, Field: "title", Values: []any{"truce"}}), "", false),
		"by a rare title":             root(event, of(&content.Filter{Op: content.Contains, Field: "title", Values: []any{"zebra"}}), "", false),
		"by words":                    root(event, of(&content.Filter{Op: content.Matches, Field: "summary", Values: []any{"truce"}}), "", false),
		"of a mediator":               root(event, of(&content.Filter{Op: content.Some, Field: "mediators", Type: mediator, Of: []*content.Filter{of(is("slug", "mediator-1"))}}), "", false),
		"of a talk":                   root(event, of(&content.Filter{Op: content.Some, Field: "talk", Type: talk, Of: []*content.Filter{of(is("slug", "talk-1"))}}), "", false),
		"by title":                    root(event, nil, "title", false),
		"last changed":                root(event, nil, "updatedAt", true),
		"talks by latest event":       root(talk, of(is("talkStatus", "STALLED")), "latestEventOn", true),
		"mediators by name":           root(mediator, nil, "name", false),
		"timeline of a talk":          below(talk, "talk-0", events(nil, false)),
		"newest of a talk":            below(talk, "talk-0", events(nil, true)),
		"timeline of a mediator":      below(mediator, "mediator-0", events(of(year), false)),
		"statements of a mediator":    below(mediator, "mediator-0", events(of(year, is("eventKind", "STATEMENT")), true)),
		"search":                      {Type: content.SearchHit(), Search: &content.Search{Query: "truce"}, Page: page, Rows: true},
		"talks with their mediators":  {Type: talk, Rows: true, Page: page, Children: []*content.Selection{{Type: mediator, Relation: "mediators", Rows: true, Fields: []string{"name"}, Page: content.Page{Size: 5}}}},
		"what became of the optimism": {Type: talk, Rows: true, Page: page, Children: []*content.Selection{{Type: content.RowType("TrackRecord"), Relation: "trackRecord"}}},
	} {
		t.Run(name, func(t *testing.T) {
			statements = nil
			if _, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel}); err != nil {
				t.Fatal(err)
			}
			for _, st := range statements {
				for _, step := range howItRuns(t, s, st.text, st.args) {
					step = strings.TrimLeft(step, " ")
					table, whole := strings.CutPrefix(step, "SCAN ")
					// A list without a filter walks the index of its order until the page is full.
					walk := sel.Filter == nil && strings.HasPrefix(table, "x USING ") && strings.Contains(st.text, "LIMIT")
					small := walk || strings.Contains(step, "VIRTUAL TABLE") || strings.HasPrefix(table, "(") || table == "p" || table == "c" || table == "l" || strings.HasPrefix(table, "CONSTANT")
					if whole && !small {
						t.Errorf("%s in\n%s", step, st.text)
					}
				}
			}
		})
	}
}

// howItRuns asks SQLite how it runs a statement.
func howItRuns(t *testing.T, s *Store, text string, args []any) []string {
	t.Helper()
	steps, err := s.Explain(t.Context(), text, args)
	if err != nil || len(steps) == 0 {
		t.Fatalf("%v in %s", err, text)
	}
	return steps
}
