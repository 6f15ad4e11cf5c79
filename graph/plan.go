package graph

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// planner turns the fields of an operation into selections.
type planner struct {
	schema *ast.Schema
	limits Limits
	// locales are the languages that the request asks for, best first; those of an argument win over its parameter.
	locales []string
	asked   bool // whether a root field has the argument
	// who asks decides what is visible.
	who    content.Principal
	record record
	at     content.Revision // the revision that the root field reads; 0 is the newest
	// log is what pages of changes are read from.
	log Log
}

// view is what the operation is read from.
func (p *planner) view() (content.View, error) {
	locales, err := content.Lookup(p.locales)
	if err != nil {
		return content.View{}, err
	}
	return content.View{Audience: p.who.Audience(), Locales: locales}, nil
}

// node adds to sel what a field asks of an item of that type.
func (p *planner) node(sel *content.Selection, f *field) error {
	fields := f.of(sel.Type.Name)
	sel.Fields = slices.Grow(sel.Fields, len(fields))
	for _, sub := range fields {
		if err := p.field(sel, sub); err != nil {
			return err
		}
	}
	return nil
}

// field adds to sel what a field of an item asks for.
func (p *planner) field(sel *content.Selection, f *field) error { return inField(f, p.formed(sel, f)) }

func (p *planner) formed(sel *content.Selection, f *field) error {
	switch f.form {
	case typeNameForm, idForm:
		return nil
	case directionForm:
		sel.Add("locale")
		return nil
	case computedForm:
		return p.computed(sel, f)
	case historyForm:
		return p.history(sel, f)
	case citingForm:
		return p.citedBy(sel, f)
	case connectionForm:
		return p.connection(sel, f, nodeType(strings.TrimSuffix(f.named, "Connection")))
	case plainForm:
		sel.Add(f.name)
		p.languages(sel, f)
		return p.values(sel, f)
	case listForm:
		child := &content.Selection{Key: f.path, Relation: f.name, Type: f.types[0], Rows: true, Self: f.args["within"] == "SELF"}
		size, err := first(f, wholeList)
		if err != nil {
			return err
		}
		child.Page.Size = max(size, 0) // 0 is all of them there
		if size != 0 {
			sel.Children = append(sel.Children, child)
		}
		return p.node(child, f)
	default:
		if _, err := first(f, wholeList); err != nil {
			return err
		}
		sel.Add(f.name)
		return p.refer(sel, f.name, f)
	}
}

// refer adds a child for each type that a reference may point at; relation is the field of the row that holds it.
func (p *planner) refer(sel *content.Selection, relation string, f *field) error {
	for _, t := range f.types {
		child := &content.Selection{Key: f.path + ":" + t.Name, Relation: relation, Type: t, Rows: true}
		sel.Children = append(sel.Children, child)
		if err := p.node(child, f); err != nil {
			return err
		}
	}
	return nil
}

// languages adds what tells in which language the texts of a value are, where the field asks for that.
func (p *planner) languages(sel *content.Selection, f *field) {
	for _, sub := range f.fields() {
		switch {
		case f.named == "FuzzyDate" && (sub.name == "label" || sub.name == "verbatimLocale"):
			sel.Add("locale")
			if len(p.locales) > 0 {
				sel.Add("ownLocale")
			}
		case sub.name == "locale" && f.named != "Translation", sub.name == "direction":
			sel.Add("locale")
			if f.named == "RichText" && len(p.locales) > 0 {
				sel.Add("ownLocale", "untranslated")
			}
		case sub.named == "RichText":
			p.languages(sel, sub)
		}
	}
}

// values plans the references inside the elements of a list that is kept in its item.
func (p *planner) values(sel *content.Selection, f *field) error {
	if _, err := first(f, wholeList); err != nil || len(f.objects) == 0 {
		return err
	}
	for _, sub := range f.fields() {
		if text, ok := sub.args["locale"].(string); ok {
			if _, err := content.ParseLocale(text); err != nil {
				return inField(sub, badArgument("locale", "%s", err))
			}
		}
		if sub.form == referenceForm {
			if err := p.refer(sel, f.name, sub); err != nil {
				return err
			}
		}
	}
	if asked := sourceOf(f); f.named == "Citation" && asked == nil { // a citation is where its source is
		sel.Children = append(sel.Children, &content.Selection{Key: citedPath(f), Relation: f.name, Type: content.TypeNamed("Source"), Rows: true})
	}
	return nil
}

// sourceOf is the field source of a list of citations; nil where it is not asked for.
func sourceOf(f *field) *field {
	for _, sub := range f.fields() {
		if sub.form == referenceForm {
			return sub
		}
	}
	return nil
}

// citedPath names the answer to which of the sources that a list of citations names the reader sees.
func citedPath(f *field) string {
	if asked := sourceOf(f); asked != nil {
		return asked.path + ":Source"
	}
	return f.path + ":cited"
}

// connection adds the child for a page of a list.
func (p *planner) connection(sel *content.Selection, f *field, t *content.Type) error {
	child := &content.Selection{Key: f.path, Relation: f.name, Type: t, Self: f.args["within"] == "SELF"}
	sel.Children = append(sel.Children, child)
	return p.page(child, f, sel.Type.Name+"."+f.name)
}

