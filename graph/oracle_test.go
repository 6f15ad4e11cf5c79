package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/gen"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/markdown"
)

// oracle answers operations with gqlgen's executor. Its resolvers know nothing of plans: each asks the reader for one
// value of one object, whenever gqlgen wants it. What it shares with the service is how arguments are read.
type oracle struct {
	server *server
	exec   *executor.Executor
	types  map[string]reflect.Type // the objects of graph/gen by name
	who    content.Principal       // who asks
}

// The objects that resolvers are given, beside the values of package content. Those that lead on know the revision that
// they are read at; 0 is the newest.
type (
	node struct { // an item, or a row of one
		typ *content.Type
		key content.Key
		at  content.Revision
	}
	element struct { // of a list that is kept in an item
		values map[string]any
		at     content.Revision
		in     plan.Language
	}
	dated struct {
		date content.FuzzyDate
		in   plan.Language
	}
	followUp struct {
		content.FollowUp
		at content.Revision
	}
	page struct {
		sel  *content.Selection
		list *content.List
		read func(*content.Selection) (*content.List, error)
		at   content.Revision
	}
	edge struct {
		page *page
		row  content.Row
	}
	rich struct {
		text   string
		locale content.Locale
	}
	facetOf struct {
		by      content.Facet
		buckets []content.Bucket
	}
)

func newOracle(s *server) *oracle {
	o := &oracle{server: s, types: map[string]reflect.Type{}}
	stub := &gen.Stub{}
	all := reflect.ValueOf(stub).Elem()
	for _, resolvers := range all.Fields() {
		for _, resolver := range resolvers.Fields() {
			t := resolver.Type()
			of := t.NumIn() > 1 && t.In(1).Kind() == reflect.Pointer && t.In(1).Elem().Kind() == reflect.Struct
			if of {
				o.types[t.In(1).Elem().Name()] = t.In(1).Elem()
			}
			resolver.Set(reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
				var object any
				if of {
					object = in[1].Elem().FieldByName("Value").Interface()
				}
				ctx, _ := reflect.TypeAssert[context.Context](in[0])
				v, err := o.resolve(ctx, object)
				out := reflect.Zero(t.Out(0))
				if err == nil {
					out = o.as(t.Out(0), v)
				}
				fault := reflect.Zero(t.Out(1))
				if err != nil {
					fault = reflect.ValueOf(err)
				}
				return []reflect.Value{out, fault}
			}))
		}
	}
	o.exec = executor.New(gen.NewExecutableSchema(gen.Config{Resolvers: stub}))
	return o
}

// ask returns the bytes of an answer, its errors sorted by path.
func (o *oracle) ask(ctx context.Context, query string, vars map[string]any) ([]byte, gqlerror.List) {
	ctx = graphql.StartOperationTrace(ctx)
	oc, errs := o.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: vars})
	if len(errs) > 0 {
		return nil, errs
	}
	oc.DisableIntrospection = false
	oc.Variables = (&operation.Coercion{Schema: o.server.schema}).Variables(oc.Operation, vars)
	next, ctx := o.exec.DispatchOperation(ctx, oc)
	res := next(ctx)
	slices.SortFunc(res.Errors, func(a, b *gqlerror.Error) int { return strings.Compare(a.Path.String(), b.Path.String()) })
	return res.Data, res.Errors
}

// as turns a value into what gqlgen wants of a resolver.
func (o *oracle) as(t reflect.Type, v any) reflect.Value {
	switch {
	case t.Kind() == reflect.Slice:
		list := reflect.ValueOf(v)
		out := reflect.MakeSlice(t, 0, 0)
		for i := range lengthOf(list) {
			out = reflect.Append(out, o.as(t.Elem(), list.Index(i).Interface()))
		}
		return out
	case v == nil:
		return reflect.Zero(t)
	case t.Kind() == reflect.Interface && t.NumMethod() > 0:
		n, _ := v.(node)
		return o.as(reflect.PointerTo(o.types[n.typ.Name]), v)
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && t.Elem() != reflect.TypeFor[time.Time]():
		out := reflect.New(t.Elem())
		out.Elem().FieldByName("Value").Set(reflect.ValueOf(v))
		return out
	case t.Kind() == reflect.Pointer:
		out := reflect.New(t.Elem())
		out.Elem().Set(o.as(t.Elem(), v))
		return out
	default:
		return reflect.ValueOf(v).Convert(t)
	}
}

