package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"parley/bundle"
	"parley/content"
	"parley/graph"
	"parley/store"
)

// TestSchemaWalk asks every type for every field: all the values of an item in full, and of what it leads to the names.
// It fails for a field that answers with an error, without its key, with what its type forbids, or never with a value.
func TestSchemaWalk(t *testing.T) {
	s := walkedService(t)
	w := &walk{schema: schemas(t)["served"], answered: map[string]bool{}}
	for _, d := range w.schema.PossibleTypes["Node"] {
		if d.Kind != ast.Object {
			continue
		}
		t.Run(d.Name, func(t *testing.T) { w.items(t, s, d) })
	}
	w.neverAnswered(t)
}

// walkedService serves testdata/content and, so that no field goes without a value, one more item of each type.
func walkedService(t *testing.T) *service {
	t.Helper()
	const common = `citations: [{source: lake-herald}], externalIds: [{scheme: test, value: "1", url: "https://test.example/1"}], ` +
		`translations: [{locale: fr, translationKind: EDITORIAL, text: [{field: %s, value: Autre}]}]}`
	files := fstest.MapFS{}
	for folder, own := range map[string][2]string{
		"talks": {"title", ", place: {name: A town, " + french("name") + "}, participations: [{actor: mediator/ferryland, note: A host., " + french("note") + "}]"}, "mediators": {"name", ""}, "parties": {"name", ""}, "issues": {"title", ""},
		"positions": {"holder", ", issue: water-share"}, "events": {"title", ", occurredOn: {edtf: 2021~, verbatim: some time in 2021}, participants: [{attribution: one, " + french("attribution") + "}]"},
		"agreements": {"title", ", provisions: [{title: A clause, " + french("title") + "}]"},
		"articles":   {"title", ", questions: [{question: What?, answer: That., " + french("answer") + "}]"},
		"sources":    {"title", ""},
	} {
		item := fmt.Sprintf("- {slug: walked, %s: Walked%s, "+common+"\n", own[0], own[1], own[0])
		files[folder+"/walked.yaml"] = &fstest.MapFile{Data: []byte(item)}
	}
	if err := fs.WalkDir(os.DirFS("testdata/content"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join("testdata/content", path))
		files[path] = &fstest.MapFile{Data: b}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	set, err := bundle.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	set.Reason, set.Note = "CORRECTION", "It was walked."
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for _, set := range []content.ChangeSet{mistaken(set), set} {
		if _, err := st.Write(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	h, err := graph.New(graph.Config{Limits: generous(), Reader: st, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	return &service{Handler: h}
}

// french is the translation of a text of an element, as a bundle has it.
func french(field string) string {
	return "translations: [{locale: fr, translationKind: EDITORIAL, text: [{field: " + field + ", value: Autre}]}]"
}

// mistaken is a change set as it was before it was corrected: the items called walked had other names.
func mistaken(set content.ChangeSet) content.ChangeSet {
	set.Items = slices.Clone(set.Items)
	for i, item := range set.Items {
		if item.Slug != "walked" {
			continue
		}
		values := maps.Clone(item.Values)
		for _, name := range []string{"title", "name", "holder"} {
			if values[name] != nil {
				values[name] = "Run"
			}
		}
		set.Items[i].Values = values
	}
	return set
}

// walk asks for everything and keeps which fields have had a value.
type walk struct {
	schema   *ast.Schema
	answered map[string]bool
}

// items asks for everything of the items of a type, in their list and alone.
func (w *walk) items(t *testing.T, s *service, d *ast.Definition) {
	t.Helper()
	one, many := w.roots(t, d)
	all, page := w.everything(t, d), w.everything(t, w.schema.Types[d.Name+"Connection"])
	list := w.ask(t, s, fmt.Sprintf("{ %s(first: 100) { items: nodes { %s } %s } }", many, all, page))
	w.ask(t, s, fmt.Sprintf("{ %s(first: 100, locales: [\"fr\"]) { nodes { %s } } }", many, all))
	items := list[many].(map[string]any)["items"].([]any)
	if len(items) == 0 {
		t.Fatalf("testdata/content has no %s", many)
	}
	for _, v := range items {
		item := v.(map[string]any)
		alone := w.ask(t, s, fmt.Sprintf(`{
			id: %[1]s(id: %[2]q) { %[4]s }
			slug: %[1]s(slug: %[3]q) { %[4]s }
			node(id: %[2]q) { ... on %[5]s { %[4]s } }
			nodes(ids: [%[2]q]) { ... on %[5]s { %[4]s } }
		}`, one, item["id"], item["slug"], all, d.Name))
		alone["nodes"] = alone["nodes"].([]any)[0]
		for _, by := range slices.Sorted(maps.Keys(alone)) {
			if diff := cmp.Diff(item, alone[by]); diff != "" {
				t.Errorf("%s %s by %s (-in the list +alone):\n%s", one, item["slug"], by, diff)
			}
		}
	}
}

// roots returns the fields of Query that lead to one and to many items of the type.
func (w *walk) roots(t *testing.T, d *ast.Definition) (one, many string) {
	t.Helper()
	for _, f := range w.schema.Query.Fields {
		switch f.Type.Name() {
		case d.Name:
			one = f.Name
		case d.Name + "Connection":
			many = f.Name
		}
	}
	if one == "" || many == "" {
		t.Fatalf("Query has no fields for one and many of %s: %q and %q", d.Name, one, many)
	}
	return one, many
}

// everything is the selection of all fields of a type: values in full, and the names of the items that it leads to.
func (w *walk) everything(t *testing.T, d *ast.Definition) string {
	t.Helper()
	parts := []string{"__typename"}
	for _, f := range d.Fields {
		to := w.schema.Types[f.Type.Name()]
		switch {
		case strings.HasPrefix(f.Name, "__"):
		case to.IsLeafType():
			parts = append(parts, f.Name+w.required(t, f))
		case isNode(w.schema, to.Name):
			parts = append(parts, f.Name+w.required(t, f)+" { __typename id slug }")
		default:
			parts = append(parts, f.Name+w.required(t, f)+" { "+w.everything(t, to)+" }")
		}
	}
	return strings.Join(parts, " ")
}

// required are the arguments that a field cannot be asked without: every value of an enumeration.
func (w *walk) required(t *testing.T, f *ast.FieldDefinition) string {
	t.Helper()
	var parts []string
	for _, a := range f.Arguments {
		if !a.Type.NonNull || a.DefaultValue != nil {
			continue
		}
		d := w.schema.Types[a.Type.Name()]
		if d.Kind != ast.Enum || a.Type.Elem == nil {
			t.Fatalf("%s needs the argument %s: say here what to ask it with", f.Name, a.Name)
		}
		var values []string
		for _, v := range d.EnumValues {
			values = append(values, v.Name)
		}
		parts = append(parts, a.Name+": ["+strings.Join(values, " ")+"]")
	}
	if parts == nil {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// ask returns the data of an answer that holds what the schema promises.
func (w *walk) ask(t *testing.T, s *service, query string) map[string]any {
	t.Helper()
	doc, err := gqlparser.LoadQueryWithRules(w.schema, query, rules.NewDefaultRules())
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	text, _ := s.ask(t, query, "")
	var answer struct {
		Data   map[string]any `json:"data"`
		Errors []any          `json:"errors"`
	}
	d := json.NewDecoder(bytes.NewBufferString(text))
	d.UseNumber()
	if err := d.Decode(&answer); err != nil || len(answer.Errors) > 0 || answer.Data == nil {
		t.Fatalf("the query is answered by %.2000s (%v)", text, err)
	}
	w.object(t, "", answer.Data, doc.Operations[0].SelectionSet)
	return answer.Data
}

// object checks an object of an answer against what was asked of it.
func (w *walk) object(t *testing.T, at string, v map[string]any, set ast.SelectionSet) {
	t.Helper()
	fields := flat(set)
	for _, f := range fields {
		value, ok := v[f.Alias]
		if !ok {
			t.Errorf("%s.%s is missing", at, f.Alias)
			continue
		}
		if value != nil && !cmp.Equal(value, []any{}) {
			w.answered[f.ObjectDefinition.Name+"."+f.Name] = true
		}
		w.value(t, at+"."+f.Alias, f.Definition.Type, value, f.SelectionSet)
	}
	if len(v) > len(fields) {
		t.Errorf("%s has more than was asked: %v", at, v)
	}
}

// flat are the fields of a set and of the fragments in it.
func flat(set ast.SelectionSet) []*ast.Field {
	var list []*ast.Field
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			list = append(list, s)
		case *ast.InlineFragment:
			list = append(list, flat(s.SelectionSet)...)
		}
	}
	return list
}

// value checks a value of an answer against the type of its field.
func (w *walk) value(t *testing.T, at string, typ *ast.Type, v any, set ast.SelectionSet) {
	t.Helper()
	if v == nil {
		if typ.NonNull {
			t.Errorf("%s is null and %s", at, typ)
		}
		return
	}
	if typ.Elem != nil {
		list, ok := v.([]any)
		if !ok {
			t.Errorf("%s is %v and no list", at, v)
		}
		for i, e := range list {
			w.value(t, fmt.Sprintf("%s[%d]", at, i), typ.Elem, e, set)
		}
		return
	}
	d := w.schema.Types[typ.NamedType]
	m, ok := v.(map[string]any)
	switch {
	case d.IsLeafType():
		if !fits(d, v) {
			t.Errorf("%s is %v and no %s", at, v, d.Name)
		}
	case !ok:
		t.Errorf("%s is %v and no object", at, v)
	case !slices.ContainsFunc(w.schema.GetPossibleTypes(d), func(p *ast.Definition) bool { return m["__typename"] == p.Name }) && m["__typename"] != nil:
		t.Errorf("%s is a %v and no %s", at, m["__typename"], d.Name)
	default:
		w.object(t, at, m, set)
	}
}

// fits reports whether a value is one of the scalar or enumeration.
func fits(d *ast.Definition, v any) bool {
	text, isText := v.(string)
	number, isNumber := v.(json.Number)
	switch d.Name {
	case "Boolean":
		_, ok := v.(bool)
		return ok
	case "Int":
		n, err := number.Int64()
		return isNumber && err == nil && int64(int32(n)) == n
	case "Float":
		return isNumber
	case "JSON":
		return true
	case "DateTime":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil && strings.HasSuffix(text, "Z")
	case "EDTF":
		_, err := content.ParseEDTF(text)
		return err == nil
	case "Slug":
		return content.Slug(text).Valid()
	case "URL":
		return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
	default:
		return isText && (d.Kind != ast.Enum || d.EnumValues.ForName(text) != nil)
	}
}

// withoutValue are the fields that have no value in any item of testdata/content, each for a reason.
func withoutValue() map[string]string {
	return map[string]string{
		"embargoedUntil": "a reader without a token sees nothing under embargo",
	}
}

// elsewhere are the objects that no item leads to.
func elsewhere() []string {
	return []string{"Service", "Me", "Limit", "RateLimit", "CreatedNode", "KeptItem", "ReaderNotice", "SearchConnection", "SearchEdge", "Highlight", "DiffConnection", "DiffEdge", "NodeDiff", "Tombstone", "RedactionReach", "RevisionConnection", "RevisionEdge", "RevisionEntry", "ChangePage", "ContentChange"}
}

// neverAnswered fails for the fields that were asked of every item and had a value in none: nothing plans them.
func (w *walk) neverAnswered(t *testing.T) {
	t.Helper()
	for _, d := range definitions(w.schema) {
		if d.Kind != ast.Object || isRoot(w.schema, d) {
			continue
		}
		if slices.Contains(elsewhere(), d.Name) || strings.HasSuffix(d.Name, "Payload") {
			continue
		}
		for _, f := range d.Fields {
			at := d.Name + "." + f.Name
			if !w.answered[at] && withoutValue()[f.Name] == "" && withoutValue()[at] == "" {
				t.Errorf("%s has a value in no item: plan it, or give testdata/content an item that has it", at)
			}
		}
	}
}
