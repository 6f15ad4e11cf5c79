package store

import (
	"strings"
	"sync"
)

// coveringColumn is one value of a covering row.
type coveringColumn struct {
	column string     // of event
	form   columnForm // how it stands in the covering row
	field  string     // what is read from it
}

type columnForm int

const (
	textForm     columnForm = iota
	enumForm                // a value of an enumeration
	dateForm                // EDTF
	verbatimForm            // the words for the date before it
	numberForm              // 8 bytes
	talkForm                // the key of a talk, 8 bytes
	keysForm                // an inlined list, 8 bytes a key
)

// coveringColumns are the values of a covering row in their order: what is asked most comes first, and the revision of the event is the last.
// With another covering column all covering rows are made anew by a migration.
var coveringColumns = sync.OnceValue(func() []coveringColumn {
	return []coveringColumn{
		{"title", textForm, "title"},
		{"occurred_on", dateForm, "occurredOn"},
		{"occurred_on_verbatim", verbatimForm, "occurredOn"},
		{"event_kind", enumForm, "eventKind"},
		{"mediator_ids", keysForm, "mediators"},
		{"issue_ids", keysForm, "issues"},
		{"slug", textForm, "slug"},
		{"party_ids", keysForm, "parties"},
		{"talk_id", talkForm, "talk"},
		{"outlook", enumForm, "outlook"},
		{"basis", enumForm, "basis"},
		{"verification", enumForm, "verification"},
		{"locale", textForm, "locale"},
		{"seen_rev", numberForm, "revision"},
	}
})

// coveringRowOf is the expression of the covering row of an event.
func coveringRowOf(event string) string {
	list := []string{event + ".id"}
	for _, s := range coveringColumns() {
		list = append(list, event+"."+s.column)
	}
	return "event_card(" + strings.Join(list, ", ") + ")"
}

// coveredField is what a query takes from a covering column of a covering row: the places of its fields among the values of a row.
type coveredField struct {
	form columnForm
	at   []int
}

// coveredBy returns what the query takes from covering rows, covering column by covering column up to the last that it needs, or nil where they do not
// hold all that it asks. The pages of several talks are read from the rows.
func (q *query) coveredBy() []coveredField {
	if q.timeline != talkTimeline || q.nested || !q.sel.Rows || q.boundedResidual || q.localized || len(q.path.from) > 1 {
		return nil
	}
	w, last, found := make([]coveredField, len(coveringColumns())), 0, 0
	for i, s := range coveringColumns() {
		w[i].form = s.form
		for at, f := range q.fields {
			if f.name == s.field || f.name == "label" && s.field == "title" {
				w[i].at, last = append(w[i].at, at), i+1
				if s.form != verbatimForm {
					found++
				}
			}
		}
	}
	if found < len(q.fields) {
		return nil
	}
	return w[:last]
}

// coveringColumnList is what is read of each place x or l: the order keys if cursors are wanted, and the covering row.
func (q *query) coveringColumnList(place string) []Expr {
	list := []string{place + ".card"}
	if q.sel.Cursors {
		list = append(placeKeys(place)[:3], list...)
	}
	return Texts(list...)
}

// placeKeys are the columns that order the places of a timeline.
func placeKeys(place string) []string {
	return []string{place + ".earliest", place + ".latest", place + ".sequence", place + ".event_id"}
}