func lengthOf(list reflect.Value) int {
	if !list.IsValid() {
		return 0
	}
	return list.Len()
}

// asked is the field that gqlgen resolves, without what it selects.
func (o *oracle) asked(ctx context.Context) (*operation.Field, *plan.Planner) {
	fc := graphql.GetFieldContext(ctx)
	vars := graphql.GetOperationContext(ctx).Variables
	f := &operation.Field{Key: fc.Field.Alias, Path: fc.Field.Alias, Name: fc.Field.Name, Def: o.server.schema.Types[fc.Object].Fields.ForName(fc.Field.Name), Mention: fc.Field.Field}
	f.Args = (&operation.Coercion{Schema: o.server.schema, Vars: vars}).Arguments(f.Def.Arguments, fc.Field.Arguments)
	f.Named = f.Def.Type.Name()
	f.Types = operation.NodeTypes(o.server.schema, f.Named)
	f.Form = (&operation.Compiler{Schema: o.server.schema}).FormOf(operation.NodeType(fc.Object), f)
	p := &plan.Planner{Schema: o.server.schema, Limits: o.server.Limits, Who: o.who, Record: plan.Record{Ctx: ctx, Reader: o.server.Reader, By: o.who.Audience()}}
	for _, root := range graphql.GetOperationContext(ctx).Operation.SelectionSet { // the test asks all roots alike
		if root, ok := root.(*ast.Field); ok {
			_ = p.LocalesOf(&operation.Field{Args: (&operation.Coercion{Schema: o.server.schema, Vars: vars}).Arguments(root.Definition.Arguments, root.Arguments)})
		}
	}
	return f, p
}

// resolve returns the value of a field of an object, or of the root where there is none.
func (o *oracle) resolve(ctx context.Context, object any) (any, error) {
	f, p := o.asked(ctx)
	view, err := p.View()
	if err != nil {
		return nil, err
	}
	readAt := func(at content.Revision) reads {
		return func(sel *content.Selection) (*content.Result, error) {
			sel.At = at
			res, _, err := o.server.Reader.Read(ctx, view, []*content.Selection{sel})
			if err != nil {
				return nil, err
			}
			return res[0], nil
		}
	}
	switch v := object.(type) {
	case nil:
		return o.root(ctx, p, f, readAt)
	case node:
		p.At = v.at
		return o.ofNode(p, f, v, readAt(v.at))
	case *page:
		return o.ofPage(f, v, readAt(v.at))
	case edge:
		switch f.Name {
		case "cursor":
			return plan.EncodeCursor(v.page.sel.Page.List, v.row.Order), nil
		case "score":
			return v.row.Values[1], nil
		case "highlights":
			return v.row.Values[2], nil
		}
		return itemOf(readAt(v.page.at), v.page, v.row)
	case element:
		return o.ofElement(f, v, readAt(v.at))
	case rich:
		return ofRich(f, v)
	case dated:
		return ofDate(f, v, view.Locales), nil
	case facetOf:
		if f.Name == "facetField" {
			return v.by, nil
		}
		n, err := plan.First(f, content.MaxPage)
		return v.buckets[:min(n, len(v.buckets))], err
	case followUp:
		if f.Name == "event" {
			return o.value(f, v.Event, v.at, plan.Language{}, readAt(v.at))
		}
	}
	return o.ofStruct(f, object)
}

// reads answers a selection at some revision.
type reads = func(*content.Selection) (*content.Result, error)

