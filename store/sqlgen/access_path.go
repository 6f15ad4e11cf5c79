package sqlgen

import (
	"fmt"
	"slices"

	"parley/content"
)

// The events of a record are many, so a list of all of them is never left to SQLite's guess. Where a test finds few rows,
// they are looked up and sorted. Where it finds few enough to fill a page soon, the order is scanned in its index and the
// rows are tested one by one. And where one item leads to the events in their order, its timeline is scanned.

// DefaultFrequent is how many rows must pass a test for the list to be scanned in its order.
const DefaultFrequent = 2000

// chooseAccessPath is the scan through all events that pass the filter.
func (q *Query) chooseAccessPath(c *Conditions) (accessPath, error) {
	event := q.Sel.Type
	n, parent, filter, err := q.drivingTimeline(c)
	if err != nil {
		return accessPath{}, err
	}
	quick, rest := SplitPredicates(event, filter)
	w := accessPath{id: "x.id", order: q.Order, from: Source(event)}
	best, err := q.mostSelective(quick, n != NoTimeline, c)
	switch {
	case err != nil:
		return w, err
	case best != nil:
		return w, q.indexLookup(&w, best, c)
	case n != NoTimeline:
		return q.timelineScan(n, parent, filter, c)
	}
	all, err := c.predicates(event, quick, false)
	if err != nil {
		return w, err
	}
	w.conditions = All(Visible(event, q.View), all)
	w.counted = &counted{w.from, w.conditions}
	if index := q.orderIndex(quick); index != "" {
		w.from = From(Table{Name: Snake(event.Base), Alias: "x", Hint: IndexedBy, Index: index})
		if w.conditions, err = c.predicates(event, quick, true); err != nil {
			return w, err
		}
		w.conditions = All(Visible(event, q.View), w.conditions)
	}
	return w, q.scanResidual(&w, rest, c)
}

// indexLookup has the rows that may pass a test looked up, and all tests made on them alone.
func (q *Query) indexLookup(w *accessPath, best *content.Filter, c *Conditions) error {
	keys, err := c.keys(q.Sel.Type, best)
	if err != nil {
		return err
	}
	filter := q.Sel.Filter
	if best.Op == content.Matches { // the index is exact
		filter = without(filter, best)
	}
	all, err := c.predicates(q.Sel.Type, []*content.Filter{filter}, true)
	w.from = w.from.Hinted("x", NotIndexed)
	w.conditions = All(Format("x.id IN (?)", keys), Visible(q.Sel.Type, q.View), all)
	return err
}

// drivingTimeline is the timeline that has all events which pass the filter, in the order of the list, the expression of its parent,
// and what is left to be tested: the timeline of an item that the filter names, or that of the record where a span has a
// beginning and no test is to look at more than so many of its rows.
func (q *Query) drivingTimeline(c *Conditions) (Timeline, Expr, *content.Filter, error) {
	filter := q.Sel.Filter
	if q.View.Audience != content.Public || !q.natural() {
		return NoTimeline, nil, filter, nil
	}
	quick, rest := SplitPredicates(q.Sel.Type, filter)
	for _, f := range quick {
		n := map[string]Timeline{"mediators": MediatorTimeline, "parties": PartyTimeline, "issues": IssueTimeline}[f.Field]
		if f.Op == content.Some && n != NoTimeline && unique(f.Of) {
			keys, err := c.related(f)
			return n, Format("(?)", keys), without(filter, f), err
		}
	}
	spans, _ := spansOf(filter)
	if slices.ContainsFunc(spans, func(s content.Span) bool { return narrow(s) || begins(s) && len(rest) == 0 }) {
		return WholeTimeline, Text("0"), filter, nil
	}
	return NoTimeline, nil, filter, nil
}

// natural reports whether the list is in the order of timelines.
func (q *Query) natural() bool { return q.Sel.Sort.Field == "" || q.Sel.Sort.Field == "occurredOn" }

// unique reports whether tests that all hold can hold for one item at most.
func unique(all []*content.Filter) bool {
	return slices.ContainsFunc(all, func(f *content.Filter) bool {
		return f.Op == content.In && (f.Field == "id" || f.Field == "slug") && len(f.Values) == 1 || f.Op == content.And && unique(f.Of)
	})
}

// without is a filter that all rows pass, without one of its tests.
func without(f, gone *content.Filter) *content.Filter {
	left := &content.Filter{Op: content.And}
	if f.Op != content.And {
		f = &content.Filter{Op: content.And, Of: []*content.Filter{f}}
	}
	for _, of := range f.Of {
		switch {
		case of == gone:
		case of.Op == content.And:
			left.Of = append(left.Of, without(of, gone))
		default:
			left.Of = append(left.Of, of)
		}
	}
	return left
}

// orderIndex is the index of events that has the order of the list, or empty where none has it. In the order of timelines
// it can be that of one value.
func (q *Query) orderIndex(quick []*content.Filter) string {
	switch {
	case q.View.Audience != content.Public:
		return ""
	case q.natural():
		of := map[string]string{"eventKind": "event_kinds", "outlook": "event_outlook", "basis": "event_basis", "verification": "event_verification"}
		for _, f := range quick {
			if index := of[f.Field]; index != "" && f.Op == content.In && len(f.Values) == 1 {
				return index
			}
		}
		return "event_order"
	case q.Sel.Sort.Field == "createdAt":
		return "event_created"
	case q.Sel.Sort.Field == "updatedAt":
		return "event_updated"
	case len(q.View.Locales) == 0:
		return "event_title"
	default:
		return ""
	}
}