// page fills a selection with the page, the totals and the nodes that a connection field asks for.
func (p *planner) page(sel *content.Selection, f *field, list string) error {
	var err error
	if sel.Filter, err = p.filter(sel.Type, f); err != nil {
		return err
	}
	sel.Sort = sortOf(f)
	if list, err = p.listName(list, f); err != nil {
		return err
	}
	if sel.Page, err = pageOf(f, list); err != nil {
		return err
	}
	for _, sub := range f.fields() {
		switch sub.name {
		case "totalCount":
			sel.Total = true
		case "facets":
			err = addFacets(sel, sub)
		case "pageInfo":
			pageInfo(sel, sub)
		case "nodes":
			sel.Rows = true
			err = p.node(sel, sub)
		case "edges":
			sel.Rows = true
			err = p.edges(sel, sub)
		}
		if err != nil {
			return err
		}
	}
	if withoutRows(f) { // what is below was planned for its arguments to be judged
		sel.Fields, sel.Children = nil, nil
		sel.Rows = slices.ContainsFunc(f.fields(), func(sub *field) bool { return sub.name == "pageInfo" })
	}
	return nil
}

func (p *planner) edges(sel *content.Selection, f *field) error {
	for _, sub := range f.fields() {
		switch sub.name {
		case "cursor":
			sel.Cursors = true
		case "node":
			if err := p.node(sel, sub); err != nil {
				return err
			}
		}
	}
	return nil
}

func pageInfo(sel *content.Selection, f *field) {
	sel.Rows = true
	for _, sub := range f.fields() {
		switch sub.name {
		case "hasPreviousPage", "hasNextPage":
			sel.Before = sel.Before || (sub.name == "hasPreviousPage") != sel.Page.Backward
		case "startCursor", "endCursor":
			sel.Cursors = true
		}
	}
}

// sortOf reads the argument orderBy.
func sortOf(f *field) content.Sort {
	by, _ := f.args["orderBy"].(map[string]any)
	name, _ := by["field"].(string)
	words := strings.Split(strings.ToLower(name), "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return content.Sort{Field: strings.Join(words, ""), Descending: by["direction"] == "DESC"}
}

// listName names what a cursor is bound to: the field, and every argument that decides which rows come in which order.
func (p *planner) listName(name string, f *field) (string, error) {
	args := map[string]any{}
	for k, v := range f.args {
		if k != "first" && k != "after" && k != "last" && k != "before" && v != nil {
			args[k] = v
		}
	}
	if args["within"] == "SUBTREE" {
		delete(args, "within")
	}
	if len(p.locales) > 0 {
		args["locales"] = p.locales
	}
	if delete(args, "asOf"); p.at != 0 {
		args["atRevision"] = p.at
	}
	record := p.record.reader.Record()
	if len(args) == 0 {
		return listIn(record, name), nil
	}
	b, err := json.Marshal(args)
	if err != nil {
		return "", fmt.Errorf("name the list %s: %w", name, err)
	}
	return listIn(record, name+string(b)), nil
}

// pageOf reads Relay's arguments.
func pageOf(f *field, list string) (content.Page, error) {
	page := content.Page{List: list}
	size, err := first(f, connectionPage(f.name))
	if err != nil {
		return page, err
	}
	page.Size = size
	if f.args["last"] != nil {
		if f.args["first"] != nil {
			return page, badArgument("last", "first and last exclude each other: give one of them")
		}
		if page.Size, err = bounded(f, "last", content.DefaultPage); err != nil {
			return page, err
		}
		page.Backward = true
	}
	page.Size = max(page.Size, 1) // a page without rows reads one, which says whether there are more
	if c, ok := f.args["after"].(string); ok && c != "" {
		if page.After, err = decodeCursor(list, c, "after"); err != nil {
			return page, err
		}
	}
	if c, ok := f.args["before"].(string); ok && c != "" {
		if page.Before, err = decodeCursor(list, c, "before"); err != nil {
			return page, err
		}
	}
	return page, nil
}

// withoutRows reports whether a connection is asked for a page of no rows, by first: 0 or last: 0.
func withoutRows(f *field) bool { return f.args["first"] == int64(0) || f.args["last"] == int64(0) }

// pageOfList is a list as a connection shows it: one without rows says only whether there are more.
func pageOfList(l *content.List, f *field) *content.List {
	switch {
	case l == nil:
		return &content.List{}
	case !withoutRows(f):
		return l
	}
	none := *l
	none.Rows = nil
	if f.args["last"] == nil {
		none.HasNext = len(l.Rows) > 0
	} else {
		none.HasPrevious = len(l.Rows) > 0
	}
	return &none
}

func first(f *field, otherwise int) (int, error) { return bounded(f, "first", otherwise) }

// bounded reads a page size: 0 to 100.
func bounded(f *field, name string, otherwise int) (int, error) {
	if f.args[name] == nil {
		return otherwise, nil
	}
	if n, _ := f.args[name].(int64); n >= 0 && n <= content.MaxPage {
		return int(n), nil
	}
	return 0, badArgument(name, "%s is %v: a page has 0 to %d rows", name, f.args[name], content.MaxPage)
}

func badArgument(name, format string, args ...any) error {
	e := content.Errorf(content.BadUserInput, format, args...)
	e.Field = name
	return e
}
