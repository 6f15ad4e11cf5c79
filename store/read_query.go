package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/content"
)

// query writes the statement of one selection and reads its rows.
type query struct {
	sel             *content.Selection
	view            content.View
	columns         []string // of all fields
	fields          []column
	values          slab
	order           ordering
	timeline        timeline // the timeline that the list is, if it is one
	path            accessPath
	nested          bool           // whether rows tell their parent
	preceded        bool           // whether rows tell that some precede the page
	direct          bool           // whether the rows are read along a timeline, in its order
	ended           bool           // whether few places of the timeline ended after the revision of the past that is read
	boundedResidual bool           // whether the page is looked for in a part of the list alone
	residualRows    int            // how many rows are looked at for conditions that no index serves
	covered         []coveredField // what is read from covering rows, where they hold all that is asked for
	keys            []packedKeys   // of inlined lists on covering rows
	localized       bool           // whether rows carry their translations, to be served in another language
}

// column is how a field is read from a row.
type column struct {
	name  string
	width int  // how many columns it has
	plain bool // whether its one column is its value
}

func newQuery(sel *content.Selection, view content.View) (*query, error) {
	q := &query{sel: sel, view: view, columns: make([]string, 0, len(sel.Fields)+4), fields: make([]column, 0, len(sel.Fields)+2)}
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
		q.columns = append(q.columns, "x."+inlineColumn(child.Relation))
		q.fields = append(q.fields, column{child.Relation, 1, true})
	}
	if q.localized {
		q.columns = append(q.columns, localeOf(sel.Type), "x.translations")
	}
	return q, nil
}

// page writes the statement that reads a page of the rows that rel names, for each of the parents in $1 or, where
// there are no parents, once. What is not asked for is not in it: no totals, no order keys, no rows beside a total.
func (q *query) page(chosen string, nested bool, c *conditions) (string, []any, error) {
	q.nested = nested
	var err error
	if q.path, err = q.accessPathFor(chosen, c); err != nil {
		return "", nil, err
	}
	args := c.args
	facts := q.facts(&args)
	q.direct = q.timeline != noTimeline && q.sel.Rows && !nested && q.view.At == 0 && len(facts) == 0
	q.covered = q.coveredBy()
	rows, walks := q.rows(&args)
	switch {
	case q.isFormerTimeline() && len(facts) == 0 && !nested && !q.boundedResidual:
		return q.selectAlongKeys(rows), args, nil
	case q.sel.Rows && q.keysFirstNeeded() && q.covered == nil:
		return q.keysFirst(facts, rows), args, nil
	case !q.sel.Rows && nested:
		return "SELECT p.value, " + strings.Join(facts, ", ") + "\nFROM json_each($1) AS p", args, nil
	case !q.sel.Rows:
		return "SELECT " + strings.Join(facts, ", "), args, nil
	case len(facts) > 0:
		return q.beside(facts, rows), args, nil
	case q.direct:
		return rows, args, nil
	case nested:
		return "SELECT p.value, " + q.columnList() + "\nFROM json_each($1) AS p\nCROSS JOIN " + q.named(rows) + "\nORDER BY p.key, " + q.sorted(), args, nil
	case walks == 1 && q.path.id == "x.id":
		return "SELECT " + q.columnList() + strings.TrimPrefix(rows, "SELECT x.id"), args, nil
	default:
		return "SELECT " + q.columnList() + "\nFROM " + snake(q.sel.Type.Base) + " AS x\nWHERE x.id IN (" + indent(rows) + ")\nORDER BY " + q.sorted(), args, nil
	}
}

// accessPathFor is the scan through the chosen rows of the type that pass the filter.
func (q *query) accessPathFor(chosen string, c *conditions) (accessPath, error) {
	switch {
	case q.timeline == wholeTimeline:
		return q.timelineScan(q.timeline, "0", q.sel.Filter, c)
	case q.timeline != noTimeline:
		return q.timelineScan(q.timeline, "p.value", q.sel.Filter, c)
	case q.sel.Type.Name == "Event" && chosen == "" && q.sel.Filter != nil && q.view.At == 0:
		return q.chooseAccessPath(c)
	}
	w := accessPath{from: "\nFROM " + source(q.sel.Type), id: "x.id", order: q.order}
	quick, rest := splitPredicates(q.sel.Type, q.sel.Filter)
	filter, err := c.predicates(q.sel.Type, quick, false)
	if err != nil {
		return w, err
	}
	w.conditions = where(chosen, visible(q.sel.Type, q.view), filter)
	return w, q.scanResidual(&w, rest, c)
}

