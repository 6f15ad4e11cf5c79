package sqlgen

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"parley/content"
)

// keysFirstNeeded reports whether the page is found by the keys of its rows first: in views of the past, so that the rows of a
// table are looked up one by one and its versions are not sorted.
func (q *Query) keysFirstNeeded() bool {
	return q.View.At != 0 && q.Sel.Slug == "" && q.Sel.External == nil
}

// keysFirst returns the statement that finds the keys of the page in their order, for each parent, and then reads the
// rows. The facts of the list are columns of each row, and of a single row where there are none.
func (q *Query) keysFirst(facts []Expr, rows Expr) Expr {
	lists := &Select{Cols: Texts("p.value", "p.key"), From: From(Text("(SELECT 0 AS value, 0 AS key) AS p"))}
	var names []Expr
	if q.Nested {
		lists.From, names = From(parentKeys()), Texts("p.value")
	}
	for i, f := range facts {
		name := fmt.Sprintf("f%d", i)
		lists.Cols, names = append(lists.Cols, Format("? AS "+name, f)), append(names, Text("p."+name))
	}
	keys := Format("SELECT p.*, k.key AS n, k.value AS id\nFROM l AS p\nLEFT JOIN json_each((SELECT json_group_array(id) FROM (?))) AS k", Indent(1, rows))
	items := q.table()
	items.Hint = ByKey
	page := From(Text("p")).with(CrossJoin, items, Text("x.id = p.id"))
	page[1].Line = true
	statement := Expr(&Select{
		With: []CTE{{"l", lists}, {"p", Indent(1, keys)}},
		Cols: slices.Concat(names, q.ColumnList(), Texts("p.key", "p.n")), From: page,
	})
	if len(facts) > 0 {
		none := slices.Concat(names, slices.Repeat(Texts("NULL"), q.width()), Texts("p.key", "p.n"))
		statement = Format("?\nUNION ALL ?", statement, &Select{Cols: none, From: From(Text("p")), Where: Text("p.id IS NULL")})
	}
	last := len(names) + q.width() + 2
	return Format(fmt.Sprintf("?\nORDER BY %d, %d", last-1, last), statement)
}

// IsFormerTimeline reports whether a list of the past is a timeline with its rows, which are read in its order.
func (q *Query) IsFormerTimeline() bool {
	return q.View.At != 0 && q.Timeline != NoTimeline && q.Sel.Rows
}

// selectAlongKeys reads the rows of a page of one timeline in its order, or the covering rows at its places.
func (q *Query) selectAlongKeys(rows Expr) Expr {
	page := From(Format("(?) AS p", Indent(1, rows)))
	if q.Covered != nil {
		return &Select{Cols: q.coveringColumnList("p"), From: page, Limit: fence()}
	}
	page = page.with(CrossJoin, Table{Name: "event", Alias: "x", Hint: ByKey}, Text("x.id = p.id"))
	page[1].Line = true
	return &Select{Cols: q.ColumnList(), From: page}
}

// coveringRowAsOf is the covering row of the event at a place l, as the event was at the revision that is read: the one at the place, or,
// where there is none or it is of a later version, the one of the version that was ended next, or of the current one. The
// last is needed where the place ended with what became of a talk: main.event is the table of now.
func (q *Query) coveringRowAsOf(args *[]any) Expr {
	*args = append(*args, binary.BigEndian.AppendUint64(nil, uint64(q.View.At))) //nolint:gosec // revisions are positive
	return Format(fmt.Sprintf("CASE WHEN SUBSTR(l.card, -8) <= $%d THEN l.card ELSE COALESCE((SELECT c.card FROM event_card_history AS c", len(*args))+
		" WHERE c.event_id = l.event_id AND c.to_rev > ? ORDER BY c.to_rev LIMIT 1), (SELECT "+CoveringRowOf("e")+
		" FROM main.event AS e WHERE e.id = l.event_id AND e.from_rev <= ?)) END", At{}, At{})
}

// width is how many columns columnList has.
func (q *Query) width() int {
	n := 1 + len(q.columns)
	if q.Sel.Cursors {
		n += len(q.Order.Keys) - 1
	}
	return n
}

// sortedKeys are the columns of a scan: the key of a row, and what the scan is sorted by.
func (q *Query) sortedKeys() []Expr {
	keys := q.path.order.Keys
	return append(Texts(q.path.id+" AS id"), keys[:len(keys)-1]...)
}

// ordinals is the order by the places of the columns of sortedKeys.
func (o Ordering) ordinals() Ordering {
	places := make([]Expr, len(o.Keys))
	for i := range places {
		places[i] = Text(strconv.Itoa(i + 2))
	}
	places[len(places)-1] = Text("1")
	o.Keys = places
	return o
}

// testResidual runs the residual tests over the beginning of a scan.
func (q *Query) testResidual(scan *Select) Expr {
	beginning := *scan
	beginning.Limit = Text(strconv.Itoa(q.path.residualLimit))
	return &Select{
		Cols: q.sortedKeys(), From: From(Format("(?) AS w", &beginning)).with(CrossJoin, q.table(), Text("x.id = w.id")),
		Where: q.path.residual, Order: scan.Order, Limit: scan.Limit,
	}
}

// count is the number of the rows of a list.
func (q *Query) count(of counted) Expr {
	if q.View.At != 0 {
		return Format("(SELECT COUNT(*) FROM (?))", &Select{Cols: Texts("1"), From: of.from, Where: of.conditions, Limit: fence()})
	}
	return Format("(?)", &Select{Cols: Texts("COUNT(*)"), From: of.from, Where: of.conditions})
}

// TimelineOfAll returns the timeline that answers a list of all events in a view of the past; none where their own table is scanned.
func TimelineOfAll(sel *content.Selection, v content.View) Timeline {
	_, rest := SplitPredicates(sel.Type, sel.Filter)
	dated := sel.Sort.Field == "" || sel.Sort.Field == "occurredOn"
	if v.At == 0 || v.Audience != content.Public || sel.Type.Timeline == "" || sel.Slug != "" || sel.External != nil || !dated || len(rest) > 0 {
		return NoTimeline
	}
	return WholeTimeline
}
