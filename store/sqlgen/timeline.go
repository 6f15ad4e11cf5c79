package sqlgen

import (
	"fmt"
	"math"

	"parley/content"
)

// Timeline is a kind of list of events that event_list keeps in order: what the public sees now.
type Timeline int

// The timelines. None is any other list.
const (
	NoTimeline Timeline = iota
	TalkTimeline
	MediatorTimeline
	PartyTimeline
	IssueTimeline
	WholeTimeline // of all events; its parent is 0
)

// accessPath is how the rows of a list are found: in the table of their type, or in a timeline.
type accessPath struct {
	from       Tables
	id         string
	conditions Expr
	order      Ordering
	// counted is how the rows are found where they are only counted; nil where that is the same.
	counted *counted
	// residual is a test that looks at most so many rows of a list that is longer.
	residual      Expr
	residualLimit int
}

// counted is the tables and conditions of a statement that counts rows.
type counted struct {
	from       Tables
	conditions Expr
}

// counts is how the rows are found where they are only counted.
func (w *accessPath) counts() counted {
	if w.counted != nil {
		return *w.counted
	}
	return counted{w.from, w.conditions}
}

// timelineScan is the scan along the timeline of a parent, through the events that pass a filter: only its own columns are read
// unless the filter asks for more. Where the dates begin with a span, the long ones that began before it are scanned in an
// index of their own, and the others from where the first of them may start.
func (q *Query) timelineScan(n Timeline, parent Expr, filter *content.Filter, c *Conditions) (accessPath, error) {
	places := Table{Name: "event_list", Alias: "l"}
	if q.Ended {
		places.Hint = ByEnd
	}
	w := accessPath{id: "l.event_id", from: From(places)}
	w.order = Ordering{Keys: Texts(placeKeys("l")...), descending: q.Order.descending, dated: true}
	spans, rest := spansOf(filter)
	parts := []Expr{Text(fmt.Sprintf("l.list = %d", n)), Format("l.parent_id = ?", parent)}
	for _, s := range spans {
		parts = append(parts, c.touches(Text("l.earliest"), Text("l.latest"), s), Text(fmt.Sprintf("l.earliest < %d", int64(Undated))))
		if begins(s) && !s.Within && w.order.long == nil {
			start := c.arg(s.From - longDate)
			w.order.long = Format(fmt.Sprintf("l.latest - l.earliest > %d AND l.earliest < ?", longDate), start)
			w.order.short = Format("l.earliest >= ?", start)
		}
	}
	test, err := c.predicates(q.Sel.Type, rest, false)
	if err != nil {
		return w, err
	}
	joined := func(places Tables) Tables { return places }
	if !isTrue(test) {
		joined = q.withEvents
	}
	w.from = joined(w.from)
	w.conditions = All(append(parts, test)...)
	if q.View.At != 0 && len(spans) == 0 { // the index by when places ended has all that counting needs
		places.Hint = ByEnd
		w.counted = &counted{joined(From(places)), w.conditions}
	}
	if w.order.long != nil {
		mine := Format("SELECT l.* FROM ? WHERE ?", Table{Name: "event_list", Alias: "l"}, All(parts...))
		w.counted = &counted{joined(From(Format("(? AND ?\n  UNION ALL ? AND ?) AS l", mine, w.order.short, mine, w.order.long))), test}
	}
	return w, nil
}

// withEvents joins places l with their events x.
func (q *Query) withEvents(places Tables) Tables {
	events := Table{Name: "event", Alias: "x"}
	if q.View.At != 0 {
		events.Hint = ByKey
	}
	return places.with(CrossJoin, events, Text("x.id = l.event_id"))
}

// spansOf takes the tests of occurredOn out of a filter that all of its rows pass.
func spansOf(f *content.Filter) (spans []content.Span, rest []*content.Filter) {
	switch {
	case f == nil:
	case f.Op == content.And:
		for _, of := range f.Of {
			s, r := spansOf(of)
			spans, rest = append(spans, s...), append(rest, r...)
		}
	case f.Op == content.During && f.Field == "occurredOn":
		spans = append(spans, f.Span)
	default:
		rest = append(rest, f)
	}
	return spans, rest
}

// Dates of more than longDate seconds are in a separate index, so that the others are found by their start.
const longDate = 31 * 24 * 60 * 60

// narrow reports whether a span is short enough for its events to be looked up before they are sorted.
func narrow(s content.Span) bool {
	const year = 366 * 24 * 60 * 60
	return begins(s) && s.Until != math.MaxInt64 && s.Until-s.From <= year
}

// begins reports whether a span has a beginning.
func begins(s content.Span) bool { return s.From != math.MinInt64 }

// occurred looks up the events that the public sees by a span with a beginning: short dates by their start, then the
// long ones.
func (c *Conditions) occurred(s content.Span) Expr {
	const earliest, latest = Text("x.occurred_on_earliest"), Text("x.occurred_on_latest")
	dated := Text(fmt.Sprintf("%s < %d", earliest, int64(Undated)))
	touches := All(c.touches(earliest, latest, s), dated)
	if s.Within {
		return eventKeys(All(Text("x.visible = 1"), touches))
	}
	start := c.arg(s.From - longDate)
	short := All(Text("x.visible = 1"), Format("? >= ?", earliest, start), touches)
	long := All(Text(fmt.Sprintf("%s - %s > %d", latest, earliest, longDate)), Format("? < ?", earliest, start), touches)
	return List(" UNION ALL ", eventKeys(short), eventKeys(long))
}

// eventKeys selects the keys of the events x that pass a condition.
func eventKeys(condition Expr) Expr {
	return &Select{Cols: Texts("x.id"), From: From(Table{Name: "event", Alias: "x"}), Where: condition, Line: true}
}

// touches is the test of a stretch of time between two columns against a span.
func (c *Conditions) touches(earliest, latest Expr, s content.Span) Expr {
	var parts []Expr
	first, last := latest, earliest
	if s.Within {
		first, last = last, first
	}
	if s.From != math.MinInt64 {
		parts = append(parts, Format("? >= ?", first, c.arg(s.From)))
	}
	if s.Until != math.MaxInt64 {
		parts = append(parts, Format("? <= ?", last, c.arg(s.Until)))
	}
	return All(parts...)
}
