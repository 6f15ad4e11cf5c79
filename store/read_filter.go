package store

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"parley/content"
	"parley/internal/fold"
)

// conditions writes filters as conditions on x and gathers their operands.
type conditions struct {
	args []any
	view content.View
	// count tells how many rows a statement selects, at most as many as it is limited to.
	count func(text string, args ...any) (int, error)
	// residual is how many rows a list scans at most for residual tests, frequent how many must pass a test for a list to be
	// scanned and not looked up.
	residual, frequent int
	// rowByRow says that the conditions are tested on one row after another, and are not to be looked up first.
	rowByRow bool
}

// arg keeps an operand and returns its placeholder.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// fresh are the conditions of another statement.
func (c *conditions) fresh() *conditions {
	return &conditions{view: c.view, count: c.count, residual: c.residual, frequent: c.frequent}
}

// predicate returns the condition of a filter on rows x of the type; it is TRUE, FALSE or NULL, and NULL counts as FALSE.
func (c *conditions) predicate(t *content.Type, f *content.Filter) (string, error) {
	switch {
	case f == nil:
		return "", nil
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
		expr = displayNameExpr(t, "x", "text", expr, c.view)
	}
	if err != nil {
		return "", err
	}
	switch {
	case f.Op == content.During && t.Name == "Event" && !c.rowByRow && c.view.Audience == content.Public && narrow(f.Span):
		return "x.id IN (" + c.occurred(f.Span) + ")", nil
	case f.Op == content.During:
		return c.during(expr, f.Span), nil
	case f.Field == "embargoedUntil":
		test, err := c.test(expr, asEmbargoes(f))
		return where("x.embargoed_until IS NOT NULL", test), err
	case f.Field == "createdAt", f.Field == "updatedAt":
		return c.made(map[string]string{"createdAt": "x.created_rev", "updatedAt": "x." + seenRev(c.view)}[f.Field], f)
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
		stored.Values[i] = when.UTC().Format(embargoLayout)
	}
	return &stored
}

// placeTest is the test of a field, which for the parts of a place is about those that have one, as their indexes are.
func placeTest(field, test string) string {
	if strings.HasPrefix(field, "place.") {
		return where("x.place IS NOT NULL", test)
	}
	return test
}

// predicates writes the condition that tests hold: one row after another, or so that SQLite may look up the rows first.
func (c *conditions) predicates(t *content.Type, tests []*content.Filter, one bool) (string, error) {
	c.rowByRow = one && c.view.At == 0
	defer func() { c.rowByRow = false }()
	return c.join(t, &content.Filter{Op: content.And, Of: tests})
}

// not writes the test that a filter does not hold.
func (c *conditions) not(t *content.Type, f *content.Filter) (string, error) {
	switch {
	case f.Op == content.IsNull && f.Type == nil:
		expr, err := operand(t, f.Field)
		return placeTest(f.Field, expr+" IS NOT NULL"), err
	case f.Op == content.IsNull:
		return c.some(t, f)
	}
	text, err := c.predicate(t, f)
	return "(" + or(text, "TRUE") + ") IS NOT TRUE", err
}

