package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph/operation"
)

// Planner turns the fields of an operation into selections.
type Planner struct {
	Schema *ast.Schema
	Limits operation.Limits
	// Locales are the languages that the request asks for, best first; those of an argument win over its parameter.
	Locales []string
	asked   bool // whether a root field has the argument
	// Who is the principal, which decides what is visible.
	Who    content.Principal
	Record Record
	At     content.Revision // the revision that the root field reads; 0 is the newest
	// Log is what pages of changes are read from.
	Log Log
}

// View returns the audience and the languages that the operation is read with.
func (p *Planner) View() (content.View, error) {
	locales, err := content.Lookup(p.Locales)
	if err != nil {
		return content.View{}, err
	}
	return content.View{Audience: p.Who.Audience(), Locales: locales}, nil
}

// node adds to sel what a field asks of an item of that type.
func (p *Planner) node(sel *content.Selection, f *operation.Field) error {
	fields := f.Of(sel.Type.Name)
	sel.Fields = slices.Grow(sel.Fields, len(fields))
	for _, sub := range fields {
		if err := p.field(sel, sub); err != nil {
			return err
		}
	}
	return nil
}

// field adds to sel what a field of an item asks for.
func (p *Planner) field(sel *content.Selection, f *operation.Field) error {
	return operation.InField(f, p.formed(sel, f))
}

func (p *Planner) formed(sel *content.Selection, f *operation.Field) error {
	switch f.Form {
	case operation.TypeNameForm, operation.IDForm:
		return nil
	case operation.DirectionForm:
		sel.Add("locale")
		return nil
	case operation.ComputedForm:
		return p.computed(sel, f)
	case operation.HistoryForm:
		return p.history(sel, f)
	case operation.CitingForm:
		return p.CitedBy(sel, f)
	case operation.ConnectionForm:
		return p.connection(sel, f, operation.NodeType(strings.TrimSuffix(f.Named, "Connection")))
	case operation.PlainForm:
		sel.Add(f.Name)
		p.languages(sel, f)
		return p.values(sel, f)
	case operation.ListForm:
		child := &content.Selection{Key: f.Path, Relation: f.Name, Type: f.Types[0], Rows: true, Self: f.Args["within"] == "SELF"}
		size, err := First(f, operation.WholeList)
		if err != nil {
			return err
		}
		child.Page.Size = max(size, 0) // 0 is all of them there
		if size != 0 {
			sel.Children = append(sel.Children, child)
		}
		return p.node(child, f)
	default:
		if _, err := First(f, operation.WholeList); err != nil {
			return err
		}
		sel.Add(f.Name)
		return p.refer(sel, f.Name, f)
	}
}

// refer adds a child for each type that a reference may point at; relation is the field of the row that holds it.
func (p *Planner) refer(sel *content.Selection, relation string, f *operation.Field) error {
	for _, t := range f.Types {
		child := &content.Selection{Key: f.Path + ":" + t.Name, Relation: relation, Type: t, Rows: true}
		sel.Children = append(sel.Children, child)
		if err := p.node(child, f); err != nil {
			return err
		}
	}
	return nil
}

// languages adds the fields that say in which language the texts of a value are, where the field asks for that.
func (p *Planner) languages(sel *content.Selection, f *operation.Field) {
	for _, sub := range f.Fields() {
		switch {
		case f.Named == "FuzzyDate" && (sub.Name == "label" || sub.Name == "verbatimLocale"):
			sel.Add("locale")
			if len(p.Locales) > 0 {
				sel.Add("ownLocale")
			}
		case sub.Name == "locale" && f.Named != "Translation", sub.Name == "direction":
			sel.Add("locale")
			if f.Named == "RichText" && len(p.Locales) > 0 {
				sel.Add("ownLocale", "untranslated")
			}
		case sub.Named == "RichText":
			p.languages(sel, sub)
		}
	}
}

// values plans the references inside the elements of a list that is kept in its item.
func (p *Planner) values(sel *content.Selection, f *operation.Field) error {
	if _, err := First(f, operation.WholeList); err != nil || len(f.Objects) == 0 {
		return err
	}
	for _, sub := range f.Fields() {
		if text, ok := sub.Args["locale"].(string); ok {
			if _, err := content.ParseLocale(text); err != nil {
				return operation.InField(sub, badArgument("locale", "%s", err))
			}
		}
		if sub.Form == operation.ReferenceForm {
			if err := p.refer(sel, f.Name, sub); err != nil {
				return err
			}
		}
	}
	if ref := belongsTo(sel.Type, f); ref != nil && referenceIn(f) == nil {
		for _, to := range ref.To {
			sel.Children = append(sel.Children, &content.Selection{Key: seenPath(f) + ":" + to, Relation: f.Name, Type: content.TypeNamed(to), Rows: true})
		}
	}
	return nil
}

// belongsTo returns the reference that the elements of a list of a type go with: readers see no element whose item they do not see.
// It is nil for other lists.
func belongsTo(t *content.Type, f *operation.Field) *content.Field {
	name := map[string]string{"Citation": "source", "Participant": "actor", "RelatedAgreement": "agreement"}[f.Named]
	if list := t.Field(f.Name); name != "" && list != nil {
		return list.Field(name)
	}
	return nil
}