// ofStruct returns the field of a struct, by its name.
func (o *oracle) ofStruct(f *operation.Field, object any) (any, error) {
	v := reflect.Indirect(reflect.ValueOf(object)).FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, f.Name) })
	if !v.IsValid() {
		return nil, fmt.Errorf("%T has no %s", object, f.Name)
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil //nolint:nilnil // null is the value
	}
	return v.Interface(), nil
}

// ofNode returns a field of an item.
func (o *oracle) ofNode(p *plan.Planner, f *operation.Field, n node, read reads) (any, error) {
	at := func() *content.Selection {
		return &content.Selection{Type: n.typ, Keys: []content.Key{n.key}, Rows: true}
	}
	below := func(child *content.Selection) (*content.List, error) {
		sel := at()
		child.Relation, child.Self = f.Name, f.Args["within"] == "SELF"
		sel.Children = []*content.Selection{child}
		res, err := read(sel)
		if err != nil {
			return nil, err
		}
		return res.Children[0].Lists[n.key], nil
	}
	switch f.Form {
	case operation.IDForm:
		id := content.NewID(n.typ.Name, n.key)
		if f.Name == "id" {
			id = id.At(n.at)
		}
		return string(id), nil
	case operation.ComputedForm:
		l, err := below(&content.Selection{Key: f.Key, Type: content.RowType(f.Named), Rows: true, Fields: []string{"event"}})
		if err != nil || l == nil {
			return nil, err
		}
		v := l.Rows[0].Values[len(l.Rows[0].Values)-1]
		if follow, ok := v.(content.FollowUp); ok {
			return followUp{follow, n.at}, nil
		}
		return v, nil
	case operation.CitingForm:
		planned := &content.Selection{Type: n.typ}
		if err := p.CitedBy(planned, f); err != nil {
			return nil, err
		}
		sel := planned.Children[0]
		sel.Children, sel.Rows, sel.Total = nil, true, true
		l, err := below(sel)
		if l == nil {
			l = &content.List{}
		}
		return &page{sel, l, below, n.at}, err
	case operation.ConnectionForm:
		sel := &content.Selection{Key: f.Key, Type: operation.NodeType(strings.TrimSuffix(f.Named, "Connection"))}
		return o.paged(p, f, sel, n.typ.Name+"."+f.Name, n.at, below)
	case operation.ListForm:
		child := &content.Selection{Key: f.Key, Type: f.Types[0], Rows: true}
		var err error
		if child.Page.Size, err = plan.First(f, 0); err != nil || f.Args["first"] == int64(0) {
			return nil, err
		}
		l, err := below(child)
		return nodes(child.Type, l, n.at), err
	}
	sel, name := at(), f.Name
	if f.Form == operation.DirectionForm {
		name = "locale"
	}
	sel.Fields = []string{name}
	sel.Add("locale", "ownLocale", "untranslated")
	if n.typ.Field("translations") == nil {
		sel.Fields = sel.Fields[:1]
	}
	res, err := read(sel)
	if err != nil {
		return nil, err
	}
	row := res.Lists[n.key].Rows[0]
	if f.Form == operation.DirectionForm {
		locale, _ := row.Values[0].(string)
		return content.Locale(locale).Direction(), nil
	}
	return o.value(f, row.Values[0], n.at, plan.LanguageOf(sel, row), read)
}

// ofElement returns a field of an element of a list.
func (o *oracle) ofElement(f *operation.Field, e element, read reads) (any, error) {
	if locale, ok := e.values["locale"].(string); ok {
		e.in = plan.LanguageIn(locale, e.values["ownLocale"], e.values["untranslated"])
	}
	switch f.Name {
	case "locale":
		return e.in.Served, nil
	case "direction":
		return e.in.Served.Direction(), nil
	default:
		return o.value(f, e.values[f.Name], e.at, e.in, read)
	}
}

