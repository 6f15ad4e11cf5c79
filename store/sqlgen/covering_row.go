package sqlgen

import (
	"strings"
	"sync"
)

// coveringColumn is one value of a covering row.
type coveringColumn struct {
	Column string     // of event
	Form   ColumnForm // its form in the covering row
	Field  string     // what is read from it
}

// ColumnForm is the form of a value in a covering row.
type ColumnForm int

// The forms of values in a covering row.
const (
	TextForm     ColumnForm = iota
	EnumForm                // a value of an enumeration
	DateForm                // EDTF
	VerbatimForm            // the words for the date before it
	NumberForm              // 8 bytes
	TalkForm                // the key of a talk, 8 bytes
	KeysForm                // an inlined list, 8 bytes a key
)

// CoveringColumns are the values of a covering row in their order: what is asked most comes first, and the revision of the
// event is the last. With another covering column all covering rows are derived again by a migration.
var CoveringColumns = sync.OnceValue(func() []coveringColumn {
	return []coveringColumn{
		{"title", TextForm, "title"},
		{"occurred_on", DateForm, "occurredOn"},
		{"occurred_on_verbatim", VerbatimForm, "occurredOn"},
		{"event_kind", EnumForm, "eventKind"},
		{"mediator_ids", KeysForm, "mediators"},
		{"issue_ids", KeysForm, "issues"},
		{"slug", TextForm, "slug"},
		{"party_ids", KeysForm, "parties"},
		{"talk_id", TalkForm, "talk"},
		{"outlook", EnumForm, "outlook"},
		{"basis", EnumForm, "basis"},
		{"verification", EnumForm, "verification"},
		{"locale", TextForm, "locale"},
		{"seen_rev", NumberForm, "revision"},
	}
})

// CoveringRowOf is the expression of the covering row of an event.
func CoveringRowOf(event string) string {
	list := []string{event + ".id"}
	for _, s := range CoveringColumns() {
		list = append(list, event+"."+s.Column)
	}
	return "event_card(" + strings.Join(list, ", ") + ")"
}

// coveredField is what a query takes from a covering column of a covering row: the places of its fields among the values of a row.
type coveredField struct {
	Form ColumnForm
	At   []int
}

// coveredBy returns what the query takes from covering rows, covering column by covering column up to the last that it
// needs, or nil where they do not hold all that it asks. The pages of several talks are read from the rows.
func (q *Query) coveredBy() []coveredField {
	if q.Timeline != TalkTimeline || q.Nested || !q.Sel.Rows || q.BoundedResidual || q.Localized || len(q.path.from) > 1 {
		return nil
	}
	w, last, found := make([]coveredField, len(CoveringColumns())), 0, 0
	for i, s := range CoveringColumns() {
		w[i].Form = s.Form
		for at, f := range q.Fields {
			if f.Name == s.Field || f.Name == "label" && s.Field == "title" {
				w[i].At, last = append(w[i].At, at), i+1
				if s.Form != VerbatimForm {
					found++
				}
			}
		}
	}
	if found < len(q.Fields) {
		return nil
	}
	return w[:last]
}

// coveringColumnList is what is read of each place x or l: the order keys if cursors are wanted, and the covering row.
func (q *Query) coveringColumnList(place string) []Expr {
	list := []string{place + ".card"}
	if q.Sel.Cursors {
		list = append(placeKeys(place)[:3], list...)
	}
	return Texts(list...)
}

// placeKeys are the columns that order the places of a timeline.
func placeKeys(place string) []string {
	return []string{place + ".earliest", place + ".latest", place + ".sequence", place + ".event_id"}
}
