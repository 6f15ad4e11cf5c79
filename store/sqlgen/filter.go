package sqlgen

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"parley/content"
	"parley/internal/fold"
)

// Conditions writes filters as conditions on x and gathers their operands.
type Conditions struct {
	Args []any
	View content.View
	// Count returns how many rows a statement selects, at most as many as it is limited to.
	Count func(statement Expr, args ...any) (int, error)
	// Residual is how many rows a list scans at most for residual tests, frequent how many must pass a test for a list to be
	// scanned and not looked up.
	Residual, Frequent int
	// rowByRow says that the conditions are tested on one row after another, and are not to be looked up first.
	rowByRow bool
}

// arg keeps an operand and returns its placeholder.
func (c *Conditions) arg(v any) Expr {
	c.Args = append(c.Args, v)
	return Text("$" + strconv.Itoa(len(c.Args)))
}

// fresh are the conditions of another statement.
func (c *Conditions) fresh() *Conditions {
	return &Conditions{View: c.View, Count: c.Count, Residual: c.Residual, Frequent: c.Frequent}
}

// predicate returns the condition of a filter on rows x of the type; it is TRUE, FALSE or NULL, and NULL counts as FALSE.
func (c *Conditions) predicate(t *content.Type, f *content.Filter) (Expr, error) {
	switch {
	case f == nil:
		return nil, nil //nolint:nilnil // all rows pass
	case f.Op == content.And, f.Op == content.Or:
		return c.join(t, f)
	case f.Op == content.Not:
		return c.not(t, f.Of[0])
	case f.Op == content.Some:
		return c.some(t, f)
	case f.Op == content.IsNull:
		return c.isNull(t, f)
	}
	named := f.Field == t.Title() && hasNames(t)
	switch {
	case f.Op == content.Contains && named:
		return c.contains(t, "title", fmt.Sprint(f.Values[0]))
	case f.Op == content.StartsWith && named:
		return c.startsWith(c.folded(t, "title"), fmt.Sprint(f.Values[0])), nil
	case f.Op == content.Contains && f.Field == "aliases":
		return c.contains(t, "aliases", fmt.Sprint(f.Values[0]))
	case f.Op == content.Matches:
		return c.matches(t, f)
	case f.Field == "aliases" || f.Field == "purposes":
		return c.element(t, f)
	}
	expr, err := operand(t, f.Field)
	if folds := f.Op == content.Contains || f.Op == content.StartsWith; folds && f.Field == t.Title() && err == nil {
		return c.foldedTest(f, expr), nil
	}
	if named {
		expr = displayNameExpr(t, "x", "text", expr, c.View)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case f.Op == content.During && t.Timeline != "" && !c.rowByRow && c.View.Audience == content.Public && narrow(f.Span):
		return Format("x.id IN (?)", c.occurred(f.Span)), nil
	case f.Op == content.During:
		return c.during(expr, f.Span), nil
	case f.Field == "embargoedUntil":
		test, err := c.test(expr, asEmbargoes(f))
		return All(Text("x.embargoed_until IS NOT NULL"), test), err
	case f.Field == "createdAt", f.Field == "updatedAt":
		return c.made(map[string]Text{"createdAt": "x.created_rev", "updatedAt": Text("x." + seenRev(c.View))}[f.Field], f)
	}
	test, err := c.test(expr, f)
	return placeTest(f.Field, test), err
}

// asEmbargoes returns the test of embargoes with its instants as they are stored.
func asEmbargoes(f *content.Filter) *content.Filter {
	stored := *f
	stored.Values = make([]any, len(f.Values))
	for i, v := range f.Values {
		when, _ := v.(time.Time)
		stored.Values[i] = when.UTC().Format(EmbargoLayout)
	}
	return &stored
}

// placeTest is the test of a field, which for the parts of a place is about those that have one, as their indexes are.
func placeTest(field string, test Expr) Expr {
	if placePart(field) != "" {
		return All(Text("x.place IS NOT NULL"), test)
	}
	return test
}

// placePart is the part of a place that a field is, or empty.
func placePart(field string) string {
	part, _ := strings.CutPrefix(field, "place.")
	if part == field {
		return ""
	}
	return part
}