// paged reads all that a connection can be asked for.
func (o *oracle) paged(p *plan.Planner, f *operation.Field, sel *content.Selection, list string, at content.Revision, read func(*content.Selection) (*content.List, error)) (any, error) {
	if err := p.Page(sel, f, list); err != nil {
		return nil, err
	}
	sel.Rows, sel.Total, sel.Before, sel.Cursors = true, true, true, true
	l, err := read(sel)
	return &page{sel, plan.PageOfList(l, f), read, at}, err
}

func (o *oracle) ofPage(f *operation.Field, v *page, read reads) (any, error) {
	switch f.Name {
	case "totalCount":
		return v.list.Total, nil
	case "hasNextPage":
		return v.list.HasNext, nil
	case "hasPreviousPage":
		return v.list.HasPrevious, nil
	case "pageInfo":
		return v, nil
	case "startCursor", "endCursor":
		if len(v.list.Rows) == 0 {
			return nil, nil //nolint:nilnil // null is the value
		}
		row := v.list.Rows[0]
		if f.Name == "endCursor" {
			row = v.list.Rows[len(v.list.Rows)-1]
		}
		return plan.EncodeCursor(v.sel.Page.List, row.Order), nil
	case "facets":
		counted := *v.sel
		counted.Facets = plan.FacetsOf(f)
		l, err := v.read(&counted)
		if err != nil {
			return nil, err
		}
		list := make([]facetOf, len(counted.Facets))
		for i, by := range counted.Facets {
			list[i] = facetOf{by: by}
			if i < len(l.Facets) {
				list[i].buckets = l.Facets[i]
			}
		}
		return list, nil
	}
	var list []any
	for _, row := range v.list.Rows {
		if f.Name == "edges" {
			list = append(list, edge{v, row})
			continue
		}
		n, err := itemOf(read, v, row)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// itemOf returns the item of a row of a page.
func itemOf(read reads, p *page, row content.Row) (any, error) {
	if p.sel.Search == nil && p.sel.Type.Name != "Citing" {
		return node{p.sel.Type, row.Key, p.at}, nil
	}
	ref, _ := row.Values[0].(content.Ref)
	return visibleNode(ref, p.at, read)
}

func nodes(t *content.Type, l *content.List, at content.Revision) []any {
	var list []any
	if l != nil {
		for _, row := range l.Rows {
			list = append(list, node{t, row.Key, at})
		}
	}
	return list
}

// visibleNode returns the item that a reference points at, or nil where it is not visible.
func visibleNode(ref content.Ref, at content.Revision, read reads) (any, error) {
	if ref.Key == 0 {
		return nil, nil //nolint:nilnil // null is the value
	}
	res, err := read(&content.Selection{Type: content.TypeNamed(ref.Type), Keys: []content.Key{ref.Key}, Rows: true})
	if err != nil || res.Lists[ref.Key] == nil {
		return nil, err
	}
	return node{content.TypeNamed(ref.Type), ref.Key, at}, nil
}

// value gives a value of a row the form that the schema has for it.
func (o *oracle) value(f *operation.Field, v any, at content.Revision, in plan.Language, read reads) (any, error) {
	whole := 1000
	if slices.Contains([]string{"citations", "externalIds", "translations"}, f.Name) {
		whole = 5
	}
	limit, err := plan.First(f, whole)
	if err != nil {
		return nil, err
	}
	if ref, ok := v.(content.Ref); ok {
		return visibleNode(ref, at, read)
	}
	if list, ok := v.([]map[string]any); ok {
		var out []any
		for _, m := range list {
			if source, ok := m["source"].(content.Ref); ok {
				if n, err := visibleNode(source, at, read); err != nil || n == nil {
					if err != nil {
						return nil, err
					}
					continue
				}
			}
			if len(f.Types) == 0 {
				out = append(out, element{m, at, in})
				continue
			}
			for _, x := range m {
				ref, ok := x.(content.Ref)
				if !ok {
					continue
				}
				n, err := visibleNode(ref, at, read)
				if err != nil {
					return nil, err
				}
				if n != nil {
					out = append(out, n)
				}
			}
		}
		return out[:min(limit, len(out))], nil
	}
	if list, ok := v.([]string); ok {
		return list[:min(limit, len(list))], nil
	}
	def := o.server.schema.Types[f.Named]
	switch {
	case f.Def.Type.Elem != nil || v == nil && !f.Def.Type.NonNull:
		return nil, nil //nolint:nilnil // null is the value
	case f.Named == "RichText":
		text, _ := v.(string)
		return rich{text, in.Of(f.Name)}, nil
	case f.Named == "Boolean":
		return v == true || v == int64(1), nil
	case v == nil && def.Kind == ast.Enum:
		return operation.EnumDefaultOf(def), nil
	case v == nil:
		return "", nil
	}
	if d, ok := v.(content.FuzzyDate); ok {
		return dated{d, in}, nil
	}
	if m, ok := v.(map[string]any); ok {
		return element{m, at, in}, nil
	}
	return v, nil
}

func ofRich(f *operation.Field, r rich) (any, error) {
	switch f.Name {
	case "markdown":
		return r.text, nil
	case "html":
		return markdown.HTML(r.text)
	case "locale":
		return r.locale, nil
	case "direction":
		return r.locale.Direction(), nil
	}
	words, err := markdown.Text(r.text)
	if n, ok := f.Args["length"].(int64); ok && err == nil {
		return markdown.Excerpt(words, int(n)), nil
	}
	return words, err
}

func ofDate(f *operation.Field, on dated, wanted []content.Locale) any {
	d := on.date
	instant := func(t time.Time, ok bool) any {
		if !ok {
			return nil
		}
		return t
	}
	return map[string]func() any{
		"edtf": func() any { return d.EDTF() }, "label": func() any { return plan.LabelOf(d, f, on.in, wanted) },
		"verbatim": func() any {
			if d.Verbatim() == "" {
				return nil
			}
			return d.Verbatim()
		},
		"verbatimLocale": func() any {
			if d.Verbatim() == "" {
				return nil
			}
			return cmp.Or(d.VerbatimLocale(), on.in.Own)
		},
		"earliest": func() any { return instant(d.Earliest()) }, "latest": func() any { return instant(d.Latest()) }, "at": func() any { return instant(d.At()) },
		"precision": func() any { return d.Precision() }, "approximate": func() any { return d.Approximate() }, "uncertain": func() any { return d.Uncertain() },
	}[f.Name]()
}

// root returns a field of Query.
func (o *oracle) root(ctx context.Context, p *plan.Planner, f *operation.Field, readAt func(content.Revision) reads) (any, error) {
	if err := p.Past(f); err != nil {
		return nil, err
	}
	read := readAt(p.At)
	rootList := func(sel *content.Selection) (*content.List, error) {
		res, err := read(sel)
		if err != nil {
			return nil, err
		}
		return res.Lists[0], nil
	}
	if f.Name == "service" {
		return o.service(ctx, read)
	}
	if f.Form == operation.ConnectionForm && f.Name != "search" {
		sel := &content.Selection{Key: f.Key, Type: operation.NodeType(strings.TrimSuffix(f.Named, "Connection"))}
		return o.paged(p, f, sel, "Query."+f.Name, p.At, rootList)
	}
	r := &plan.Root{Field: f}
	if err := p.Root(r); err != nil {
		return nil, err
	}
	if f.Name == "search" {
		sel := r.Sels[0]
		sel.Total, sel.Cursors = true, true
		l, err := rootList(sel)
		return &page{sel, plan.PageOfList(l, f), rootList, p.At}, err
	}
	var list []any
	for _, id := range r.IDs {
		t, key, at, err := id.SplitView()
		if err != nil {
			return nil, err
		}
		n, err := visibleNode(content.Ref{Type: t.Name, Key: key}, at, readAt(at))
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	switch f.Name {
	case "viewer", "rateLimit": // the oracle has no token, and its server no budgets
		return nil, nil //nolint:nilnil // null is the value
	case "node":
		return list[0], nil
	case "nodes":
		return list, nil
	}
	at := r.Sels[0].At // of the arguments, or of the id
	res, err := readAt(at)(r.Sels[0])
	if err != nil {
		return nil, err
	}
	for _, l := range res.Lists {
		if len(l.Rows) > 0 {
			return node{r.Sels[0].Type, l.Rows[0].Key, at}, nil
		}
	}
	return nil, nil //nolint:nilnil // null is the value
}

// service returns what the service says of itself.
func (o *oracle) service(ctx context.Context, read reads) (any, error) {
	heads, err := o.server.Reader.Heads(ctx)
	if err != nil {
		return nil, err
	}
	head := heads.Of(o.who.Audience())
	res, err := read(&content.Selection{Type: content.RowType("Locale"), Rows: true})
	if err != nil {
		return nil, err
	}
	moment, err := read(&content.Selection{Type: content.RowType("Moment"), Rows: true})
	if err != nil {
		return nil, err
	}
	var locales []string
	for _, row := range res.Lists[0].Rows {
		locales = append(locales, fmt.Sprint(row.Values[0]))
	}
	type limit struct {
		Name, Unit, Flag string
		Value            int
	}
	var limits []limit
	for _, l := range o.server.Bounds() {
		limits = append(limits, limit{l.Name, l.Unit, l.Flag, l.Value})
	}
	return struct {
		Name, Version string
		Revision      content.Revision
		RevisionAt    any
		RecordID      string
		Locales       []string
		Limits        []limit
		Me            *content.Principal
	}{"parley", o.server.Version, head, moment.Lists[0].Rows[0].Values[0], o.server.Reader.Record(), locales, limits, nil}, nil
}

// cursors returns a function that asks the service for all cursors in an answer.
func (o *oracle) cursors(t *testing.T) func(query string) []string {
	t.Helper()
	return func(query string) []string {
		p, errs := o.server.prepare(operation.Request{Query: query, Who: o.who})
		if len(errs) > 0 {
			t.Fatalf("%s is refused: %s", query, errs)
		}
		a, fault := o.server.Respond(t.Context(), operation.Request{Query: query, Who: o.who}, p)
		if fault != nil {
			return nil
		}
		var list []string
		for _, m := range regexp.MustCompile(`"cursor":"([^"]*)"`).FindAllSubmatch(a.Data, -1) {
			list = append(list, string(m[1]))
		}
		return list
	}
}

// agree compares the service's own answer with that of the oracle. A bad argument refuses a whole operation, also where
// gqlgen would never come to it; what gqlgen refuses, the service must too.
func (o *oracle) agree(t *testing.T, query string, vars map[string]any) (answered bool) {
	t.Helper()
	p, errs := o.server.prepare(operation.Request{Query: query, Variables: vars, Who: o.who})
	if len(errs) > 0 {
		return false
	}
	own, fault := o.server.Respond(t.Context(), operation.Request{Query: query, Variables: vars, Who: o.who}, p)
	data, errs := o.ask(t.Context(), query, vars)
	shown, _ := json.Marshal(vars)
	served := bytes.TrimPrefix(own.Data, []byte(operation.DataHead))
	switch {
	case fault != nil:
		code := fault.Extensions["code"]
		if code != "BAD_USER_INPUT" && code != "LIMIT_EXCEEDED" && (code != "FORBIDDEN" || o.who.Role != content.Nobody) {
			t.Errorf("%s\n%s\nis refused with %s", query, shown, fault)
		}
	case len(errs) > 0:
		t.Errorf("only the oracle refuses %s\n%s: %s", query, shown, errs)
	case !bytes.Equal(served, data):
		at := 0
		for at < min(len(served), len(data)) && served[at] == data[at] {
			at++
		}
		from := max(0, at-100)
		t.Errorf("%s\n%s\nis answered otherwise from byte %d:\nservice %.300s\noracle  %.300s", query, shown, at, served[from:], data[from:])
	}
	return fault == nil
}
