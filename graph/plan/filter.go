package plan

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph/operation"
)

// Bounds of one filter.
const (
	maxOperands = 1000
)

// filters turns a where argument into a filter, after the input types that the schema gives it.
type filters struct {
	schema     *ast.Schema
	limits     operation.Limits
	who        content.Principal
	conditions int
}

// filter reads the arguments that choose rows of a list: where, heldOn and current.
func (p *Planner) filter(t *content.Type, f *operation.Field) (*content.Filter, error) {
	var all []*content.Filter
	if v, ok := f.Args["where"].(map[string]any); ok {
		fs := &filters{schema: p.Schema, limits: p.Limits, who: p.Who}
		where, err := fs.where(t, t.Name+"Where", v, "where", 0)
		if err != nil {
			return nil, err
		}
		all = append(all, where)
	}
	if text, ok := f.Args["heldOn"].(string); ok {
		d, err := content.ParseEDTF(text)
		if err != nil {
			return nil, badArgument("heldOn", "%s", err)
		}
		all = append(all, heldOn(d))
	}
	if on, ok := f.Args["current"].(bool); ok {
		current := every(isNull("heldUntil", nil), isNull("supersededBy", t))
		if !on {
			current = not(current)
		}
		all = append(all, current)
	}
	if len(all) == 0 {
		return nil, nil //nolint:nilnil // no filter is nil
	}
	return every(all...), nil
}

// heldOn holds for a position that may have been held at the date: none of its ends is known to exclude it.
func heldOn(d content.FuzzyDate) *content.Filter {
	from, until := d.SortKeys()
	begun := &content.Filter{Op: content.During, Field: "heldFrom", Span: content.Span{From: math.MinInt64, Until: until}}
	lasts := &content.Filter{Op: content.During, Field: "heldUntil", Span: content.Span{From: from, Until: math.MaxInt64}}
	return every(either(begun, isNull("heldFrom", nil)), either(lasts, isNull("heldUntil", nil)))
}

func every(of ...*content.Filter) *content.Filter { return &content.Filter{Op: content.And, Of: of} }

func either(of ...*content.Filter) *content.Filter { return &content.Filter{Op: content.Or, Of: of} }

func not(f *content.Filter) *content.Filter {
	return &content.Filter{Op: content.Not, Of: []*content.Filter{f}}
}

func isNull(field string, related *content.Type) *content.Filter {
	return &content.Filter{Op: content.IsNull, Field: field, Type: related}
}

// where reads an input object of the named type: conditions on a row of type t, all of which hold.
func (fs *filters) where(t *content.Type, input string, v map[string]any, path string, depth int) (*content.Filter, error) {
	if depth > fs.limits.FilterDepth {
		return nil, tooMuch(path, "filter-depth", fs.limits.FilterDepth, depth, "a filter is nested at most %d levels deep (limit filter-depth): join its conditions by one and, or, or in")
	}
	out := every()
	for _, key := range slices.Sorted(maps.Keys(v)) {
		def := fs.schema.Types[input].Fields.ForName(key)
		at := path + "." + key
		if v[key] == nil {
			return nil, badArgument(at, "%s is null: omit it, or use isNull", at)
		}
		if err := fs.authorize(def, at); err != nil {
			return nil, err
		}
		f, err := fs.entry(t, input, def, v[key], at, depth)
		if err != nil {
			return nil, err
		}
		out.Of = append(out.Of, f)
	}
	return out, nil
}

// authorize returns an error for a test that the client may not use: its results would reveal hidden content.
func (fs *filters) authorize(def *ast.FieldDefinition, at string) error {
	need := operation.RoleFor(def)
	if fs.who.Role.May(need) {
		return nil
	}
	err := content.Errorf(content.Forbidden, "%s can be filtered by readers with a token only: send Authorization: Bearer parley_... of role %s, or omit it; without a token, all items are published", at, need)
	if fs.who.Token != 0 {
		err = content.Errorf(content.Forbidden, "%s needs role %s: the token %s has role %s", at, need, fs.who.Name, fs.who.Role)
	}
	err.Field, err.Details = at, map[string]any{"role": need}
	return err
}