// join writes And and Or.
func (c *conditions) join(t *content.Type, f *content.Filter) (string, error) {
	parts := make([]string, 0, len(f.Of))
	for _, of := range f.Of {
		text, err := c.predicate(t, of)
		if err != nil {
			return "", err
		}
		parts = append(parts, or(text, "TRUE"))
	}
	switch {
	case f.Op == content.And:
		return where(parts...), nil
	case len(parts) == 0:
		return "FALSE", nil
	default:
		return "(" + strings.Join(parts, " OR ") + ")", nil
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// operand is the expression that a field is tested by.
func operand(t *content.Type, field string) (string, error) {
	switch field {
	case "id":
		return "x.id", nil
	case "createdAt", "updatedAt":
		return columns(t, field, content.View{})[0], nil
	case "place.name", "place.country":
		return "json_extract(x.place, '$." + strings.TrimPrefix(field, "place.") + "')", nil
	}
	list := columns(t, field, content.View{})
	if list == nil {
		return "", fmt.Errorf("%s.%s has no declared filter", t.Name, field)
	}
	return list[0], nil
}

// test writes a comparison.
func (c *conditions) test(expr string, f *content.Filter) (string, error) {
	switch f.Op {
	case content.In:
		if len(f.Values) == 1 {
			return expr + " = " + c.arg(bare(f.Values[0])), nil
		}
		list := make([]any, len(f.Values))
		for i, v := range f.Values {
			list[i] = bare(v)
		}
		b, err := json.Marshal(list)
		if err != nil {
			return "", fmt.Errorf("encode the values of %s: %w", f.Field, err)
		}
		return expr + " IN (SELECT value FROM json_each(" + c.arg(string(b)) + "))", nil
	case content.Less:
		return expr + " < " + c.arg(bare(f.Values[0])), nil
	case content.AtMost:
		return expr + " <= " + c.arg(bare(f.Values[0])), nil
	case content.More:
		return expr + " > " + c.arg(bare(f.Values[0])), nil
	case content.AtLeast:
		return expr + " >= " + c.arg(bare(f.Values[0])), nil
	case content.StartsWith:
		head, _ := f.Values[0].(string)
		return where(expr+" >= "+c.arg(head), expr+" < "+c.arg(head+"\U0010FFFF")), nil
	default:
		return "", fmt.Errorf("no test %d for %s", f.Op, f.Field)
	}
}

// foldedTest is the test that a text without an entry in naming has another one in it, or begins with it, both folded.
func (c *conditions) foldedTest(f *content.Filter, expr string) string {
	head := fmt.Sprint(f.Values[0])
	if f.Op == content.StartsWith {
		return c.startsWith("fold_text("+expr+")", head)
	}
	return "INSTR(fold_text(" + expr + "), " + c.arg(fold.Text(head)) + ") > 0"
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
func (c *conditions) during(column string, s content.Span) string {
	dated := ""
	if s.Until == math.MaxInt64 {
		dated = fmt.Sprintf("%s_earliest < %d", column, int64(undated))
	}
	return where(dated, c.touches(column+"_earliest", column+"_latest", s))
}

// made writes the test of the time of a revision by its number: times increase with numbers.
func (c *conditions) made(column string, f *content.Filter) (string, error) {
	const last = "COALESCE((SELECT number FROM revision WHERE at %s %s ORDER BY at DESC LIMIT 1), 0)"
	switch f.Op {
	case content.Less:
		return column + " <= " + fmt.Sprintf(last, "<", c.arg(bare(f.Values[0]))), nil
	case content.AtMost:
		return column + " <= " + fmt.Sprintf(last, "<=", c.arg(bare(f.Values[0]))), nil
	case content.More:
		return column + " > " + fmt.Sprintf(last, "<=", c.arg(bare(f.Values[0]))), nil
	case content.AtLeast:
		return column + " > " + fmt.Sprintf(last, "<", c.arg(bare(f.Values[0]))), nil
	default:
		test, err := c.test("at", f)
		return column + " IN (SELECT number FROM revision WHERE " + test + ")", err
	}
}

// isNull writes the test for no value; an item that the audience may not see is none.
func (c *conditions) isNull(t *content.Type, f *content.Filter) (string, error) {
	if f.Type != nil {
		text, err := c.some(t, f)
		return "(" + text + ") IS NOT TRUE", err
	}
	expr, err := operand(t, f.Field)
	if of := t.Field(f.Field); of != nil && of.Kind == content.Date {
		return where(fmt.Sprintf("%s_earliest = %d", expr, int64(undated)), expr+" IS NULL"), err // an index has the first
	}
	return expr + " IS NULL", err
}

// some writes the test of the items that a field leads to.
func (c *conditions) some(t *content.Type, f *content.Filter) (string, error) {
	if f.Field == "externalIds" {
		keys, err := c.identified(t, f)
		return "x.id IN (" + keys + ")", err
	}
	keys, err := c.related(f)
	if err != nil {
		return "", err
	}
	if rel, ok := relations()[t.Name+"."+f.Field]; ok {
		if c.rowByRow {
			return rel.leads(keys, c.view), nil
		}
		return "x.id IN (" + rel.parents(keys, c.view) + ")", nil
	}
	expr, err := operand(t, f.Field)
	if err != nil {
		return "", err
	}
	return expr + " IN (" + keys + ")", nil
}

// related selects the keys of the items that a field may lead to. Those that no index finds are looked for among so many
// rows and no more.
func (c *conditions) related(f *content.Filter) (string, error) {
	one := c.rowByRow
	c.rowByRow = false
	defer func() { c.rowByRow = one }()
	from := "SELECT x.id FROM " + source(f.Type) + " WHERE "
	if quick, rest := splitPredicates(f.Type, &content.Filter{Op: content.And, Of: f.Of}); f.Type.Name == "Event" && len(rest) > 0 {
		some := c.fresh()
		test, err := some.predicates(f.Type, quick, false)
		if err != nil {
			return "", err
		}
		n, err := c.count(fmt.Sprintf("SELECT COUNT(*) FROM (%s LIMIT %d)", from+where(visible(f.Type, c.view), test), c.residual+1), some.args...)
		if err != nil {
			return "", err
		}
		if n > c.residual {
			return "", residualExceeded(rest, c.residual)
		}
	}
	inner, err := c.join(f.Type, &content.Filter{Op: content.And, Of: f.Of})
	return from + where(visible(f.Type, c.view), inner), err
}

// identified selects the keys of the items of a type with an identifier in another system that passes a filter.
func (c *conditions) identified(t *content.Type, f *content.Filter) (string, error) {
	inner, err := c.join(f.Type, &content.Filter{Op: content.And, Of: f.Of})
	return "SELECT x.item_id FROM external_id AS x WHERE " + where("x.type = '"+t.Name+"'", inner), err
}

// element writes the test that one of a list of texts passes.
func (c *conditions) element(t *content.Type, f *content.Filter) (string, error) {
	list, err := operand(t, f.Field)
	if err != nil {
		return "", err
	}
	text, err := c.test("e.value", f)
	return "EXISTS (SELECT 1 FROM json_each(" + list + ") AS e WHERE " + text + ")", err
}
