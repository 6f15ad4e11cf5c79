package sqlgen

import (
	"fmt"
	"strconv"

	"parley/content"
)

// Query writes the statement of one selection and reads its rows.
type Query struct {
	Sel             *content.Selection
	View            content.View
	columns         []Expr // of all fields
	Fields          []column
	Order           Ordering
	Timeline        Timeline // the timeline that the list is, if it is one
	path            accessPath
	Parent          string         // the expression for the key of the parent
	Nested          bool           // whether rows have the key of their parent
	ShowsPreceding  bool           // whether rows report that some precede the page
	Direct          bool           // whether the rows are read along a timeline, in its order
	Ended           bool           // whether few places of the timeline ended after the revision of the past that is read
	BoundedResidual bool           // whether the page is looked for in a part of the list alone
	ResidualRows    int            // how many rows are looked at for conditions that no index serves
	Covered         []coveredField // what is read from covering rows, where they hold all that is asked for
	Localized       bool           // whether rows carry their translations, to be served in another language
}

// column is how a field is read from a row.
type column struct {
	Name  string
	Width int  // how many columns it has
	Plain bool // whether its one column is its value
}

// NewQuery returns the query of a selection in a view.
func NewQuery(sel *content.Selection, view content.View) (*Query, error) {
	q := &Query{Sel: sel, View: view, columns: make([]Expr, 0, len(sel.Fields)+4), Fields: make([]column, 0, len(sel.Fields)+2)}
	for _, f := range sel.Fields {
		c := ColumnsOf(sel.Type, f, view)
		if c == nil {
			return nil, fmt.Errorf("%s.%s has no declared storage", sel.Type.Name, f)
		}
		q.columns = append(q.columns, c...)
		q.Fields = append(q.Fields, column{f, len(c), isPlain(sel.Type, f)})
		q.Localized = q.Localized || len(view.Locales) > 0 && Translatable(sel.Type, f)
	}
	for _, child := range InlineChildren(sel, view) {
		q.columns = append(q.columns, Text("x."+InlineColumn(child.Relation)))
		q.Fields = append(q.Fields, column{child.Relation, 1, true})
	}
	if q.Localized {
		q.columns = append(q.columns, localeOf(sel.Type), Text("x.translations"))
	}
	return q, nil
}

// Page returns the statement that reads a page of the rows that a condition chooses, for each of the parents in $1 or, where
// there are no parents, once. It has totals, order keys and rows only where they are selected.
func (q *Query) Page(chosen Expr, nested bool, c *Conditions) (Expr, []any, error) {
	q.Nested = nested
	var err error
	if q.path, err = q.accessPathFor(chosen, c); err != nil {
		return nil, nil, err
	}
	args := c.Args
	facts := q.facts(&args)
	q.Direct = q.Timeline != NoTimeline && q.Sel.Rows && !nested && q.View.At == 0 && len(facts) == 0
	q.Covered = q.coveredBy()
	rows, scan := q.rows(&args)
	switch {
	case q.IsFormerTimeline() && len(facts) == 0 && !nested && !q.BoundedResidual:
		return q.selectAlongKeys(rows), args, nil
	case q.Sel.Rows && q.keysFirstNeeded() && q.Covered == nil:
		return q.keysFirst(facts, rows), args, nil
	case !q.Sel.Rows && nested:
		return &Select{Cols: append(Texts("p.value"), facts...), From: From(parentKeys())}, args, nil
	case !q.Sel.Rows:
		return &Select{Cols: facts}, args, nil
	case len(facts) > 0:
		return q.beside(facts, rows), args, nil
	case q.Direct:
		return rows, args, nil
	case nested:
		page := From(parentKeys()).with(CrossJoin, q.named(rows), q.namedBy(rows))
		page[1].Line = true
		return &Select{Cols: append(Texts("p.value"), q.ColumnList()...), From: page, Order: Format("p.key, ?", q.sorted())}, args, nil
	case scan != nil && q.path.id == "x.id":
		scan.Cols = q.ColumnList()
		return scan, args, nil
	default:
		return &Select{
			Cols: q.ColumnList(), From: From(q.table()), Where: Format("x.id IN (?)", Indent(1, rows)), Order: q.sorted(),
		}, args, nil
	}
}

// parentKeys are the parents p of a list, whose keys are in $1.
func parentKeys() Expr { return Text("json_each($1) AS p") }

// table is the table x of the type.
func (q *Query) table() Table { return Table{Name: Snake(q.Sel.Type.Base), Alias: "x"} }

