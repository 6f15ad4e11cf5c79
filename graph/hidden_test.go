package graph_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/bundle"
	"parley/content"
	"parley/graph"
	"parley/store"
)

// ghosts is how many hidden items of a type there are: one held back, one that was public and was taken back, one under
// embargo.
const ghosts = 3

// pathsEvery thins out what lists of other types than the hidden one are asked: 1 asks all of it.
var pathsEvery = flag.Int("paths", 20, "one order or filter of lists of other types in how many is asked")

// ghost is the key of a hidden item.
func ghost(t *content.Type, n int) content.Key {
	return content.NamedKey(t.Name, content.Slug(fmt.Sprintf("ghost-%d", n)))
}

// isGhost reports whether a value is a reference to a hidden item of the type.
func isGhost(t *content.Type, v any) bool {
	ref, ok := v.(content.Ref)
	for n := range ghosts {
		if ok && content.TypeNamed(ref.Type).Base == t.Base && ref.Key == ghost(t, n) {
			return true
		}
	}
	return false
}

// haunted is testdata/content with hidden items of a type, which lead to everything and to which everything leads; and
// the same where they never were.
func haunted(t *testing.T, typ *content.Type) (with, without content.ChangeSet) {
	t.Helper()
	set, err := bundle.Load(os.DirFS("testdata/content"))
	if err != nil {
		t.Fatal(err)
	}
	set.Author, set.Reason = "test", "IMPORT"
	var seers []content.Item
	for _, other := range content.Types() {
		if seer, ok := seerOf(other, typ); ok {
			seers = append(seers, seer)
		}
	}
	with = set
	with.Items = append(slices.Clone(with.Items), seers...)
	for n, p := range []content.Publication{
		{Status: content.PubWithheld}, {Status: content.PubUsable}, {Status: content.PubUsable, EmbargoedUntil: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		item := content.Item{Type: typ, Key: ghost(typ, n), Slug: content.Slug(fmt.Sprintf("ghost-%d", n)), Values: map[string]any{}, Publication: &p}
		for i := range typ.Fields {
			f := &typ.Fields[i]
			item.Values[f.Name] = filled(f, n, func(to string) content.Ref {
				return content.Ref{Type: to, Key: content.NamedKey(to, content.Slug(anItem(to)))}
			})
		}
		item.Values["translations"] = []map[string]any{{"locale": "ky", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "title", "value": "Spectre"}}}}
		if typ.Name == "Talk" && n > 0 {
			delete(item.Values, "parent") // a process, to which visible talks' events may belong
		}
		with.Items = append(with.Items, item)
	}
	without = set
	for _, seer := range seers {
		seer.Values = forget(typ, seer.Type.Fields, seer.Values)
		without.Items = append(slices.Clip(without.Items), seer)
	}
	return with, without
}

// seerOf makes a visible item of a type that refers to hidden ones wherever it can.
func seerOf(t, hidden *content.Type) (content.Item, bool) {
	item := content.Item{Type: t, Key: content.NamedKey(t.Name, "seer"), Slug: "seer", Values: map[string]any{}}
	refers := false
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Name == "parent" {
			continue // a root of which the reader sees nothing is told apart by null, as any end of a relation is
		}
		item.Values[f.Name] = filled(f, 7, func(to string) content.Ref {
			if slices.Contains([]string{"Mediator", "Party"}, to) && hidden.Base == "Actor" && to != hidden.Name {
				return content.Ref{Type: to, Key: content.NamedKey(to, content.Slug(anItem(to)))}
			}
			if to == hidden.Name {
				refers = true
				return content.Ref{Type: to, Key: ghost(hidden, 1)}
			}
			return content.Ref{Type: to, Key: content.NamedKey(to, content.Slug(anItem(to)))}
		})
	}
	for _, name := range []string{"citations", "participations", "provisions"} { // each list has a source that stays
		values := []map[string]any{item.Values}
		if name != "citations" {
			values, _ = item.Values[name].([]map[string]any)
		}
		for _, v := range values {
			list, _ := v["citations"].([]map[string]any)
			v["citations"] = append([]map[string]any{{"source": content.Ref{Type: "Source", Key: content.NamedKey("Source", "lake-herald")}}}, list...)
		}
	}
	delete(item.Values, "externalIds")
	return item, refers
}

