package bundle

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/content"
)

// value reads the value of a field, or notes a problem and returns nil.
func (l *loader) value(f *content.Field, n *node) any {
	switch f.Kind {
	case content.RefList, content.JSONList, content.ChildRows, content.StringList:
		return l.list(f, n)
	case content.Date:
		return l.date(f, n)
	case content.Place:
		return l.place(f, n)
	default:
		return l.single(f, n)
	}
}

// single reads the value of a field that takes one text, number or reference.
func (l *loader) single(f *content.Field, n *node) any {
	if n.kind != scalar {
		l.addProblem(n.pos, "%s takes a single value", f.Name)
		return nil
	}
	text := n.text
	switch f.Kind {
	case content.Enum:
		return l.enum(f, n.pos, text)
	case content.SingleRef:
		if ref, ok := l.reference(f, n.pos, text); ok {
			return ref
		}
		return nil
	case content.Bool:
		if text != "true" && text != "false" {
			l.addProblem(n.pos, "%s is true or false, not %s", f.Name, short(text))
		}
		return text == "true"
	case content.Int:
		v, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			l.addProblem(n.pos, "%s is a whole number of 32 bits, not %s", f.Name, short(text))
		}
		return v
	default:
		if v, ok := l.text(f, n.pos, text); ok {
			return v
		}
		return nil
	}
}

func (l *loader) enum(f *content.Field, p position, text string) any {
	if slices.Contains(f.Enum, text) {
		return text
	}
	values := ": it is one of " + strings.Join(f.Enum, ", ")
	if l.listed[f.Name] {
		values = ""
	}
	l.listed[f.Name] = true
	l.fault(p, "enum "+f.Name, fmt.Errorf("%s cannot be %s%s%s", f.Name, short(text), values, suggest(text, f.Enum)))
	return nil
}

// list reads a list. A list that is too long is noted, and its rest is not read.
func (l *loader) list(f *content.Field, n *node) any {
	if n.kind != list {
		l.addProblem(n.pos, "%s takes a list: write each element after a hyphen, or all between [ and ]", f.Name)
		return nil
	}
	elements := n.of
	if len(elements) > f.Max {
		l.addProblem(n.pos, "%s has %d elements, at most %d are allowed", f.Name, len(elements), f.Max)
		elements = elements[:f.Max]
	}
	switch f.Kind {
	case content.RefList:
		return l.references(f, elements)
	case content.StringList:
		return l.texts(f, elements)
	default:
		return l.elements(f, elements)
	}
}

func (l *loader) elements(f *content.Field, elements []*node) []map[string]any {
	var list []map[string]any
	seen := map[string]position{}
	for _, v := range elements {
		if v = l.open(v); v == nil {
			continue
		}
		m := l.element(f, v)
		if m == nil {
			continue
		}
		if key := identity(f.Name, m); key != "" {
			if first, twice := seen[key]; twice {
				l.addProblem(v.pos, "this element of %s is also at line %d", f.Name, first.line)
			}
			seen[key] = v.pos
		}
		list = append(list, m)
	}
	return list
}

func (l *loader) references(f *content.Field, elements []*node) []content.Ref {
	var refs []content.Ref
	l.each(f, elements, func(p position, text string) {
		if ref, ok := l.reference(f, p, text); ok {
			refs = append(refs, ref)
		}
	})
	return refs
}

func (l *loader) texts(f *content.Field, elements []*node) []string {
	var texts []string
	l.each(f, elements, func(p position, text string) {
		if f.Enum != nil {
			l.enum(f, p, text)
		} else if text, _ = l.text(f, p, text); text == "" {
			return
		}
		texts = append(texts, text)
	})
	return texts
}

// each hands the elements of a list to use, which are single values and differ.
func (l *loader) each(f *content.Field, elements []*node, use func(position, string)) {
	seen := map[string]position{}
	for _, v := range elements {
		if v = l.open(v); v == nil {
			continue
		}
		if v.kind != scalar {
			l.addProblem(v.pos, "%s takes a list of single values", f.Name)
			continue
		}
		text := content.Composed(strings.TrimSpace(v.text))
		if first, twice := seen[text]; twice {
			l.addProblem(v.pos, "%s is also in %s at line %d", short(text), f.Name, first.line)
			continue
		}
		seen[text] = v.pos
		use(v.pos, text)
	}
}