// accessPathFor is the scan through the chosen rows of the type that pass the filter.
func (q *Query) accessPathFor(chosen Expr, c *Conditions) (accessPath, error) {
	switch {
	case q.Timeline == WholeTimeline:
		return q.timelineScan(q.Timeline, Text("0"), q.Sel.Filter, c)
	case q.Timeline != NoTimeline:
		return q.timelineScan(q.Timeline, Text(q.Parent), q.Sel.Filter, c)
	case q.Sel.Type.Large && chosen == nil && q.Sel.Filter != nil && q.View.At == 0:
		return q.chooseAccessPath(c)
	}
	w := accessPath{from: Source(q.Sel.Type), id: "x.id", order: q.Order}
	quick, rest := SplitPredicates(q.Sel.Type, q.Sel.Filter)
	filter, err := c.predicates(q.Sel.Type, quick, false)
	if err != nil {
		return w, err
	}
	w.conditions = All(chosen, Visible(q.Sel.Type, q.View), filter)
	return w, q.scanResidual(&w, rest, c)
}

// scanResidual has residual tests made on the rows of a scan, on so many of a list of the root and no more.
func (q *Query) scanResidual(w *accessPath, rest []*content.Filter, c *Conditions) error {
	if len(rest) == 0 {
		return nil
	}
	if !q.Nested {
		all := w.counts()
		some := &Select{Cols: Texts("1"), From: all.from, Where: all.conditions, Limit: Text(strconv.Itoa(c.Residual + 1))}
		n, err := c.Count(Format("SELECT COUNT(*) FROM (?)", some), c.Args...)
		if err != nil {
			return err
		}
		if n > c.Residual && (q.Sel.Total || len(q.Sel.Facets) > 0) {
			return ResidualExceeded(rest, c.Residual)
		}
		q.BoundedResidual, q.ResidualRows = n > c.Residual, n
	}
	residual, err := c.predicates(q.Sel.Type, rest, q.Sel.Type.Large && !q.Nested)
	if q.BoundedResidual {
		w.residual, w.residualLimit = residual, c.Residual
		return err
	}
	w.conditions = All(w.conditions, residual)
	if w.counted != nil {
		w.counted.conditions = All(w.counted.conditions, residual)
	}
	return err
}

// beside returns the statement that gives the facts of a list with its rows, and alone where there are none.
func (q *Query) beside(facts []Expr, rows Expr) Expr {
	lists := &Select{Cols: Texts("0 AS value", "0 AS key")}
	var columns []Expr
	if q.Nested {
		lists.Cols, lists.From = Texts("p.value", "p.key"), From(parentKeys())
		columns = Texts("p.value")
	}
	for i, f := range facts {
		name := fmt.Sprintf("f%d", i)
		lists.Cols, columns = append(lists.Cols, Format("? AS "+name, f)), append(columns, Text("p."+name))
	}
	page := From(Text("p")).with(LeftJoin, q.named(rows), q.namedBy(rows))
	page[1].Line = true
	return &Select{
		With: []CTE{{"p", Indent(1, lists)}}, Cols: append(columns, q.ColumnList()...), From: page, Order: Format("p.key, ?", q.sorted()),
	}
}

// named are the rows x of the page: those whose keys a statement selects, or the places that it selects with their covering rows.
func (q *Query) named(rows Expr) Expr {
	if q.Covered != nil {
		return Format("(?) AS x", Indent(1, rows))
	}
	return q.table()
}

// namedBy is the condition that named is joined by.
func (q *Query) namedBy(rows Expr) Expr {
	if q.Covered != nil {
		return nil
	}
	return Format("x.id IN (?)", Indent(1, rows))
}

// facts are what is asked of a list beside its rows: how many there are, and whether some precede the page.
func (q *Query) facts(args *[]any) []Expr {
	order := q.path.order
	var facts []Expr
	if q.Sel.Total {
		facts = append(facts, q.count(q.path.counts()))
	}
	p := q.Sel.Page
	edge, outside := p.After, order.stretches(nil, p.After)
	if p.Backward {
		edge, outside = p.Before, order.stretches(p.Before, nil)
	}
	for _, by := range q.Sel.Facets {
		facts = append(facts, q.facet(by))
	}
	if q.ShowsPreceding = q.Sel.Before && edge != nil; !q.ShowsPreceding {
		return facts
	}
	some := make([]Expr, len(outside))
	for i, s := range outside {
		var bound Expr
		if s.after || s.before {
			bound = order.bound(edge, p.Backward, true, args)
		}
		some[i] = Format("EXISTS (?)", &Select{Cols: Texts("1"), From: q.path.from, Where: All(q.path.conditions, s.condition, bound)})
	}
	return append(facts, Format("(?)", List(" OR ", some...)))
}

