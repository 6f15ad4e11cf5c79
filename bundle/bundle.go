// Package bundle reads content from folders of YAML: a folder for each type, named as its list is ("talks"), with
// files that hold a list of items each. Keys are the fields of the content model, references are slugs.
package bundle

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"parley/content"
)

// Problem is something wrong in a file of a bundle.
type Problem struct {
	File         string
	Line, Column int
	Message      string
}

// Problems are all that is wrong in a bundle, in the order of files and lines.
type Problems []Problem

// Error gives a line for each problem: "file:line:column: message".
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", x.File, x.Line, x.Column, x.Message)
	}
	return strings.Join(lines, "\n")
}

// Load reads a bundle. What is wrong in it comes back as [Problems], all of it at once.
func Load(fsys fs.FS) (content.ChangeSet, error) {
	l := &loader{known: map[string]bool{}}
	for _, t := range content.Types() {
		files, err := fs.Glob(fsys, t.Plural+"/*.yaml")
		if err != nil {
			return content.ChangeSet{}, fmt.Errorf("list %s: %w", t.Plural, err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(fsys, file)
			if err != nil {
				return content.ChangeSet{}, fmt.Errorf("read %s: %w", file, err)
			}
			l.file = file
			l.read(t, text)
		}
	}
	for _, r := range l.refs {
		if !l.known[r.to] {
			l.problems = append(l.problems, Problem{r.file, r.line, r.column, fmt.Sprintf("there is no %s in this bundle", r.to)})
		}
	}
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return content.ChangeSet{}, l.problems
	}
	return content.ChangeSet{Items: l.items}, nil
}

// loader gathers the items of a bundle and what is wrong with them.
type loader struct {
	file     string
	items    []content.Item
	known    map[string]bool
	refs     []reference
	problems Problems
}

// reference is a place that names another item as "type/slug".
type reference struct {
	file         string
	line, column int
	to           string
}

func (l *loader) problem(n ast.Node, format string, args ...any) {
	p := n.GetToken().Position
	l.problems = append(l.problems, Problem{l.file, p.Line, p.Column, fmt.Sprintf(format, args...)})
}

func (l *loader) read(t *content.Type, text []byte) {
	f, err := parser.ParseBytes(text, 0)
	if err != nil {
		l.problems = append(l.problems, Problem{l.file, 1, 1, strings.TrimSpace(err.Error())})
		return
	}
	for _, doc := range f.Docs {
		list, ok := doc.Body.(*ast.SequenceNode)
		if !ok {
			l.problem(doc, "a file holds a list of %s, each starting with \"- slug:\"", t.Plural)
			continue
		}
		for _, n := range list.Values {
			l.item(t, n)
		}
	}
}

func (l *loader) item(t *content.Type, n ast.Node) {
	slug := ""
	values := l.mapping(n, t.Fields, func(key string, v ast.Node) bool {
		if key == "slug" {
			slug = v.GetToken().Value
		}
		return key == "slug"
	})
	if values == nil {
		return
	}
	name := strings.ToLower(t.Name) + "/" + slug
	switch {
	case slug == "":
		l.problem(n, "the slug is missing")
	case !content.Slug(slug).Valid():
		l.problem(n, "%q is no slug: use lower-case letters and digits joined by single hyphens", slug)
	case l.known[name]:
		l.problem(n, "%s stands in this bundle twice", name)
	}
	l.known[name] = true
	if values["locale"] == nil {
		values["locale"] = "en"
	}
	cites, _ := values["citations"].([]map[string]any)
	if needsCitation(t) && len(cites) == 0 {
		l.problem(n, "%s has no citation: an event, position or agreement needs one", name)
	}
	l.items = append(l.items, content.Item{Type: t, Key: content.NamedKey(t.Name, content.Slug(slug)), Slug: content.Slug(slug), Values: values})
}

func needsCitation(t *content.Type) bool {
	return t.Name == "Event" || t.Name == "Position" || t.Name == "Agreement"
}

// mapping reads the fields of an item or an element; other takes keys that are no fields.
func (l *loader) mapping(n ast.Node, fields []content.Field, other func(string, ast.Node) bool) map[string]any {
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		l.problem(n, "this is no mapping of fields to values")
		return nil
	}
	values := map[string]any{}
	for _, pair := range pairs {
		key := pair.Key.GetToken().Value
		if other != nil && other(key, pair.Value) {
			continue
		}
		i := slices.IndexFunc(fields, func(f content.Field) bool { return f.Name == key })
		if i < 0 {
			l.problem(pair.Key, "unknown field %q%s", key, suggest(key, fields))
			continue
		}
		if v := l.value(&fields[i], pair.Value); v != nil {
			values[key] = v
		}
	}
	for i := range fields {
		if fields[i].Required && values[fields[i].Name] == nil {
			l.problem(n, "the field %q is missing", fields[i].Name)
		}
	}
	return values
}