// scanResidual has residual tests made on the rows of a scan, on so many of a list of the root and no more.
func (q *query) scanResidual(w *accessPath, rest []*content.Filter, c *conditions) error {
	if len(rest) == 0 {
		return nil
	}
	if !q.nested {
		all := w.counts()
		n, err := c.count(fmt.Sprintf("SELECT COUNT(*) FROM (SELECT 1%s\nWHERE %s\nLIMIT %d)", all.from, all.conditions, c.residual+1), c.args...)
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
	w.conditions = where(w.conditions, residual)
	if w.counted != nil {
		w.counted.conditions = where(w.counted.conditions, residual)
	}
	return err
}

// beside writes a statement that gives the facts of a list with its rows, and alone where there are none.
func (q *query) beside(facts []string, rows string) string {
	parents, key := "SELECT 0 AS value, 0 AS key, ", ""
	if q.nested {
		parents, key = "SELECT p.value, p.key, ", "\nFROM json_each($1) AS p"
	}
	for i, f := range facts {
		facts[i] = f + fmt.Sprintf(" AS f%d", i)
	}
	var columns []string
	if q.nested {
		columns = append(columns, "p.value")
	}
	for i := range facts {
		columns = append(columns, fmt.Sprintf("p.f%d", i))
	}
	columns = append(columns, q.columnList())
	return "WITH p AS MATERIALIZED (" + indent(parents+strings.Join(facts, ", ")+key) + ")\nSELECT " + strings.Join(columns, ", ") + "\nFROM p\nLEFT JOIN " + q.named(rows) + "\nORDER BY p.key, " + q.sorted()
}

// named are the rows x of the page: those whose keys a statement selects, or the places that it selects with their covering rows.
func (q *query) named(rows string) string {
	if q.covered != nil {
		return "(" + indent(rows) + ") AS x"
	}
	return snake(q.sel.Type.Base) + " AS x ON x.id IN (" + indent(rows) + ")"
}

// facts are what is asked of a list beside its rows: how many there are, and whether some precede the page.
func (q *query) facts(args *[]any) []string {
	from, conditions, order := q.path.from, q.path.conditions, q.path.order
	var facts []string
	if q.sel.Total {
		all := q.path.counts()
		facts = append(facts, q.count(all.from, all.conditions))
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
	some := make([]string, len(outside))
	for i, s := range outside {
		bound := ""
		if s.after || s.before {
			bound = order.bound(edge, p.Backward, true, args)
		}
		some[i] = "EXISTS (SELECT 1" + from + "\nWHERE " + where(conditions, s.condition, bound) + ")"
	}
	return append(facts, "("+strings.Join(some, " OR ")+")")
}

// rows selects the keys of the rows of the page, one more than it has, and tells in how many scans of an index.
func (q *query) rows(args *[]any) (string, int) {
	conditions, order := q.path.conditions, q.path.order
	head := "SELECT " + q.path.id + q.path.from + "\nWHERE "
	if !q.sel.Rows {
		return "", 0
	}
	p := q.sel.Page
	if q.sel.Slug != "" || q.sel.External != nil {
		return head + conditions, 1
	}
	limit, by := "", order
	switch {
	case q.direct:
		head = q.selectAlongTimeline()
	case q.covered != nil:
		head = "SELECT " + strings.Join(placeKeys("l"), ", ") + ", l.card" + q.path.from + "\nWHERE "
	}
	if q.keysFirstNeeded() {
		keys := q.sortedKeys()
		if q.covered != nil {
			keys = strings.Join(append([]string{"l.event_id"}, placeKeys("l")[:3]...), ", ") + ", " + q.coveringRowAsOf(args) + " AS card"
		}
		head, limit, by = "SELECT "+keys+q.path.from+"\nWHERE ", fence, order.ordinals()
	}
	if p.Size > 0 {
		*args = append(*args, p.Size+1)
		limit = fmt.Sprintf("\nLIMIT $%d", len(*args))
	}
	var walks []string
	for _, s := range order.stretches(p.After, p.Before) {
		var after, before string
		if s.after {
			after = order.bound(p.After, true, false, args)
		}
		if s.before {
			before = order.bound(p.Before, false, false, args)
		}
		walks = append(walks, q.scanPage(head, where(conditions, s.condition, after, before), "\nORDER BY "+by.scanOrder(p.Backward), limit))
	}
	switch len(walks) {
	case 0:
		return head + "FALSE", 1
	case 1:
		return walks[0], 1
	}
	if p.Backward {
		walks[0], walks[1] = walks[1], walks[0]
	}
	return "SELECT * FROM (" + indent(walks[0]) + ")\nUNION ALL SELECT * FROM (" + indent(walks[1]) + ")" + limit, 2
}

// selectAlongTimeline begins a scan along the one timeline that is read, which has the rows, or their covering rows, beside their places.
func (q *query) selectAlongTimeline() string {
	from := q.path.from
	if q.covered != nil {
		return "SELECT " + q.coveringColumnList("l") + from + "\nWHERE "
	}
	if !strings.HasSuffix(from, " ON x.id = l.event_id") {
		from += " CROSS JOIN event AS x ON x.id = l.event_id"
	}
	return "SELECT " + q.columnList() + from + "\nWHERE "
}

// scanPage selects keys in an order; residual tests look at the beginning of the scan alone.
func (q *query) scanPage(head, conditions, order, limit string) string {
	if !q.boundedResidual {
		return head + conditions + order + limit
	}
	if q.keysFirstNeeded() {
		return q.testResidual(head+conditions+order, order+limit)
	}
	rows := q.path.from + "\n  WHERE " + conditions
	last := fmt.Sprintf("(SELECT %s%s%s\n  LIMIT 1 OFFSET (SELECT COUNT(*) - 1 FROM (SELECT 1%s\n  LIMIT %d)))",
		strings.Join(q.path.order.keys, ", "), rows, order, rows, q.path.residualLimit)
	until := " <= "
	if strings.HasSuffix(order, " DESC") {
		until = " >= "
	}
	return head + where(conditions, "("+strings.Join(q.path.order.keys, ", ")+")"+until+last, q.path.residual) + order + limit
}

// sorted is the order of the page, the other way round if it is taken from the end.
func (q *query) sorted() string {
	order := q.order
	if q.covered != nil {
		order.keys = placeKeys("x")
	}
	return order.by(q.sel.Page.Backward)
}

// columnList is what is read of each row: its key, the order keys before it if cursors are wanted, and the columns.
func (q *query) columnList() string {
	if q.covered != nil {
		return q.coveringColumnList("x")
	}
	list := []string{"x.id"}
	if q.sel.Cursors {
		list = append(list, q.order.keys[:len(q.order.keys)-1]...)
	}
	return strings.Join(append(list, q.columns...), ", ")
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

func indent(text string) string {
	return "\n  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// facts are what a row says of its list.
type facts struct {
	parent  content.Key
	total   int
	before  bool
	facets  []string
	present bool // whether there is a row, or the facts alone
}

// scan reads a row: the facts of its list, its key, its order keys and its fields.
func (q *query) scan(found *row) (content.Row, facts, error) {
	var f facts
	raw := found.columns
	next := func() driver.Value {
		v := raw[0]
		raw = raw[1:]
		return v
	}
	if q.nested {
		n, _ := next().(int64)
		f.parent = content.Key(n)
	}
	if q.sel.Total {
		n, _ := next().(int64)
		f.total = int(n)
	}
	for range q.sel.Facets {
		text, _ := next().(string)
		f.facets = append(f.facets, text)
	}
	if q.preceded {
		f.before = next() == int64(1)
	}
	if !q.sel.Rows {
		return content.Row{}, f, nil
	}
	if q.covered != nil {
		if f.present = q.direct || raw[len(raw)-1] != nil; !f.present {
			return content.Row{}, f, nil
		}
		row, err := q.readCoveringRow(raw)
		return row, f, err
	}
	var id int64
	if id, f.present = next().(int64); !f.present {
		return content.Row{}, f, nil
	}
	var order []any
	if q.sel.Cursors {
		for range q.order.keys[1:] {
			order = append(order, next())
		}
		order = append(order, id)
	}
	row, err := q.row(content.Key(id), raw)
	row.Order = order
	return row, f, err
}

// row turns the columns of a row into the values of its fields.
func (q *query) row(key content.Key, raw []driver.Value) (content.Row, error) {
	row := content.Row{Key: key, Values: q.values.take(len(q.fields))}
	var columns [4]any
	for i, f := range q.fields {
		switch {
		case f.plain:
			row.Values[i] = raw[0]
		case raw[0] != nil:
			for j, v := range raw[:f.width] {
				columns[j] = v
			}
			v, err := value(q.sel.Type, f.name, columns[:f.width])
			if err != nil {
				return row, fmt.Errorf("read %s.%s: %w", q.sel.Type.Name, f.name, err)
			}
			row.Values[i] = v
		}
		raw = raw[f.width:]
	}
	if q.localized {
		return row, q.translate(row, raw)
	}
	return row, nil
}

// slab gives out short slices of one long one, but for the first, which is often the only one.
type slab struct {
	rest  []any
	taken bool
}

func (s *slab) take(n int) []any {
	if !s.taken {
		s.taken = true
		return make([]any, n)
	}
	if len(s.rest) < n {
		s.rest = make([]any, 64*n)
	}
	part := s.rest[:n:n]
	s.rest = s.rest[n:]
	return part
}

// value turns the columns of a field into the value that the content model gives it; nil where there is none.
func value(t *content.Type, name string, raw []any) (any, error) {
	if len(raw) == 0 || raw[0] == nil {
		return nil, nil //nolint:nilnil // nil is the value
	}
	switch name {
	case "createdAt", "updatedAt":
		ms, _ := raw[0].(int64)
		return time.UnixMilli(ms).UTC(), nil
	case "process", "parent", "talk":
		return ref("Talk", raw[0]), nil
	case "asMediator":
		return ref("Mediator", raw[0]), nil
	case "asParty":
		return ref("Party", raw[0]), nil
	case "supersededBy":
		return ref("Position", raw[0]), nil
	}
	f := t.Field(name)
	if f == nil {
		if name == "agreement" {
			return ref("Agreement", raw[0]), nil
		}
		return raw[0], nil
	}
	text, _ := raw[0].(string)
	switch f.Kind {
	case content.Date:
		if words, ok := raw[1].(string); ok {
			d, err := content.ParseEDTF(text)
			return withVerbatim(d, words), err
		}
		return parsedDate([]byte(text))
	case content.Bool:
		return raw[0] == int64(1), nil
	case content.SingleRef:
		if len(f.To) > 1 {
			kind, _ := raw[1].(string)
			return ref(kind, raw[0]), nil
		}
		return ref(f.To[0], raw[0]), nil
	case content.StringList:
		var list []string
		err := json.Unmarshal([]byte(text), &list)
		return list, err
	case content.Place:
		return decodePlace(f, []byte(text))
	case content.JSONList:
		return decodeValues(f.Fields, []byte(text))
	default:
		return raw[0], nil
	}
}

// isPlain reports whether the value of a field is what stands in its column.
func isPlain(t *content.Type, name string) bool {
	f := t.Field(name)
	return name == "slug" || name == "locale" || name == "ownLocale" || name == "pubStatus" || f != nil && (f.Kind == content.Text || f.Kind == content.RichText || f.Kind == content.Enum || f.Kind == content.Int)
}

func ref(kind string, key any) content.Ref {
	n, _ := key.(int64)
	return content.Ref{Type: kind, Key: content.Key(n)}
}
