package plan

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/content"
	"parley/internal/fold"
)

// operators reads the tests of one field; all of them hold.
func (fs *filters) operators(t *content.Type, field, input string, m map[string]any, at string) (*content.Filter, error) {
	if input == "FuzzyDateFilter" {
		return fs.date(field, m, at)
	}
	out := every()
	for _, op := range slices.Sorted(maps.Keys(m)) {
		if err := fs.count(at); err != nil {
			return nil, err
		}
		f, err := operator(t, field, input, op, m[op], at+"."+op)
		if err != nil {
			return nil, err
		}
		out.Of = append(out.Of, f)
	}
	return out, nil
}

// operator reads one test of a field of type t.
func operator(t *content.Type, field, input, op string, v any, at string) (*content.Filter, error) {
	if v == nil {
		return nil, badArgument(at, "%s is null: omit it, or use isNull", at)
	}
	if op == "isNull" {
		if v == true {
			return isNull(field, nil), nil
		}
		return not(isNull(field, nil)), nil
	}
	values, err := operands(t, input, v, at)
	if err != nil {
		return nil, err
	}
	f := &content.Filter{Field: field, Values: values}
	if tag := (&content.Field{Name: field}); tag.IsLocale() && op != "startsWith" && op != "contains" {
		if err := canonical(values, at); err != nil {
			return nil, err
		}
	}
	switch op {
	case "eq", "in", "has", "hasAny":
		f.Op = content.In
	case "ne", "notIn":
		f.Op = content.In
		return not(f), nil
	case "lt":
		f.Op = content.Less
	case "lte":
		f.Op = content.AtMost
	case "gt":
		f.Op = content.More
	case "gte":
		f.Op = content.AtLeast
	case "startsWith":
		f.Op = content.StartsWith
	case "matches":
		f.Op = content.Matches
	case "contains":
		f.Op = content.Contains
		text, _ := values[0].(string)
		if utf8.RuneCountInString(fold.Text(text)) < 3 && !fold.WithoutSpaces(text) {
			return nil, badArgument(at, "%s has fewer than 3 letters: contains looks for 3 or more, except in languages without spaces; startsWith takes any", at)
		}
	}
	return f, nil
}

// operands reads the value of an operator, or each of a list of them.
func operands(t *content.Type, input string, v any, at string) ([]any, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	if len(list) > maxOperands {
		return nil, tooMuch(at, "", maxOperands, len(list), "a list has at most %d values: send several operations, each with some of them")
	}
	values := make([]any, len(list))
	for i, v := range list {
		var err error
		path := at
		if ok {
			path += "." + strconv.Itoa(i)
		}
		if values[i], err = operandOf(t, input, v, path); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// canonical puts language tags in the form in which items have them.
func canonical(tags []any, at string) error {
	for i, v := range tags {
		text, _ := v.(string)
		locale, err := content.ParseLocale(text)
		if err != nil {
			return badArgument(at, "%s", err)
		}
		tags[i] = string(locale)
	}
	return nil
}

func operandOf(t *content.Type, input string, v any, at string) (any, error) {
	text, isText := v.(string)
	switch {
	case input == "IDFilter":
		of, key, err := content.ID(text).Split()
		switch {
		case err != nil:
			return nil, badArgument(at, "%s", err)
		case of != t && (of.Base != t.Name || of.Name == t.Name):
			return nil, badArgument(at, "%q is an id of type %s: an id of type %s is required here", text, of.Name, t.Name)
		}
		return key, nil
	case input == "DateTimeFilter":
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, badArgument(at, "%s is %q: a DateTime looks like 2024-03-03T12:00:00Z", at, text)
		}
		return when, nil
	case isText && strings.ContainsRune(text, 0):
		return nil, badArgument(at, "%s contains a NUL character", at)
	}
	return v, nil
}

// date reads the filter of a date.
func (fs *filters) date(field string, m map[string]any, at string) (*content.Filter, error) {
	if err := fs.count(at); err != nil {
		return nil, err
	}
	span := content.Span{From: math.MinInt64, Until: math.MaxInt64}
	out := every()
	for _, op := range slices.Sorted(maps.Keys(m)) {
		switch v := m[op].(type) {
		case nil:
			return nil, badArgument(at, "%s.%s is null: omit it, or use isNull", at, op)
		case bool:
			if op == "within" {
				span.Within = v
				continue
			}
			f := isNull(field, nil)
			if !v {
				f = not(f)
			}
			out.Of = append(out.Of, f)
		case string:
			d, err := content.ParseEDTF(v)
			if err != nil {
				return nil, badArgument(at+"."+op, "%s.%s: %s", at, op, err)
			}
			from, until := d.SortKeys()
			if op == "from" {
				span.From = from
			} else {
				span.Until = until
			}
		}
	}
	if span.From > span.Until {
		return nil, badArgument(at, "%s ends before it begins", at)
	}
	if span.Within && m["from"] == nil && m["until"] == nil {
		return nil, badArgument(at, "%s.within needs from or until", at)
	}
	if m["from"] != nil || m["until"] != nil {
		out.Of = append(out.Of, &content.Filter{Op: content.During, Field: field, Span: span})
	}
	return out, nil
}