// rows selects the keys of the rows of the page, one more than it has. Where they are one scan of an index, it returns that too.
func (q *Query) rows(args *[]any) (rows Expr, scan *Select) {
	if !q.Sel.Rows {
		return nil, nil
	}
	head, order := Select{Cols: Texts(q.path.id), From: q.path.from}, q.path.order
	p := q.Sel.Page
	if q.Sel.Slug != "" || q.Sel.External != nil {
		head.Where = q.path.conditions
		return &head, &head
	}
	switch {
	case q.keysFirstNeeded():
		head.Cols, head.Limit, order = q.sortedKeys(), fence(), order.ordinals()
		if q.Covered != nil {
			head.Cols = append(Texts(append([]string{"l.event_id"}, placeKeys("l")[:3]...)...), Format("? AS card", q.coveringRowAsOf(args)))
		}
	case q.Direct:
		head.Cols, head.From = q.alongTimeline()
	case q.Covered != nil:
		head.Cols = Texts(append(placeKeys("l"), "l.card")...)
	}
	if p.Size > 0 {
		*args = append(*args, p.Size+1)
		head.Limit = Text("$" + strconv.Itoa(len(*args)))
	}
	head.Order = order.scanOrder(p.Backward)
	var scans []Expr
	for _, s := range q.path.order.stretches(p.After, p.Before) {
		var after, before Expr
		if s.after {
			after = q.path.order.bound(p.After, true, false, args)
		}
		if s.before {
			before = q.path.order.bound(p.Before, false, false, args)
		}
		one := head
		one.Where = All(q.path.conditions, s.condition, after, before)
		scan = &one
		scans = append(scans, q.scanPage(scan))
	}
	switch len(scans) {
	case 0:
		return &Select{Cols: head.Cols, From: head.From, Where: Text("FALSE")}, nil
	case 1:
		return scans[0], scan
	}
	if p.Backward {
		scans[0], scans[1] = scans[1], scans[0]
	}
	both := Format("SELECT * FROM (?)\nUNION ALL SELECT * FROM (?)", Indent(1, scans[0]), Indent(1, scans[1]))
	if head.Limit == nil {
		return both, nil
	}
	return Format("?\nLIMIT ?", both, head.Limit), nil
}

// alongTimeline is what a scan along the one timeline that is read selects, which has the rows, or their covering rows, beside their
// places.
func (q *Query) alongTimeline() ([]Expr, Tables) {
	if q.Covered != nil {
		return q.coveringColumnList("l"), q.path.from
	}
	if len(q.path.from) > 1 { // the filter asks for the events too
		return q.ColumnList(), q.path.from
	}
	return q.ColumnList(), q.withEvents(q.path.from)
}

// scanPage returns a scan of keys with its residual tests, which look at the beginning of the scan alone.
func (q *Query) scanPage(scan *Select) Expr {
	switch {
	case !q.BoundedResidual:
		return scan
	case q.keysFirstNeeded():
		return q.testResidual(scan)
	}
	keys, until := List(", ", q.path.order.Keys...), "<="
	if q.path.order.descending != q.Sel.Page.Backward {
		until = ">="
	}
	last := Format("(SELECT ?\nFROM ?\n  WHERE ?\nORDER BY ?\n  LIMIT 1 OFFSET (SELECT COUNT(*) - 1 FROM (SELECT 1\nFROM ?\n  WHERE ?\n  LIMIT "+
		strconv.Itoa(q.path.residualLimit)+")))", keys, scan.From, scan.Where, scan.Order, scan.From, scan.Where)
	scan.Where = All(scan.Where, Format("(?) "+until+" ?", keys, last), q.path.residual)
	return scan
}

// sorted is the order of the page, the other way round if it is taken from the end.
func (q *Query) sorted() Expr {
	order := q.Order
	if q.Covered != nil {
		order.Keys = Texts(placeKeys("x")...)
	}
	return order.by(q.Sel.Page.Backward)
}

// ColumnList is what is read of each row: its key, the order keys before it if cursors are wanted, and the columns.
func (q *Query) ColumnList() []Expr {
	if q.Covered != nil {
		return q.coveringColumnList("x")
	}
	list := Texts("x.id")
	if q.Sel.Cursors {
		list = append(list, q.Order.Keys[:len(q.Order.Keys)-1]...)
	}
	return append(list, q.columns...)
}

// ScansIndex reports whether the statement reads nothing but the rows of a page, and places between them, along an index: of a
// timeline, or of all talks or events.
func (q *Query) ScansIndex(root bool) bool {
	if q.Sel.Filter != nil || !q.Sel.Rows || q.Sel.Total || len(q.Sel.Facets) > 0 {
		return false
	}
	indexed := q.Sel.Type.Tree != "" || q.Sel.Type.Timeline != ""
	return q.Direct || q.IsFormerTimeline() && !q.Sel.Before || root && indexed && q.View.At == 0 && q.View.Audience == content.Public && len(q.View.Locales) == 0
}
