package store

import (
	"fmt"
	"math"
	"strings"

	"parley/content"
)

// timeline is a kind of list of events that event_list keeps in order: what the public sees now.
type timeline int

// The timelines. None is any other list.
const (
	noTimeline timeline = iota
	talkTimeline
	mediatorTimeline
	partyTimeline
	issueTimeline
	wholeTimeline // of all events; its parent is 0
)

// listing is where the events e of a timeline stand, and what their parent is.
type listing struct{ parent, from string }

// timelines returns the listing of each timeline.
func timelines() map[timeline]listing {
	return map[timeline]listing{
		talkTimeline:     {"t.ancestor", "event AS e JOIN talk_tree AS t ON t.descendant = e.talk_id"},
		mediatorTimeline: {"j.ref_id", "event AS e JOIN event_mediators AS j ON j.owner_id = e.id"},
		partyTimeline:    {"j.ref_id", "event AS e JOIN event_parties AS j ON j.owner_id = e.id"},
		issueTimeline:    {"j.ref_id", "event AS e JOIN event_issues AS j ON j.owner_id = e.id"},
		wholeTimeline:    {"0", "event AS e"},
	}
}

// walked is how the rows of a list are found: in the table of their type, or in a timeline.
type walked struct {
	from, id, conditions string
	order                ordering
	// residual is a test that looks at most so many rows of a list that is longer.
	residual string
	most     int
}

// along is the walk along a timeline: only its own columns are read unless the filter asks for more.
func (q *query) along(n timeline, c *conditions) (walked, error) {
	w := walked{id: "l.event_id"}
	w.order = ordering{keys: []string{"l.earliest", "l.latest", "l.sequence", "l.event_id"}, descending: q.order.descending, dated: true}
	spans, rest := spansOf(q.sel.Filter)
	var parts []string
	w.from, parts, spans = c.listed(n, spans)
	for _, s := range spans {
		parts = append(parts, c.touches("l.earliest", "l.latest", s), fmt.Sprintf("l.earliest < %d", int64(undated)))
	}
	if len(rest) > 0 {
		text, err := c.write(q.sel.Type, &content.Filter{Op: content.And, Of: rest})
		if err != nil {
			return w, err
		}
		if text != "TRUE" {
			w.from += " CROSS JOIN event AS x ON x.id = l.event_id"
			parts = append(parts, text)
		}
	}
	w.conditions = where(parts...)
	return w, nil
}

// listed is the part of a timeline that is walked, the conditions on it, and the spans that are still to be tested. The
// dates of a narrow span are looked up by their start, the long ones in an index of their own.
func (c *conditions) listed(n timeline, spans []content.Span) (from string, parts []string, rest []content.Span) {
	mine := fmt.Sprintf("list = %d AND parent_id = p.value", n)
	if n == wholeTimeline {
		mine = fmt.Sprintf("list = %d AND parent_id = 0", n)
	}
	if len(spans) == 0 || !narrow(spans[0]) || spans[0].Within {
		return "\nFROM event_list AS l", []string{"l." + strings.ReplaceAll(mine, "AND ", "AND l.")}, spans
	}
	touches, start := c.touches("earliest", "latest", spans[0]), c.arg(spans[0].From-longDate)
	return "\nFROM (SELECT * FROM event_list WHERE " + mine + " AND earliest >= " + start + " AND " + touches +
		fmt.Sprintf("\n  UNION ALL SELECT * FROM event_list WHERE latest - earliest > %d AND ", longDate) + mine + " AND earliest < " + start + " AND " + touches + ") AS l", nil, spans[1:]
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

// Dates of more than longDate seconds stand in an index of their own, so that the others are found by their start.
const longDate = 31 * 24 * 60 * 60

// narrow reports whether a span is short enough for its events to be looked up before they are sorted.
func narrow(s content.Span) bool {
	const year = 366 * 24 * 60 * 60
	return s.From != math.MinInt64 && s.Until != math.MaxInt64 && s.Until-s.From <= year
}

// occurred is the test that an event x occurred in a narrow span: short dates by their start, then the long ones.
func (c *conditions) occurred(s content.Span) string {
	const earliest, latest = "occurred_on_earliest", "occurred_on_latest"
	if s.Within {
		return where("x."+earliest+" >= "+c.arg(s.From), "x."+earliest+" <= "+c.arg(s.Until), "x."+latest+" <= "+c.arg(s.Until))
	}
	touches := c.touches(earliest, latest, s)
	return "x.id IN (SELECT id FROM event WHERE visible = 1 AND " + earliest + " >= " + c.arg(s.From-longDate) + " AND " + touches +
		fmt.Sprintf(" UNION ALL SELECT id FROM event WHERE %s - %s > %d AND ", latest, earliest, longDate) + touches + ")"
}

// touches is the test of a stretch of time between two columns against a span.
func (c *conditions) touches(earliest, latest string, s content.Span) string {
	var parts []string
	first, last := latest, earliest
	if s.Within {
		first, last = last, first
	}
	if s.From != math.MinInt64 {
		parts = append(parts, first+" >= "+c.arg(s.From))
	}
	if s.Until != math.MaxInt64 {
		parts = append(parts, last+" <= "+c.arg(s.Until))
	}
	return strings.Join(parts, "\n  AND ")
}
