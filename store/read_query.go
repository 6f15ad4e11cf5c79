package store

import (
	"fmt"
	"strconv"

	"parley/content"
)

// query writes the statement of one selection and reads its rows.
type query struct {
	sel             *content.Selection
	view            content.View
	columns         []Expr // of all fields
	fields          []column
	order           ordering
	timeline        timeline // the timeline that the list is, if it is one
	path            accessPath
	parent          string         // the expression for the key of the parent
	nested          bool           // whether rows tell their parent
	preceded        bool           // whether rows tell that some precede the page
	direct          bool           // whether the rows are read along a timeline, in its order
	ended           bool           // whether few places of the timeline ended after the revision of the past that is read
	boundedResidual bool           // whether the page is looked for in a part of the list alone
	residualRows    int            // how many rows are looked at for conditions that no index serves
	covered         []coveredField // what is read from covering rows, where they hold all that is asked for
	localized       bool           // whether rows carry their translations, to be served in another language
}

// column is how a field is read from a row.
type column struct {
	name  string
	width int  // how many columns it has
	plain bool // whether its one column is its value
}

func newQuery(sel *content.Selection, view content.View) (*query, error) {
	q := &query{sel: sel, view: view, columns: make([]Expr, 0, len(sel.Fields)+4), fields: make([]column, 0, len(sel.Fields)+2)}
	for _, f := range sel.Fields {
		c := columns(sel.Type, f, view)
		if c == nil {
			return nil, fmt.Errorf("%s.%s has no declared storage", sel.Type.Name, f)
		}
		q.columns = append(q.columns, c...)
		q.fields = append(q.fields, column{f, len(c), isPlain(sel.Type, f)})
		q.localized = q.localized || len(view.Locales) > 0 && translatable(sel.Type, f)
	}
	for _, child := range inlineChildren(sel, view) {
		q.columns = append(q.columns, Text("x."+inlineColumn(child.Relation)))
		q.fields = append(q.fields, column{child.Relation, 1, true})
	}
	if q.localized {
		q.columns = append(q.columns, localeOf(sel.Type), Text("x.translations"))
	}
	return q, nil
}

// page returns the statement that reads a page of the rows that a condition chooses, for each of the parents in $1 or, where
// there are no parents, once. What is not asked for is not in it: no totals, no order keys, no rows beside a total.
func (q *query) page(chosen Expr, nested bool, c *conditions) (Expr, []any, error) {
	q.nested = nested
	var err error
	if q.path, err = q.accessPathFor(chosen, c); err != nil {
		return nil, nil, err
	}
	args := c.args
	facts := q.facts(&args)
	q.direct = q.timeline != noTimeline && q.sel.Rows && !nested && q.view.At == 0 && len(facts) == 0
	q.covered = q.coveredBy()
	rows, scan := q.rows(&args)
	switch {
	case q.isFormerTimeline() && len(facts) == 0 && !nested && !q.boundedResidual:
		return q.selectAlongKeys(rows), args, nil
	case q.sel.Rows && q.keysFirstNeeded() && q.covered == nil:
		return q.keysFirst(facts, rows), args, nil
	case !q.sel.Rows && nested:
		return &Select{Cols: append(Texts("p.value"), facts...), From: From(parentKeys())}, args, nil
	case !q.sel.Rows:
		return &Select{Cols: facts}, args, nil
	case len(facts) > 0:
		return q.beside(facts, rows), args, nil
	case q.direct:
		return rows, args, nil
	case nested:
		page := From(parentKeys()).with(CrossJoin, q.named(rows), q.namedBy(rows))
		page[1].Line = true
		return &Select{Cols: append(Texts("p.value"), q.columnList()...), From: page, Order: Format("p.key, ?", q.sorted())}, args, nil
	case scan != nil && q.path.id == "x.id":
		scan.Cols = q.columnList()
		return scan, args, nil
	default:
		return &Select{
			Cols: q.columnList(), From: From(q.table("x")), Where: Format("x.id IN (?)", Indent(1, rows)), Order: q.sorted(),
		}, args, nil
	}
}

// parentKeys are the parents p of a list, whose keys are in $1.
func parentKeys() Expr { return Text("json_each($1) AS p") }

// table is the table of the type under an alias.
func (q *query) table(alias string) Table { return Table{Name: snake(q.sel.Type.Base), Alias: alias} }

// accessPathFor is the scan through the chosen rows of the type that pass the filter.
func (q *query) accessPathFor(chosen Expr, c *conditions) (accessPath, error) {
	switch {
	case q.timeline == wholeTimeline:
		return q.timelineScan(q.timeline, Text("0"), q.sel.Filter, c)
	case q.timeline != noTimeline:
		return q.timelineScan(q.timeline, Text(q.parent), q.sel.Filter, c)
	case q.sel.Type.Name == "Event" && chosen == nil && q.sel.Filter != nil && q.view.At == 0:
		return q.chooseAccessPath(c)
	}
	w := accessPath{from: source(q.sel.Type), id: "x.id", order: q.order}
	quick, rest := splitPredicates(q.sel.Type, q.sel.Filter)
	filter, err := c.predicates(q.sel.Type, quick, false)
	if err != nil {
		return w, err
	}
	w.conditions = All(chosen, visible(q.sel.Type, q.view), filter)
	return w, q.scanResidual(&w, rest, c)
}