// predicates writes the condition that tests hold: one row after another, or so that SQLite may look up the rows first.
func (c *Conditions) predicates(t *content.Type, tests []*content.Filter, one bool) (Expr, error) {
	c.rowByRow = one && c.View.At == 0
	defer func() { c.rowByRow = false }()
	return c.join(t, &content.Filter{Op: content.And, Of: tests})
}

// not writes the test that a filter does not hold.
func (c *Conditions) not(t *content.Type, f *content.Filter) (Expr, error) {
	switch {
	case f.Op == content.IsNull && f.Type == nil:
		expr, err := operand(t, f.Field)
		return placeTest(f.Field, Format("? IS NOT NULL", expr)), err
	case f.Op == content.IsNull:
		return c.some(t, f)
	}
	test, err := c.predicate(t, f)
	return Format("(?) IS NOT TRUE", All(test)), err
}

// join writes And and Or.
func (c *Conditions) join(t *content.Type, f *content.Filter) (Expr, error) {
	parts := make([]Expr, 0, len(f.Of))
	for _, of := range f.Of {
		test, err := c.predicate(t, of)
		if err != nil {
			return nil, err
		}
		parts = append(parts, All(test))
	}
	switch {
	case f.Op == content.And:
		return All(parts...), nil
	case len(parts) == 0:
		return Text("FALSE"), nil
	default:
		return Format("(?)", List(" OR ", parts...)), nil
	}
}

// operand is the expression that a field is tested by.
func operand(t *content.Type, field string) (Expr, error) {
	switch field {
	case "id":
		return Text("x.id"), nil
	case "createdAt", "updatedAt":
		return ColumnsOf(t, field, content.View{})[0], nil
	case "place.name", "place.country":
		return Text("json_extract(x.place, '$." + placePart(field) + "')"), nil
	}
	list := ColumnsOf(t, field, content.View{})
	if list == nil {
		return nil, fmt.Errorf("%s.%s has no declared filter", t.Name, field)
	}
	return list[0], nil
}

// test writes a comparison.
func (c *Conditions) test(expr Expr, f *content.Filter) (Expr, error) {
	switch f.Op {
	case content.In:
		if len(f.Values) == 1 {
			return Format("? = ?", expr, c.arg(bare(f.Values[0]))), nil
		}
		list := make([]any, len(f.Values))
		for i, v := range f.Values {
			list[i] = bare(v)
		}
		b, err := json.Marshal(list)
		if err != nil {
			return nil, fmt.Errorf("encode the values of %s: %w", f.Field, err)
		}
		return Format("? IN (SELECT value FROM json_each(?))", expr, c.arg(string(b))), nil
	case content.Less:
		return Format("? < ?", expr, c.arg(bare(f.Values[0]))), nil
	case content.AtMost:
		return Format("? <= ?", expr, c.arg(bare(f.Values[0]))), nil
	case content.More:
		return Format("? > ?", expr, c.arg(bare(f.Values[0]))), nil
	case content.AtLeast:
		return Format("? >= ?", expr, c.arg(bare(f.Values[0]))), nil
	case content.StartsWith:
		head, _ := f.Values[0].(string)
		return All(Format("? >= ?", expr, c.arg(head)), Format("? < ?", expr, c.arg(head+"\U0010FFFF"))), nil
	default:
		return nil, fmt.Errorf("no test %d for %s", f.Op, f.Field)
	}
}

// foldedTest is the test that a text without an entry in naming has another one in it, or begins with it, both folded.
func (c *Conditions) foldedTest(f *content.Filter, expr Expr) Expr {
	head := fmt.Sprint(f.Values[0])
	if f.Op == content.StartsWith {
		return c.startsWith(Format("fold_text(?)", expr), head)
	}
	return Format("INSTR(fold_text(?), ?) > 0", expr, c.arg(fold.Text(head)))
}

// bare turns an operand into what the driver and JSON take.
func bare(v any) any {
	switch v := v.(type) {
	case content.Key:
		return int64(v)
	case time.Time:
		return v.UnixMilli()
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	default:
		return v
	}
}

// during writes the test of a date against a span; no date lies in none.
func (c *Conditions) during(column Expr, s content.Span) Expr {
	earliest, latest := Format("?_earliest", column), Format("?_latest", column)
	var dated Expr
	if s.Until == math.MaxInt64 {
		dated = Format(fmt.Sprintf("? < %d", int64(Undated)), earliest)
	}
	return All(dated, c.touches(earliest, latest, s))
}