// entry reads one field of a where input.
func (fs *filters) entry(t *content.Type, input string, def *ast.FieldDefinition, v any, at string, depth int) (*content.Filter, error) {
	switch def.Name {
	case "and", "or":
		list, err := fs.list(t, input, v, at, depth)
		if def.Name == "or" {
			return either(list...), err
		}
		return every(list...), err
	case "not":
		m, _ := v.(map[string]any)
		f, err := fs.where(t, input, m, at, depth+1)
		return not(f), err
	case "isNull":
		return nil, badArgument(at, "isNull is allowed only in the filter of a field that references one item, as in parent: { isNull: true }")
	}
	m, _ := v.(map[string]any)
	named := def.Type.Name()
	switch {
	case strings.HasSuffix(named, "Where"):
		return fs.related(def.Name, strings.TrimSuffix(named, "Where"), m, at, depth)
	case strings.HasSuffix(named, "ListFilter") && fs.schema.Types[named].Fields.ForName("some") != nil:
		return fs.relatedList(def.Name, strings.TrimSuffix(named, "ListFilter"), m, at, depth)
	case named == "PlaceFilter":
		return fs.place(def.Name, m, at)
	default:
		return fs.operators(t, def.Name, named, m, at)
	}
}

func (fs *filters) list(t *content.Type, input string, v any, at string, depth int) ([]*content.Filter, error) {
	elements, _ := v.([]any)
	list := make([]*content.Filter, len(elements))
	for i, e := range elements {
		m, _ := e.(map[string]any)
		var err error
		before := fs.conditions
		if list[i], err = fs.where(t, input, m, at+"."+strconv.Itoa(i), depth+1); err != nil {
			return nil, err
		}
		if fs.conditions == before { // an element without a condition is one
			if err := fs.count(at); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// target returns the type that a filter leads to.
func target(name string) *content.Type {
	if t := content.TypeNamed(name); t != nil {
		return t
	}
	return content.RowType(name)
}

// related reads the filter of a field that leads to one item.
func (fs *filters) related(field, to string, m map[string]any, at string, depth int) (*content.Filter, error) {
	t := target(to)
	none, asked := m["isNull"].(bool)
	if asked && len(m) > 1 {
		return nil, badArgument(at, "%s has isNull beside conditions on the item: give one of them", at)
	}
	if err := fs.count(at); err != nil {
		return nil, err
	}
	if asked {
		if none {
			return isNull(field, t), nil
		}
		return not(isNull(field, t)), nil
	}
	inner, err := fs.where(t, to+"Where", m, at, depth+1)
	return &content.Filter{Op: content.Some, Field: field, Type: t, Of: []*content.Filter{inner}}, err
}

// relatedList reads the filter of a field that leads to many items.
func (fs *filters) relatedList(field, to string, m map[string]any, at string, depth int) (*content.Filter, error) {
	out := every()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		sub, ok := m[key].(map[string]any)
		if !ok {
			return nil, badArgument(at, "%s.%s is null: omit it", at, key)
		}
		if err := fs.count(at); err != nil {
			return nil, err
		}
		inner, err := fs.where(target(to), to+"Where", sub, at+"."+key, depth+1)
		if err != nil {
			return nil, err
		}
		f := &content.Filter{Op: content.Some, Field: field, Type: target(to), Of: []*content.Filter{inner}}
		if key == "none" {
			f = not(f)
		}
		out.Of = append(out.Of, f)
	}
	return out, nil
}

func (fs *filters) place(field string, m map[string]any, at string) (*content.Filter, error) {
	out := every()
	for _, key := range slices.Sorted(maps.Keys(m)) {
		var f *content.Filter
		var err error
		switch v := m[key].(type) {
		case bool:
			f = isNull(field, nil)
			if !v {
				f = not(f)
			}
		case map[string]any:
			f, err = fs.operators(nil, field+"."+key, "StringFilter", v, at+"."+key)
		default:
			err = badArgument(at+"."+key, "%s.%s is null: omit it, or use isNull", at, key)
		}
		if err != nil {
			return nil, err
		}
		out.Of = append(out.Of, f)
	}
	return out, nil
}

// count keeps the number of conditions in bounds.
func (fs *filters) count(at string) error {
	if fs.conditions++; fs.conditions > fs.limits.Conditions {
		return tooMuch(at, "conditions", fs.limits.Conditions, fs.conditions, "a filter has at most %d conditions (limit conditions): test for many values by in, or send several operations")
	}
	return nil
}

func tooMuch(at, name string, limit, value int, format string) error {
	e := content.Exceeded(name, limit, value, format, limit)
	e.Field = at
	return e
}
