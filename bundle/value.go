package bundle

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"parley/content"
)

// value reads the value of a field, or says what is wrong and returns nil.
func (l *loader) value(f *content.Field, n ast.Node) any {
	switch f.Kind {
	case content.Refs, content.Values, content.Rows, content.Texts:
		return l.list(f, n)
	case content.Date:
		return l.date(n)
	case content.Place:
		var place map[string]any
		if err := yaml.NodeToValue(n, &place); err != nil || place["name"] == nil {
			l.problem(n, "a place is a mapping with a name, and country, latitude and longitude where known")
			return nil
		}
		return place
	}
	text, ok := scalar(n)
	if !ok {
		l.problem(n, "%s takes a single value", f.Name)
		return nil
	}
	switch f.Kind {
	case content.Enum:
		return l.enum(f, n, text)
	case content.One:
		if ref, ok := l.reference(f, n, text); ok {
			return ref
		}
		return nil
	case content.Bool:
		v, err := strconv.ParseBool(text)
		if err != nil {
			l.problem(n, "%s is true or false, not %q", f.Name, text)
		}
		return v
	case content.Int:
		v, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			l.problem(n, "%s is a whole number, not %q", f.Name, text)
		}
		return v
	default:
		return strings.TrimSpace(text)
	}
}

// scalar returns the text of a plain, quoted or block value.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.LiteralNode:
		return n.Value.Value, true
	case ast.ScalarNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

func (l *loader) list(f *content.Field, n ast.Node) any {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		l.problem(n, "%s takes a list", f.Name)
		return nil
	}
	if len(seq.Values) > f.Max {
		l.problem(n, "%s has %d elements, at most %d are allowed", f.Name, len(seq.Values), f.Max)
	}
	var texts []string
	var refs []content.Ref
	var elements []map[string]any
	for _, v := range seq.Values {
		if f.Kind == content.Values || f.Kind == content.Rows {
			if m := l.mapping(v, f.Fields, nil); m != nil {
				elements = append(elements, l.defaults(f.Fields, m))
			}
			continue
		}
		text, ok := scalar(v)
		switch {
		case !ok:
			l.problem(v, "%s takes a list of single values", f.Name)
		case f.Kind == content.Texts:
			if f.Enum != nil {
				l.enum(f, v, text)
			}
			texts = append(texts, text)
		default:
			if ref, ok := l.reference(f, v, text); ok {
				refs = append(refs, ref)
			}
		}
	}
	switch f.Kind {
	case content.Texts:
		return texts
	case content.Refs:
		return refs
	default:
		return elements
	}
}

// defaults fills in the enumerations that an element leaves out.
func (l *loader) defaults(fields []content.Field, m map[string]any) map[string]any {
	for i := range fields {
		if fields[i].Kind == content.Enum && m[fields[i].Name] == nil {
			m[fields[i].Name] = fields[i].Default()
		}
	}
	return m
}

func (l *loader) enum(f *content.Field, n ast.Node, text string) any {
	if !slices.Contains(f.Enum, text) {
		l.problem(n, "%s cannot be %q: it is one of %s", f.Name, text, strings.Join(f.Enum, ", "))
		return nil
	}
	return text
}

// reference reads a slug, or "type/slug" where the field may point at several types.
func (l *loader) reference(f *content.Field, n ast.Node, text string) (content.Ref, bool) {
	kind, slug := f.To[0], text
	if len(f.To) > 1 {
		prefix, rest, _ := strings.Cut(text, "/")
		i := slices.IndexFunc(f.To, func(t string) bool { return strings.EqualFold(t, prefix) })
		if i < 0 {
			l.problem(n, "%s says what it points at: %s/slug", f.Name, strings.ToLower(strings.Join(f.To, "/slug or ")))
			return content.Ref{}, false
		}
		kind, slug = f.To[i], rest
	}
	p := n.GetToken().Position
	l.refs = append(l.refs, reference{l.file, p.Line, p.Column, strings.ToLower(kind) + "/" + slug})
	return content.Ref{Type: kind, Key: content.NamedKey(kind, content.Slug(slug))}, true
}

func (l *loader) date(n ast.Node) any {
	text, ok := scalar(n)
	words := ""
	if !ok {
		var m map[string]string
		if err := yaml.NodeToValue(n, &m); err != nil {
			l.problem(n, "a date is text, or a mapping of edtf and verbatim")
			return nil
		}
		text, words = m["edtf"], m["verbatim"]
	}
	d, err := content.ParseEDTF(text)
	if err != nil {
		l.problem(n, "%s", err)
		return nil
	}
	return d.WithVerbatim(words)
}

// suggest names the field that was perhaps meant.
func suggest(key string, fields []content.Field) string {
	best, distance := "", 4
	for _, f := range fields {
		if d := levenshtein.ComputeDistance(key, f.Name); d < distance {
			best, distance = f.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