// mostSelective is the test that the fewest rows pass, or nil where all of them are frequent. Where a timeline is scanned, it knows
// the dates itself.
func (q *Query) mostSelective(tests []*content.Filter, dated bool, c *Conditions) (*content.Filter, error) {
	var best *content.Filter
	least := c.Frequent
	for _, f := range tests {
		switch {
		case dated && f.Op == content.During:
			continue
		case f.Op == content.In && (f.Field == "id" || f.Field == "slug"):
			return f, nil
		case len(tests) == 1 && q.orderIndex(tests) != q.orderIndex(nil):
			return nil, nil //nolint:nilnil // its index has the order of the list, whatever the number
		}
		n, err := c.atMost(q.Sel.Type, f, least)
		if err != nil {
			return nil, err
		}
		if n < least {
			best, least = f, n
		}
	}
	return best, nil
}

// atMost is how many rows may pass a test, where that is less than most; most where no index counts them.
func (c *Conditions) atMost(t *content.Type, f *content.Filter, most int) (int, error) {
	scratch := c.fresh()
	var keys Expr
	var err error
	switch f.Op {
	case content.Contains: // what else is called so counts too
		index, match := indexOfNames(f.Field, fmt.Sprint(f.Values[0]))
		keys = Format("SELECT 1 FROM ? WHERE "+index+" MATCH ?", Table{Name: index}, scratch.arg(match))
	default:
		keys, err = scratch.keys(t, f)
	}
	if err != nil || keys == nil {
		return most, err
	}
	return c.Count(Format(fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1 FROM (?) LIMIT %d)", most), keys), scratch.Args...)
}

// keys returns the statement that looks up in an index which events may pass a test: all that pass are among them. It is
// nil where no index has them.
func (c *Conditions) keys(t *content.Type, f *content.Filter) (Expr, error) {
	switch {
	case f.Op == content.And:
		for _, of := range f.Of {
			if keys, err := c.keys(t, of); err != nil || keys != nil {
				return keys, err
			}
		}
		return nil, nil //nolint:nilnil // there is none
	case f.Op == content.Or:
		return c.keysOfEach(t, f.Of)
	case f.Op == content.Contains:
		return c.containing(t, f.Field, fmt.Sprint(f.Values[0])), nil
	case f.Op == content.Matches:
		return c.matching(t, f)
	case f.Op == content.During && c.View.Audience == content.Public && begins(f.Span):
		return c.occurred(f.Span), nil
	case f.Op == content.Some:
		return c.leading(t, f)
	case f.Op == content.IsNull && f.Type != nil:
		hidden := Format("x.talk_id IN (SELECT x.id FROM ? WHERE x.visible = 0)", Table{Name: "talk", Alias: "x"})
		return List(" UNION ALL ", eventKeys(Text("x.talk_id IS NULL")), eventKeys(hidden)), nil
	case f.Field == "title" && f.Op == content.StartsWith:
		return namedKeys("naming_title", c.startsWith(Text("n.title"), fmt.Sprint(f.Values[0]))), nil
	case f.Field == "title":
		test, err := c.test(Text("n.text"), f)
		return namedKeys("naming_text", test), err
	case f.Field == "locale":
		test, err := c.test(Text("n.locale"), f)
		return namedKeys("naming_order", test), err
	case f.Op == content.During || !indexed(t, f):
		return nil, nil //nolint:nilnil // there is none
	}
	test, err := c.predicate(t, f)
	return eventKeys(All(Visible(t, c.View), test)), err
}

// namedKeys selects the keys of the events whose names n pass a test, which an index finds.
func namedKeys(index string, test Expr) Expr {
	names := Table{Name: "naming", Alias: "n", Hint: IndexedBy, Index: index}
	return &Select{Cols: Texts("n.item_id"), From: From(names), Where: All(Text("n.type = 'Event'"), test), Line: true}
}

// keysOfEach looks up what passes one of tests.
func (c *Conditions) keysOfEach(t *content.Type, tests []*content.Filter) (Expr, error) {
	if len(tests) == 0 {
		return nil, nil //nolint:nilnil // no row passes, and no index is needed
	}
	parts := make([]Expr, 0, len(tests))
	for _, f := range tests {
		keys, err := c.keys(t, f)
		if err != nil || keys == nil {
			return nil, err
		}
		parts = append(parts, keys)
	}
	return List("\nUNION ALL ", parts...), nil
}

// leading looks up the events that lead to an item which passes a filter.
func (c *Conditions) leading(t *content.Type, f *content.Filter) (Expr, error) {
	if f.Field == "externalIds" {
		return c.identified(t, f)
	}
	if rel, ok := Relations()[t.Name+"."+f.Field]; ok {
		keys, err := c.related(f)
		return rel.parents(keys, c.View), err
	}
	test, err := c.predicate(t, f)
	return eventKeys(All(Visible(t, c.View), test)), err
}