// filled is a value for a field, of the Go type that its kind tells.
func filled(f *content.Field, n int, ref func(string) content.Ref) any {
	switch f.Kind {
	case content.Enum:
		if f.Name == "eventKind" {
			return "AGREEMENT_SIGNED"
		}
		return f.Enum[0]
	case content.Date:
		d, err := content.ParseEDTF("2021-05-06")
		if err != nil {
			panic(err)
		}
		return d
	case content.Bool:
		return true
	case content.Int:
		return int64(n)
	case content.Place:
		return map[string]any{"name": "Phantom Town"}
	case content.SingleRef:
		return ref(f.To[0])
	case content.StringList:
		if f.Enum != nil {
			return f.Enum[:1]
		}
		return []string{"Phantom"}
	case content.RefList:
		return []content.Ref{ref(f.To[0])}
	case content.JSONList, content.ChildRows:
		element := map[string]any{}
		for i := range f.Fields {
			element[f.Fields[i].Name] = filled(&f.Fields[i], n, ref)
		}
		return []map[string]any{element}
	default:
		switch f.Name {
		case "locale", "language":
			return "en"
		case "url", "archivedUrl":
			return "https://phantom.example/"
		case "field":
			return "title"
		}
		return fmt.Sprintf("Phantom %s %d", f.Name, n)
	}
}

// forget returns values without references to hidden items: lists lose the elements that are nothing without them, others
// the reference.
func forget(hidden *content.Type, fields []content.Field, values map[string]any) map[string]any {
	out := maps.Clone(values)
	for i := range fields {
		f := &fields[i]
		switch v := out[f.Name].(type) {
		case content.Ref:
			if isGhost(hidden, v) {
				delete(out, f.Name)
			}
		case []content.Ref:
			out[f.Name] = slices.DeleteFunc(slices.Clone(v), func(r content.Ref) bool { return isGhost(hidden, r) })
		case []map[string]any:
			var kept []map[string]any
			for _, element := range v {
				if f.Name == "participations" && isGhost(hidden, element["actor"]) || f.Name == "citations" && isGhost(hidden, element["source"]) ||
					f.Name == "related" && isGhost(hidden, element["agreement"]) {
					continue
				}
				if e := forget(hidden, f.Fields, element); len(e) > 0 {
					kept = append(kept, e)
				}
			}
			out[f.Name] = kept
		}
	}
	return out
}

