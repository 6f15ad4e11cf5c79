package operation

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// given is a value as a request gives it: a literal of its document or, where that is nil, JSON of its variables.
type given struct {
	literal *ast.Value
	json    any
}

// is reports whether the value is a literal of one of the kinds.
func (g given) is(kinds ...ast.ValueKind) bool {
	return g.literal != nil && slices.Contains(kinds, g.literal.Kind)
}

func (g given) null() bool { return g.is(ast.NullValue) || g.literal == nil && g.json == nil }

// position is the position of the value in the document, or nil.
func (g given) position() *ast.Position {
	if g.literal == nil {
		return nil
	}
	return positionOf(g.literal)
}

// text is the value for a message.
func (g given) text() string {
	if g.literal != nil {
		return Shorten(g.literal.String())
	}
	b, err := json.Marshal(g.json)
	if err != nil {
		return "another value"
	}
	return Shorten(string(b))
}

// length returns the number of elements of a list.
func (g given) length() (n int, isList bool) {
	if g.literal != nil {
		return len(g.literal.Children), g.literal.Kind == ast.ListValue
	}
	list, isList := g.json.([]any)
	return len(list), isList
}

// element returns the ith element of a list.
func (g given) element(i int) given {
	if g.literal != nil {
		return given{literal: g.literal.Children[i].Value}
	}
	list, _ := g.json.([]any)
	return given{json: list[i]}
}

// names returns the names of the fields of an object.
func (g given) names() (names []string, isObject bool) {
	if g.literal == nil {
		m, isObject := g.json.(map[string]any)
		return slices.Sorted(maps.Keys(m)), isObject
	}
	for _, child := range g.literal.Children {
		names = append(names, child.Name)
	}
	return names, g.literal.Kind == ast.ObjectValue
}

// member returns a field of an object.
func (g given) member(name string) (member given, ok bool) {
	if g.literal != nil {
		v := g.literal.Children.ForName(name)
		return given{literal: v}, v != nil
	}
	m, _ := g.json.(map[string]any)
	v, ok := m[name]
	return given{json: v}, ok
}

// enum returns the name of an enum value.
func (g given) enum() (string, bool) {
	if g.literal != nil {
		return g.literal.Raw, g.literal.Kind == ast.EnumValue
	}
	return g.string()
}

func (g given) string() (string, bool) {
	if g.literal != nil {
		return g.literal.Raw, g.is(ast.StringValue, ast.BlockValue)
	}
	text, ok := g.json.(string)
	return text, ok
}

func (g given) bool() (v, ok bool) {
	if g.literal != nil {
		return g.literal.Raw == "true", g.literal.Kind == ast.BooleanValue
	}
	v, ok = g.json.(bool)
	return v, ok
}

// number returns the text of a number. JSON does not distinguish whole numbers from others: 2.0 and 2e0 are 2.
func (g given) number() (text string, ok bool) {
	if g.literal != nil {
		return g.literal.Raw, g.is(ast.IntValue, ast.FloatValue)
	}
	n, ok := g.json.(json.Number)
	return string(n), ok
}

// int returns a whole number of 32 bits.
func (g given) int() (int64, bool) {
	text, ok := g.number()
	if !ok || g.is(ast.FloatValue) {
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return n, true
	}
	f, ok := g.float()
	whole := ok && f == math.Trunc(f) && f >= math.MinInt32 && f <= math.MaxInt32 && !g.is(ast.IntValue)
	return int64(f), whole
}

// float returns a finite number.
func (g given) float() (float64, bool) {
	text, ok := g.number()
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// id returns an ID, which may be written as a whole number.
func (g given) id() (string, bool) {
	if text, ok := g.string(); ok {
		return text, true
	}
	text, ok := g.number()
	if !ok || g.is(ast.FloatValue) {
		return "", false
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil || g.is(ast.IntValue) {
		return text, true
	}
	f, ok := g.float()
	return strconv.FormatFloat(f, 'f', -1, 64), ok && f == math.Trunc(f)
}

// Shorten shortens a text for a message.
func Shorten(text string) string {
	const most = 60
	if r := []rune(text[:min(len(text), 4*most)]); len(r) > most {
		return string(r[:most]) + "..."
	}
	return strings.ToValidUTF8(text, "")
}

// List returns a list; null is one without elements.
func List(v any) []any {
	list, _ := v.([]any)
	return list
}