// referenceIn is the field of the items that a list of elements refers to; nil where it is not asked for.
func referenceIn(f *operation.Field) *operation.Field {
	for _, sub := range f.Fields() {
		if sub.Form == operation.ReferenceForm {
			return sub
		}
	}
	return nil
}

// seenPath names the answers to which of the items that a list of elements refers to the reader sees, one answer for each type.
func seenPath(f *operation.Field) string {
	if asked := referenceIn(f); asked != nil {
		return asked.Path
	}
	return f.Path + ":seen"
}

// connection adds the child for a page of a list.
func (p *Planner) connection(sel *content.Selection, f *operation.Field, t *content.Type) error {
	child := &content.Selection{Key: f.Path, Relation: f.Name, Type: t, Self: f.Args["within"] == "SELF"}
	sel.Children = append(sel.Children, child)
	return p.Page(child, f, sel.Type.Name+"."+f.Name)
}

// Page fills a selection with the page, the totals and the nodes that a connection field asks for.
func (p *Planner) Page(sel *content.Selection, f *operation.Field, list string) error {
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
	for _, sub := range f.Fields() {
		switch sub.Name {
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
		sel.Rows = slices.ContainsFunc(f.Fields(), func(sub *operation.Field) bool { return sub.Name == "pageInfo" })
	}
	return nil
}

func (p *Planner) edges(sel *content.Selection, f *operation.Field) error {
	for _, sub := range f.Fields() {
		switch sub.Name {
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

func pageInfo(sel *content.Selection, f *operation.Field) {
	sel.Rows = true
	for _, sub := range f.Fields() {
		switch sub.Name {
		case "hasPreviousPage", "hasNextPage":
			sel.Before = sel.Before || (sub.Name == "hasPreviousPage") != sel.Page.Backward
		case "startCursor", "endCursor":
			sel.Cursors = true
		}
	}
}

// sortOf reads the argument orderBy.
func sortOf(f *operation.Field) content.Sort {
	by, _ := f.Args["orderBy"].(map[string]any)
	name, _ := by["field"].(string)
	words := strings.Split(strings.ToLower(name), "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return content.Sort{Field: strings.Join(words, ""), Descending: by["direction"] == "DESC"}
}

// listName names what a cursor is bound to: the field, and every argument that decides which rows come in which order.
func (p *Planner) listName(name string, f *operation.Field) (string, error) {
	args := map[string]any{}
	for k, v := range f.Args {
		if k != "first" && k != "after" && k != "last" && k != "before" && v != nil {
			args[k] = v
		}
	}
	if args["within"] == "SUBTREE" {
		delete(args, "within")
	}
	if len(p.Locales) > 0 {
		args["locales"] = p.Locales
	}
	if delete(args, "asOf"); p.At != 0 {
		args["atRevision"] = p.At
	}
	record := p.Record.Reader.Record()
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
func pageOf(f *operation.Field, list string) (content.Page, error) {
	page := content.Page{List: list}
	size, err := First(f, operation.ConnectionPage(f.Name))
	if err != nil {
		return page, err
	}
	page.Size = size
	if f.Args["last"] != nil {
		if f.Args["first"] != nil {
			return page, badArgument("last", "first and last cannot be combined: give one of them")
		}
		if page.Size, err = bounded(f, "last", content.DefaultPage); err != nil {
			return page, err
		}
		page.Backward = true
	}
	page.Size = max(page.Size, 1) // a page without rows reads one, which says whether there are more
	if c, ok := f.Args["after"].(string); ok && c != "" {
		if page.After, err = DecodeCursor(list, c, "after"); err != nil {
			return page, err
		}
	}
	if c, ok := f.Args["before"].(string); ok && c != "" {
		if page.Before, err = DecodeCursor(list, c, "before"); err != nil {
			return page, err
		}
	}
	return page, nil
}

// withoutRows reports whether a connection is asked for a page of no rows, by first: 0 or last: 0.
func withoutRows(f *operation.Field) bool {
	return f.Args["first"] == int64(0) || f.Args["last"] == int64(0)
}

// PageOfList is a list as a connection shows it: one without rows says only whether there are more.
func PageOfList(l *content.List, f *operation.Field) *content.List {
	switch {
	case l == nil:
		return &content.List{}
	case !withoutRows(f):
		return l
	}
	none := *l
	none.Rows = nil
	if f.Args["last"] == nil {
		none.HasNext = len(l.Rows) > 0
	} else {
		none.HasPrevious = len(l.Rows) > 0
	}
	return &none
}

// First returns the size of a page that the argument first asks for, or another where it is absent.
func First(f *operation.Field, otherwise int) (int, error) { return bounded(f, "first", otherwise) }

// bounded reads a page size: 0 to 100.
func bounded(f *operation.Field, name string, otherwise int) (int, error) {
	if f.Args[name] == nil {
		return otherwise, nil
	}
	if n, _ := f.Args[name].(int64); n >= 0 && n <= content.MaxPage {
		return int(n), nil
	}
	return 0, badArgument(name, "%s is %v: a page has 0 to %d rows", name, f.Args[name], content.MaxPage)
}

func badArgument(name, format string, args ...any) error {
	e := content.Errorf(content.BadUserInput, format, args...)
	e.Field = name
	return e
}