// over serves a change set, after a second revision that takes the hidden item back which is public in the first.
func over(t *testing.T, set content.ChangeSet) *service {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if _, err := st.Write(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	then := content.ChangeSet{Author: "test", Reason: "UPDATE", Changes: []content.Change{{
		Op: content.Update, Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", "hill-post"), Values: map[string]any{"licence": "CC0"},
	}}}
	for _, item := range set.Items {
		if item.Slug == "ghost-1" {
			then.Changes = append(then.Changes, content.Change{Op: content.Withdraw, Type: item.Type, Key: item.Key, Publication: &content.Publication{Status: content.PubCanceled}})
		}
	}
	if _, err := st.Apply(t.Context(), then); err != nil {
		t.Fatal(err)
	}
	h, err := graph.New(graph.Config{Reader: named{st}, Log: st, Writer: st, Authenticator: st, Limits: generous(), Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	return &service{Handler: h, store: st}
}

// TestHidden asks along every path of the schema that could lead to a hidden item, as a reader without a token, and wants
// the same answers as where there never was one: from every root, through every relation, filter and order, in totals,
// facets, cursors, labels, searches and computed records.
func TestHidden(t *testing.T) {
	schema := schemas(t)["served"]
	for _, typ := range content.Types() {
		t.Run(typ.Name, func(t *testing.T) {
			a, b := haunted(t, typ)
			with, without := over(t, a), over(t, b)
			p := &paths{schema: schema, hidden: typ}
			p.queries()
			if len(p.list) < 120 {
				t.Errorf("only %d queries are asked", len(p.list))
			}
			for _, q := range p.list {
				got, want := public(with.get(q, "").Body.String()), public(without.get(q, "").Body.String())
				if strings.Contains(got, "GRAPHQL_VALIDATION_FAILED") || strings.Contains(got, "INTERNAL") || strings.Contains(got, "LIMIT_EXCEEDED") {
					t.Fatalf("%s\nis answered %s", q, got)
				}
				if got != want {
					at := differ(got, want)
					t.Errorf("%s\nis told apart: with the hidden item\n%.300s\nwithout\n%.300s", q, got[at:], want[at:])
				}
				for n := range ghosts {
					if id := string(content.NewID(typ.Name, ghost(typ, n))); strings.Contains(got, id) || strings.Contains(got, fmt.Sprintf(`"ghost-%d"`, n)) {
						t.Errorf("%s\nnames a hidden item: %s", q, got)
					}
				}
			}
			p.seen(t, with)
		})
	}
}

// differ is a little before where two texts begin to differ.
func differ(a, b string) int {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return max(0, min(i, len(a), len(b))-120)
}

// public is an answer without what follows from the moment when the content was loaded, and without the scores of a
// search and the order that they give: they depend on all texts that there are.
func public(text string) string {
	text = regexp.MustCompile(`"(createdAt|updatedAt|at)":"20[^"]*"`).ReplaceAllString(text, `"$1":""`)
	text = regexp.MustCompile(`"score":[-+.e0-9]+`).ReplaceAllString(text, `"score":0`)
	var v map[string]map[string]map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil || v["data"]["search"] == nil {
		return text
	}
	for _, name := range []string{"nodes", "edges"} {
		if list, ok := v["data"]["search"][name].([]any); ok {
			slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// paths gathers the queries that could lead to an item of the hidden type.
type paths struct {
	schema *ast.Schema
	hidden *content.Type
	list   []string
}

func (p *paths) add(format string, args ...any) {
	p.list = append(p.list, fmt.Sprintf(format, args...))
}

// past adds a query, and the same of the time when one of the hidden items was public.
func (p *paths) past(format string, args ...any) {
	q := fmt.Sprintf(format, args...)
	p.list = append(p.list, q, regexp.MustCompile(`^\{ (\w+)\(`).ReplaceAllString(q, "{ $1(atRevision: 1, "))
}

// seen wants somebody with a token to see the hidden items, or the test would show nothing.
func (p *paths) seen(t *testing.T, s *service) {
	t.Helper()
	token := s.token(t, content.Viewer)
	got := s.get(fmt.Sprintf("{ %s(first: 100) { totalCount nodes { slug } } search(query: \"phantom\") { totalCount } }", p.hidden.Plural), token).Body.String()
	for n := range ghosts {
		if !strings.Contains(got, fmt.Sprintf(`"ghost-%d"`, n)) {
			t.Errorf("a viewer does not see ghost-%d: %s", n, got)
		}
	}
}

func (p *paths) queries() {
	for _, typ := range content.Types() {
		p.one(typ)
		p.many(typ)
	}
	for n := range ghosts {
		id := content.NewID(p.hidden.Name, ghost(p.hidden, n))
		p.add("{ node(id: %q) { __typename id } }", id)
		p.add("{ node(id: \"%s@1\") { __typename id } }", id)
		p.add("{ nodes(ids: [%q, \"%s@1\"]) { id } }", idOf("Source"), id)
	}
	for _, words := range []string{"phantom", "spectre", "phantom title", `\"phantom title 1\"`, "lake", "lake -phantom", "phan*", "ghost"} {
		p.past(`{ search(query: "%s", first: 100) { totalCount facets(by: [CONTENT_TYPE KIND STATUS YEAR]) { facetField buckets { value count } } nodes { id label } edges { highlights { field snippet } } pageInfo { hasNextPage } } }`, words)
		p.past(`{ search(query: "%s", locales: ["ky"], where: { externalIds: { some: { scheme: { eq: "Phantom scheme 1" } } } }) { totalCount } }`, words)
	}
	p.add("{ service { revision locales } }")
	p.add("{ contentChanges(first: 100) { changes { revision op nodeId contentType node { label } changedFields } hasMore revision } }")
	p.add("{ contentChanges(first: 100, talk: %q, types: [%s]) { changes { nodeId } hasMore } }", idOf("Talk"), strings.ToUpper(p.hidden.Name))
}

// one asks for single items, in full, with everything that they lead to.
func (p *paths) one(typ *content.Type) {
	field := strings.ToLower(typ.Name)
	for slug, depth := range map[string]int{"seer": 2, anItem(typ.Name): 1} {
		p.past("{ %s(slug: %q) { %s } }", field, slug, p.everything(p.schema.Types[typ.Name], depth))
		p.past("{ %s(slug: %q, locales: [\"ky\"]) { label locale } }", field, slug)
	}
	if typ != p.hidden {
		return
	}
	for n := range ghosts {
		p.past("{ %s(slug: \"ghost-%d\") { id } }", field, n)
		p.past("{ %s(id: %q) { id } }", field, content.NewID(typ.Name, ghost(typ, n)))
		p.past("{ %s(externalId: { scheme: \"Phantom scheme %d\", value: \"Phantom value %d\" }) { id } }", field, n, n)
	}
}

// many asks for lists, in every order and through every filter that reaches other items.
func (p *paths) many(typ *content.Type) {
	field := p.schema.Query.Fields.ForName(typ.Plural)
	p.past("{ %s(first: 100) { %s } }", typ.Plural, p.everything(p.schema.Types[typ.Name+"Connection"], 1))
	for i, by := range p.schema.Types[typ.Name+"OrderField"].EnumValues {
		for j, args := range []string{"first: 2", "last: 2"} {
			if typ == p.hidden || (i+j)%*pathsEvery == 0 {
				p.past("{ %s(%s, orderBy: { field: %s, direction: DESC }) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }", typ.Plural, args, by.Name)
			}
		}
	}
	def := p.schema.Types[field.Arguments.ForName("where").Type.Name()]
	direct := p.wheres(def, 1)
	for i, where := range p.wheres(def, 2) {
		near := slices.Contains(direct, where)
		if typ == p.hidden || near && i%3 == 0 || i%*pathsEvery == 0 {
			p.add("{ %s(where: %s) { totalCount nodes { id } } }", typ.Plural, where)
		}
	}
}

// wheres are filters that could tell whether there are hidden items: tests of what names them, and of every relation that
// leads to them, directly or by another.
func (p *paths) wheres(def *ast.Definition, depth int) []string {
	var list []string
	if def.Name == p.hidden.Name+"Where" {
		list = append(list, "{}", `{ slug: { eq: "ghost-1" } }`, `{ slug: { startsWith: "ghost" } }`, `{ slug: { ne: "ghost-1" } }`,
			fmt.Sprintf("{ id: { in: [%q] } }", content.NewID(p.hidden.Name, ghost(p.hidden, 1))),
			`{ externalIds: { some: { scheme: { eq: "Phantom scheme 1" } } } }`)
		for _, f := range def.Fields {
			if f.Type.Name() == "TitleFilter" {
				list = append(list, fmt.Sprintf(`{ %s: { contains: "phantom" } }`, f.Name))
			}
		}
	}
	if depth == 0 {
		return list
	}
	for _, f := range def.Fields {
		to := p.schema.Types[f.Type.Name()]
		if f.Name == "and" || f.Name == "or" || f.Name == "not" || to.Kind != ast.InputObject {
			continue
		}
		if some := to.Fields.ForName("some"); some != nil {
			for _, inner := range p.wheres(p.schema.Types[some.Type.Name()], depth-1) {
				list = append(list, fmt.Sprintf("{ %s: { some: %s } }", f.Name, inner), fmt.Sprintf("{ %s: { none: %s } }", f.Name, inner))
			}
			continue
		}
		if !strings.HasSuffix(to.Name, "Where") {
			continue
		}
		if to.Name == p.hidden.Name+"Where" {
			list = append(list, fmt.Sprintf("{ %s: { isNull: true } }", f.Name), fmt.Sprintf("{ %s: { isNull: false } }", f.Name))
		}
		for _, inner := range p.wheres(to, depth-1) {
			list = append(list, fmt.Sprintf("{ %s: %s }", f.Name, inner), fmt.Sprintf("{ not: { %s: %s } }", f.Name, inner))
		}
	}
	return list
}

// everything is the selection of all fields of a type, to a depth; below it, what names an item.
func (p *paths) everything(def *ast.Definition, depth int) string {
	parts := []string{"__typename"}
	for _, f := range def.Fields {
		to := p.schema.Types[f.Type.Name()]
		name := f.Name + p.needed(f)
		switch {
		case strings.HasPrefix(f.Name, "__"):
		case to.IsLeafType():
			parts = append(parts, name)
		case isNode(p.schema, to.Name) && depth <= 1:
			parts = append(parts, name+" { __typename id slug label revision }")
		case isNode(p.schema, to.Name) && to.IsAbstractType():
			parts = append(parts, name+" { __typename id slug label }")
		case isNode(p.schema, to.Name):
			parts = append(parts, name+" { "+p.everything(to, depth-1)+" }")
		default:
			parts = append(parts, name+" { "+p.everything(to, depth)+" }")
		}
	}
	return strings.Join(parts, " ")
}

// needed are the arguments that a field cannot be asked without.
func (p *paths) needed(f *ast.FieldDefinition) string {
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			var values []string
			for _, v := range p.schema.Types[a.Type.Name()].EnumValues {
				values = append(values, v.Name)
			}
			return "(" + a.Name + ": [" + strings.Join(values, " ") + "])"
		}
	}
	return ""
}
