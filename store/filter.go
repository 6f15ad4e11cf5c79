package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"parley/content"
)

// conditions writes filters as conditions on x and gathers their operands.
type conditions struct {
	args []any
	view content.View
	// count tells how many rows a statement selects, at most as many as it is limited to.
	count func(text string, args ...any) (int, error)
	// residual is how many rows a list walks at most for residual tests.
	residual int
	// driven says that a narrow span chooses the rows: what else chooses by id is tested on them alone.
	driven bool
}

// arg keeps an operand and returns its placeholder.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// write returns the condition of a filter on rows x of the type; it is TRUE, FALSE or NULL, and NULL counts as FALSE.
func (c *conditions) write(t *content.Type, f *content.Filter) (string, error) {
	switch {
	case f == nil:
		return "", nil
	case f.Op == content.And, f.Op == content.Or:
		return c.join(t, f)
	case f.Op == content.Not:
		text, err := c.write(t, f.Of[0])
		return "(" + or(text, "TRUE") + ") IS NOT TRUE", err
	case f.Op == content.Some:
		return c.some(t, f)
	case f.Op == content.IsNull:
		return c.isNull(t, f)
	}
	named := f.Field == titleOf(t)
	switch {
	case f.Op == content.Contains && named:
		return c.contains(t, "title", fmt.Sprint(f.Values[0]))
	case f.Op == content.Contains && f.Field == "aliases":
		return c.contains(t, "aliases", fmt.Sprint(f.Values[0]))
	case f.Op == content.Matches:
		return c.matches(t, f)
	case f.Field == "aliases" || f.Field == "purposes":
		return c.element(t, f)
	}
	expr, err := operand(t, f.Field)
	if named {
		expr = called(t, "x", "text", expr, c.view)
	}
	if err != nil {
		return "", err
	}
	switch {
	case f.Op == content.During && t.Name == "Event" && f.Field == "occurredOn" && narrow(f.Span):
		return c.occurred(f.Span), nil
	case f.Op == content.During:
		return c.during(expr, f.Span), nil
	}
	return c.test(expr, f)
}

// join writes And and Or.
func (c *conditions) join(t *content.Type, f *content.Filter) (string, error) {
	parts := make([]string, 0, len(f.Of))
	for _, of := range f.Of {
		text, err := c.write(t, of)
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
		return "", fmt.Errorf("nothing says how %s.%s is filtered", t.Name, field)
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
	case content.StartsWith:
		head, _ := f.Values[0].(string)
		return where(expr+" >= "+c.arg(head), expr+" < "+c.arg(head+"\U0010FFFF")), nil
	default:
		return "", fmt.Errorf("no test %d for %s", f.Op, f.Field)
	}
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

// during writes the test of a date against a span.
func (c *conditions) during(column string, s content.Span) string {
	return where(column+" IS NOT NULL", c.touches(column+"_earliest", column+"_latest", s))
}

// isNull writes the test for no value; an item that the audience may not see is none.
func (c *conditions) isNull(t *content.Type, f *content.Filter) (string, error) {
	if f.Type == nil {
		expr, err := operand(t, f.Field)
		return expr + " IS NULL", err
	}
	text, err := c.some(t, f)
	return "(" + text + ") IS NOT TRUE", err
}

// some writes the test of the items that a field leads to.
func (c *conditions) some(t *content.Type, f *content.Filter) (string, error) {
	driven := c.driven
	c.driven = false // not within the related items
	inner, err := c.join(f.Type, &content.Filter{Op: content.And, Of: f.Of})
	c.driven = driven
	if err != nil {
		return "", err
	}
	if f.Field == "externalIds" {
		return "x.id IN (SELECT x.item_id FROM external_id AS x WHERE " + where("x.type = '"+t.Name+"'", inner) + ")", nil
	}
	keys := "SELECT x.id FROM " + source(f.Type) + " WHERE " + where(visible(f.Type, c.view), inner)
	if rel, ok := relations()[t.Name+"."+f.Field]; ok {
		if driven {
			return "+" + rel.some(keys), nil // the sign keeps SQLite from beginning here
		}
		return rel.some(keys), nil
	}
	expr, err := operand(t, f.Field)
	if err != nil {
		return "", err
	}
	return expr + " IN (" + keys + ")", nil
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