// scanResidual has residual tests made on the rows of a scan, on so many of a list of the root and no more.
func (q *query) scanResidual(w *accessPath, rest []*content.Filter, c *conditions) error {
	if len(rest) == 0 {
		return nil
	}
	if !q.nested {
		all := w.counts()
		some := &Select{Cols: Texts("1"), From: all.from, Where: all.conditions, Limit: Text(strconv.Itoa(c.residual + 1))}
		n, err := c.count(Format("SELECT COUNT(*) FROM (?)", some), c.args...)
		if err != nil {
			return err
		}
		if n > c.residual && (q.sel.Total || len(q.sel.Facets) > 0) {
			return residualExceeded(rest, c.residual)
		}
		q.boundedResidual, q.residualRows = n > c.residual, n
	}
	residual, err := c.predicates(q.sel.Type, rest, q.sel.Type.Name == "Event" && !q.nested)
	if q.boundedResidual {
		w.residual, w.residualLimit = residual, c.residual
		return err
	}
	w.conditions = All(w.conditions, residual)
	if w.counted != nil {
		w.counted.conditions = All(w.counted.conditions, residual)
	}
	return err
}

// beside returns the statement that gives the facts of a list with its rows, and alone where there are none.
func (q *query) beside(facts []Expr, rows Expr) Expr {
	lists := &Select{Cols: Texts("0 AS value", "0 AS key")}
	var columns []Expr
	if q.nested {
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
		With: []CTE{{"p", Indent(1, lists)}}, Cols: append(columns, q.columnList()...), From: page, Order: Format("p.key, ?", q.sorted()),
	}
}

// named are the rows x of the page: those whose keys a statement selects, or the places that it selects with their covering rows.
func (q *query) named(rows Expr) Expr {
	if q.covered != nil {
		return Format("(?) AS x", Indent(1, rows))
	}
	return q.table("x")
}

// namedBy is the condition that named is joined by.
func (q *query) namedBy(rows Expr) Expr {
	if q.covered != nil {
		return nil
	}
	return Format("x.id IN (?)", Indent(1, rows))
}

// facts are what is asked of a list beside its rows: how many there are, and whether some precede the page.
func (q *query) facts(args *[]any) []Expr {
	order := q.path.order
	var facts []Expr
	if q.sel.Total {
		facts = append(facts, q.count(q.path.counts()))
	}
	p := q.sel.Page
	edge, outside := p.After, order.stretches(nil, p.After)
	if p.Backward {
		edge, outside = p.Before, order.stretches(p.Before, nil)
	}
	for _, by := range q.sel.Facets {
		facts = append(facts, q.facet(by))
	}
	if q.preceded = q.sel.Before && edge != nil; !q.preceded {
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
func (q *query) rows(args *[]any) (rows Expr, scan *Select) {
	if !q.sel.Rows {
		return nil, nil
	}
	head, order := Select{Cols: Texts(q.path.id), From: q.path.from}, q.path.order
	p := q.sel.Page
	if q.sel.Slug != "" || q.sel.External != nil {
		head.Where = q.path.conditions
		return &head, &head
	}
	switch {
	case q.keysFirstNeeded():
		head.Cols, head.Limit, order = q.sortedKeys(), fence(), order.ordinals()
		if q.covered != nil {
			head.Cols = append(Texts(append([]string{"l.event_id"}, placeKeys("l")[:3]...)...), Format("? AS card", q.coveringRowAsOf(args)))
		}
	case q.direct:
		head.Cols, head.From = q.alongTimeline()
	case q.covered != nil:
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
func (q *query) alongTimeline() ([]Expr, Tables) {
	if q.covered != nil {
		return q.coveringColumnList("l"), q.path.from
	}
	if len(q.path.from) > 1 { // the filter asks for the events too
		return q.columnList(), q.path.from
	}
	return q.columnList(), q.withEvents(q.path.from)
}

// scanPage returns a scan of keys with its residual tests, which look at the beginning of the scan alone.
func (q *query) scanPage(scan *Select) Expr {
	switch {
	case !q.boundedResidual:
		return scan
	case q.keysFirstNeeded():
		return q.testResidual(scan)
	}
	keys, until := List(", ", q.path.order.keys...), "<="
	if q.path.order.descending != q.sel.Page.Backward {
		until = ">="
	}
	last := Format("(SELECT ?\nFROM ?\n  WHERE ?\nORDER BY ?\n  LIMIT 1 OFFSET (SELECT COUNT(*) - 1 FROM (SELECT 1\nFROM ?\n  WHERE ?\n  LIMIT "+
		strconv.Itoa(q.path.residualLimit)+")))", keys, scan.From, scan.Where, scan.Order, scan.From, scan.Where)
	scan.Where = All(scan.Where, Format("(?) "+until+" ?", keys, last), q.path.residual)
	return scan
}

// sorted is the order of the page, the other way round if it is taken from the end.
func (q *query) sorted() Expr {
	order := q.order
	if q.covered != nil {
		order.keys = Texts(placeKeys("x")...)
	}
	return order.by(q.sel.Page.Backward)
}

// columnList is what is read of each row: its key, the order keys before it if cursors are wanted, and the columns.
func (q *query) columnList() []Expr {
	if q.covered != nil {
		return q.coveringColumnList("x")
	}
	list := Texts("x.id")
	if q.sel.Cursors {
		list = append(list, q.order.keys[:len(q.order.keys)-1]...)
	}
	return append(list, q.columns...)
}

// scansIndex reports whether the statement reads nothing but the rows of a page, and places between them, along an index: of a
// timeline, or of all talks or events.
func (q *query) scansIndex(root bool) bool {
	if q.sel.Filter != nil || !q.sel.Rows || q.sel.Total || len(q.sel.Facets) > 0 {
		return false
	}
	indexed := q.sel.Type.Name == "Talk" || q.sel.Type.Name == "Event"
	return q.direct || q.isFormerTimeline() && !q.sel.Before || root && indexed && q.view.At == 0 && q.view.Audience == content.Public && len(q.view.Locales) == 0
}
