package sqlgen

import (
	"fmt"
	"slices"
	"strings"

	"parley/content"
)

// A view of the past is the statement of now over the tables as they were. Each table that has a history gives way to
// those of its rows that are older than the revision and those former ones that it ended after. Two forms keep SQLite
// from reading all versions of a table where a few are wanted: what is sorted is among the columns that are
// selected, and what is counted, or cut to a page, is fenced. The hints of a table say how its rows are found: ByKey that they
// are looked up by their keys, ByEnd that few former rows ended after the revision.

// fence is the limit of a statement that SQLite is to run by itself, and not as a part of the one around it.
func fence() Expr { return Text("-1 OFFSET 0") }

// RenderAsOf writes a statement with the tables as they were at a revision, which the operand of that number has.
func RenderAsOf(e Expr, operand int, public bool) string {
	p := asOfRewriter{operand: fmt.Sprintf("$%d", operand), public: public, named: wordsOf(Render(e))}
	w := renderer{at: p.operand, past: &p}
	w.b.Grow(1024)
	e.write(&w)
	return w.b.String()
}

// wordsOf are the words of a statement in lower case. A table of the past has those of its columns that the statement names.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		words[word] = true
	}
	return words
}

// asOfRewriter writes the rows as of a revision in place of tables.
type asOfRewriter struct {
	operand string          // the placeholder of the revision
	public  bool            // whether only what the public sees now is read
	named   map[string]bool // the words of the statement
}

// replace writes the rows as of the revision in place of a table.
func (p asOfRewriter) replace(w *renderer, t Table) {
	rows := p.rows(t)
	if t.Hint == ByKey && p.public && slices.Contains(HistoryColumns()[t.Name], "visible") {
		rows = p.row(t.Name)
	}
	w.text("(")
	w.text(rows)
	w.text(") AS ")
	if t.Alias == "" {
		w.text(t.Name)
	}
	w.text(t.Alias)
}

// pastColumn is a column of a table in a statement of the past: the expressions for its value in a row as it is, and in a former one.
type pastColumn struct{ name, now, was string }

// columns are those columns of a table that the statement names.
func (p asOfRewriter) columns(table string) []pastColumn {
	var list []pastColumn
	for _, c := range append(slices.Clip(HistoryColumns()[table]), "from_rev") {
		if p.named[c] {
			list = append(list, pastColumn{c, table + "." + c, "h." + c})
		}
	}
	if table == "talk" && p.named[latestEvent] {
		list = append(list, pastColumn{latestEvent, p.latestEvent(table), p.latestEvent("h")})
	}
	if t := sorted(table); t != nil && p.named["sort_key"] {
		list = append(list, pastColumn{"sort_key", table + ".sort_key", p.sortKey(t)})
	}
	if list == nil {
		list = append(list, pastColumn{"one", "1", "1"})
	}
	return list
}

// latestEvent is the column that is computed for talks.
const latestEvent = "latest_event"

// row selects the columns of a table as they were, of one row: the public sees the item now, so that its row is there.
// The former ones are looked at only where it is newer than the revision.
func (p asOfRewriter) row(table string) string {
	later := table + ".from_rev > " + p.operand
	var columns []string
	for _, c := range p.columns(table) {
		if c.name != "id" {
			c.now = "IIF(" + later + ", " + c.was + ", " + c.now + ") AS " + c.name
		}
		columns = append(columns, c.now)
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + table + " LEFT JOIN " + table + "_history AS h ON " + later + " AND h.id = " + table +
		".id AND h.to_rev = (SELECT MIN(m.to_rev) FROM " + table + "_history AS m WHERE m.id = " + table + ".id AND m.to_rev > " + p.operand + ")" +
		" WHERE " + table + ".visible = 1 AND (" + table + ".from_rev <= " + p.operand + " OR h.from_rev <= " + p.operand + ")"
}

// rows selects the columns of a table as they were.
func (p asOfRewriter) rows(t Table) string {
	table := t.Name
	var now, was []string
	for _, c := range p.columns(table) {
		if c.name == latestEvent {
			c.now += " AS " + latestEvent
		}
		now, was = append(now, c.now), append(was, c.was)
	}
	return "SELECT " + strings.Join(now, ", ") + " FROM " + table + " WHERE " + table + ".from_rev <= " + p.operand +
		" UNION ALL SELECT " + strings.Join(was, ", ") + " FROM " + p.former(table, t.Hint)
}

// sorted is the type of the items of a table that keeps what they are sorted by, in their own language; else nil.
func sorted(table string) *content.Type {
	for _, t := range content.Types() {
		if Snake(t.Base) == table && t.Title() != "" {
			return t
		}
	}
	return nil
}

// former returns the clause after FROM for the former rows h of a table that the revision had. An item that the public sees now has one of
// them at most: it is the first that ended after the revision, so that its other versions are not looked at.
func (p asOfRewriter) former(table string, found Hint) string {
	valid, ended, index := "h.from_rev <= "+p.operand, "h.to_rev > "+p.operand, ""
	switch {
	case found == ByEnd:
		index = " INDEXED BY " + table + "_history_end"
	case table == "event_list":
		ended = "+" + ended // no index finds it: the places are walked in their order
	}
	switch {
	case p.public && slices.Contains(HistoryColumns()[table], "visible"):
		return table + " AS n JOIN " + table + "_history AS h ON h.id = n.id AND h.to_rev = (SELECT MIN(m.to_rev) FROM " + table +
			"_history AS m WHERE m.id = n.id AND m.to_rev > " + p.operand + ") WHERE n.visible = 1 AND n.from_rev > " + p.operand + " AND " + valid
	case p.public && (table == "mediator" || table == "party"):
		valid += " AND EXISTS (SELECT 1 FROM " + table + " AS n WHERE n.id = h.id)"
	case p.public && table == "event_list":
		valid += " AND h.event_id NOT IN event_hidden"
	}
	return table + "_history AS h" + index + " WHERE " + ended + " AND " + valid
}

// latestEvent is the start of the latest event of a talk and of what belongs to it.
func (p asOfRewriter) latestEvent(talk string) string {
	p.named = map[string]bool{"list": true, "parent_id": true, "earliest": true}
	return fmt.Sprintf("COALESCE((SELECT l.earliest FROM (%s) AS l WHERE l.list = %d AND l.parent_id = %s.id AND l.earliest < %d ORDER BY l.earliest DESC LIMIT 1), %[4]d)",
		p.rows(Table{Name: "event_list"}), TalkTimeline, talk, int64(Undated))
}

// sortKey is what a former row h of a type was sorted by: the key of the name that it had.
func (p asOfRewriter) sortKey(t *content.Type) string {
	p.named = map[string]bool{"type": true, "item_id": true, "locale": true, "sort_key": true}
	return "CAST((SELECT k.sort_key FROM (" + p.rows(Table{Name: "naming"}) + ") AS k WHERE k.type = '" + t.Base +
		"' AND k.item_id = h.id AND k.locale = COALESCE(h.locale, '')) AS TEXT)"
}