// made writes the test of the time of a revision by its number: times increase with numbers.
func (c *Conditions) made(column Text, f *content.Filter) (Expr, error) {
	test := func(op, limit string) (Expr, error) { // the last revision within the limit
		return Format("? "+op+" COALESCE((SELECT number FROM revision WHERE at "+limit+" ? ORDER BY at DESC LIMIT 1), 0)", column, c.arg(bare(f.Values[0]))), nil
	}
	switch f.Op {
	case content.Less:
		return test("<=", "<")
	case content.AtMost:
		return test("<=", "<=")
	case content.More:
		return test(">", "<=")
	case content.AtLeast:
		return test(">", "<")
	default:
		test, err := c.test(Text("at"), f)
		return Format("? IN (SELECT number FROM revision WHERE ?)", column, test), err
	}
}

// isNull writes the test for no value; an item that the audience may not see counts as no value.
func (c *Conditions) isNull(t *content.Type, f *content.Filter) (Expr, error) {
	if f.Type != nil {
		test, err := c.some(t, f)
		return Format("(?) IS NOT TRUE", test), err
	}
	expr, err := operand(t, f.Field)
	if of := t.Field(f.Field); of != nil && of.Kind == content.Date {
		return All(Format(fmt.Sprintf("?_earliest = %d", int64(Undated)), expr), Format("? IS NULL", expr)), err // an index has the first
	}
	return Format("? IS NULL", expr), err
}

// some writes the test of the items that a field leads to.
func (c *Conditions) some(t *content.Type, f *content.Filter) (Expr, error) {
	if f.Field == "externalIds" {
		keys, err := c.identified(t, f)
		return Format("x.id IN (?)", keys), err
	}
	keys, err := c.related(f)
	if err != nil {
		return nil, err
	}
	if rel, ok := Relations()[t.Name+"."+f.Field]; ok {
		if c.rowByRow {
			return rel.leads(keys, c.View), nil
		}
		return Format("x.id IN (?)", rel.parents(keys, c.View)), nil
	}
	expr, err := operand(t, f.Field)
	if err != nil {
		return nil, err
	}
	return Format("? IN (?)", expr, keys), nil
}

// related selects the keys of the items that a field may lead to. Those that no index finds are looked for among so many
// rows and no more.
func (c *Conditions) related(f *content.Filter) (Expr, error) {
	one := c.rowByRow
	c.rowByRow = false
	defer func() { c.rowByRow = one }()
	keys := &Select{Cols: Texts("x.id"), From: Source(f.Type), Line: true}
	if quick, rest := SplitPredicates(f.Type, &content.Filter{Op: content.And, Of: f.Of}); f.Type.Large && len(rest) > 0 {
		some := c.fresh()
		test, err := some.predicates(f.Type, quick, false)
		if err != nil {
			return nil, err
		}
		indexed := *keys
		indexed.Where, indexed.Limit = All(Visible(f.Type, c.View), test), Text(strconv.Itoa(c.Residual+1))
		n, err := c.Count(Format("SELECT COUNT(*) FROM (?)", &indexed), some.Args...)
		if err != nil {
			return nil, err
		}
		if n > c.Residual {
			return nil, ResidualExceeded(rest, c.Residual)
		}
	}
	inner, err := c.join(f.Type, &content.Filter{Op: content.And, Of: f.Of})
	keys.Where = All(Visible(f.Type, c.View), inner)
	return keys, err
}

// identified selects the keys of the items of a type with an identifier in another system that passes a filter.
func (c *Conditions) identified(t *content.Type, f *content.Filter) (Expr, error) {
	inner, err := c.join(f.Type, &content.Filter{Op: content.And, Of: f.Of})
	return &Select{
		Cols: Texts("x.item_id"), From: From(Table{Name: "external_id", Alias: "x"}), Where: All(Text("x.type = '"+t.Name+"'"), inner), Line: true,
	}, err
}

// element writes the test that one of a list of texts passes.
func (c *Conditions) element(t *content.Type, f *content.Filter) (Expr, error) {
	list, err := operand(t, f.Field)
	if err != nil {
		return nil, err
	}
	test, err := c.test(Text("e.value"), f)
	return Format("EXISTS (SELECT 1 FROM json_each(?) AS e WHERE ?)", list, test), err
}
