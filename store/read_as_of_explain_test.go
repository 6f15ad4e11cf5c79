package store

import (
	"strings"
	"testing"

	"parley/bench/data"
	"parley/content"
)

// TestPastIsLookedUp holds that lists of the past scan the places of events in their order and look rows up by their keys:
// no table and no history is read from end to end, and of an item's versions only the one that is wanted.
func TestPastIsLookedUp(t *testing.T) {
	s := open(t)
	set := data.New(300)
	if _, err := s.Write(t.Context(), set.ChangeSet()); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		change := content.Change{Op: content.Update, Type: content.TypeNamed("Event"), Key: set.Ref("Event", i).Key, Values: map[string]any{"title": "Revised"}}
		if _, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: []content.Change{change}}); err != nil {
			t.Fatal(err)
		}
	}
	type statement struct {
		text string
		args []any
	}
	var statements []statement
	s.Trace(func(text string, args []any) { statements = append(statements, statement{text, args}) })
	talk, event, mediator, issue := content.TypeNamed("Talk"), content.TypeNamed("Event"), content.TypeNamed("Mediator"), content.TypeNamed("Issue")
	page := func(down bool) *content.Selection {
		return &content.Selection{
			Relation: "events", Type: event, Rows: true, Fields: []string{"title"}, Page: content.Page{Size: 50}, Sort: content.Sort{Descending: down},
			Children: []*content.Selection{
				{Relation: "mediators", Type: mediator, Rows: true, Fields: []string{"name"}},
				{Relation: "issues", Type: issue, Rows: true, Fields: []string{"title"}},
			},
		}
	}
	all := page(true)
	all.Relation, all.At = "", 2
	for name, sel := range map[string]*content.Selection{
		"timeline of a talk":  {Type: talk, Slug: "talk-0", Rows: true, At: 2, Children: []*content.Selection{page(true)}},
		"the same by its key": {Type: talk, Keys: []content.Key{set.Ref("Talk", 0).Key}, Rows: true, At: 2, Children: []*content.Selection{page(false)}},
		"participations": {Type: talk, Slug: "talk-0", Rows: true, At: 2, Children: []*content.Selection{{
			Relation: "participations", Type: content.RowType("Participation"), Rows: true, Fields: []string{"role"}, Page: content.Page{Size: 20},
		}}},
		"of a mediator":        {Type: mediator, Slug: "mediator-0", Rows: true, At: 2, Children: []*content.Selection{page(true)}},
		"newest of all events": all,
		"history":              {Type: event, Slug: "event-1", Rows: true, At: 4, Children: []*content.Selection{{Relation: "history", Type: content.RowType("HistoryEntry"), Rows: true, Total: true, Page: content.Page{Size: 20}}}},
		"external id":          {Type: event, External: &content.ExternalID{Scheme: "s", Value: "v"}, Rows: true, At: 2},
	} {
		t.Run(name, func(t *testing.T) {
			statements = nil
			if _, _, err := s.Read(t.Context(), content.View{}, []*content.Selection{sel}); err != nil {
				t.Fatal(err)
			}
			if len(statements) == 0 {
				t.Error("no statement was run")
			}
			for _, st := range statements {
				for _, step := range howItRuns(t, s, st.text, st.args) {
					table, whole := strings.CutPrefix(step, "SCAN ")
					small := strings.Contains(step, "VIRTUAL TABLE") || strings.HasPrefix(table, "(") || table == "p" || strings.HasPrefix(table, "CONSTANT")
					versions := strings.HasPrefix(step, "SEARCH h ") && strings.Contains(step, "(id=? AND to_rev>?)")
					if whole && !small || versions && !strings.Contains(st.text, "mediator_history") { // of capacities there are few
						t.Errorf("%s in\n%s", step, st.text)
					}
				}
			}
		})
	}
}
