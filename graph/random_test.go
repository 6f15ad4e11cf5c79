package graph

import (
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"

	"parley/bundle"
	"parley/content"
	"parley/graph/transport"
	"parley/store"
)

var (
	oracleCount = flag.Int("oracle", 300, "how many random queries are compared with gqlgen's executor")
	oracleSeed  = flag.Uint64("oracle-seed", 1, "the first of their seeds")
)

// formerly is how many random change sets the oracle's record has been through.
const formerly = 12

// randomContent is what random queries are about: the items, and points in time that the record had a revision at.
type randomContent struct {
	items   []content.Item
	moments []string
}

// goldenRecord is a store whose record has the id of the cursors in testdata.
type goldenRecord struct{ *store.Store }

func (goldenRecord) Record() string { return "golden" }

// openOracle returns a service over the content in testdata, which has changed some times, and its oracle.
func openOracle(t *testing.T) (*oracle, randomContent) {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	set, err := bundle.Load(os.DirFS("testdata/content"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Write(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	w := randomContent{items: set.Items}
	for rng := rand.New(rand.NewPCG(7, 7)); len(w.moments) < formerly; {
		change := content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{randomChange(rng, set.Items[rng.IntN(len(set.Items))], set.Items)}}
		if done, err := st.Apply(t.Context(), change); err == nil && int(done.Revision) > len(w.moments)+1 {
			w.moments = append(w.moments, time.Now().UTC().Format(time.RFC3339Nano))
		}
	}
	h, err := New(Config{Reader: goldenRecord{st}, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	s, ok := h.(*server)
	if !ok {
		t.Fatalf("New returns a %T", h)
	}
	return newOracle(s), w
}

// TestOracleCorpus compares the answers to all queries in testdata with those of gqlgen's executor, byte for byte.
func TestOracleCorpus(t *testing.T) {
	o, _ := openOracle(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata has %d cases, %v", len(files), err)
	}
	answered := 0
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var query string
		var vars map[string]any
		for _, f := range a.Files {
			switch f.Name {
			case "query.graphql":
				query = string(f.Data)
			case "variables.json":
				if err := transport.Unmarshal(f.Data, &vars); err != nil {
					t.Fatal(err)
				}
			}
		}
		if slices.ContainsFunc(strings.FieldsFunc(query, func(r rune) bool { return !unicode.IsLetter(r) }), logged) {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			if o.agree(t, query, vars) {
				answered++
			}
		})
	}
	if answered < len(files)/2 {
		t.Errorf("only %d of %d queries have answers", answered, len(files))
	}
}

// TestOracleRandom compares the answers to random queries: of now and of the past, pages in both directions from cursors
// that the service gave. -oracle says how many; a seed that failed is given again with -oracle-seed, and its query is
// kept among the cases in testdata, which TestOracleCorpus compares.
func TestOracleRandom(t *testing.T) {
	o, w := openOracle(t)
	answered, past, placed := 0, 0, 0
	for i := range *oracleCount {
		seed := *oracleSeed + uint64(i)
		m := newMaker(o.server.schema, w, seed)
		m.probe = o.cursors(t)
		if o.who = (content.Principal{}); m.chance(30) {
			o.who.Role = content.Viewer
		}
		query, vars := m.operation()
		if o.agree(t, query, vars) {
			answered++
			if m.past != "" {
				past++
			}
			if strings.Contains(query, "after: \"") || strings.Contains(query, "before: \"") {
				placed++
			}
		}
		if t.Failed() {
			t.Fatalf("that was seed %d", seed)
		}
	}
	t.Logf("%d of %d random queries have answers, the last root of %d in the past, and %d with a page behind or before a cursor", answered, *oracleCount, past, placed)
	if answered < *oracleCount/2 || past < *oracleCount/20 || placed < *oracleCount/20 {
		t.Error("most random queries are refused: the comparison says little")
	}
}

// maker makes random queries that are valid for the schema, over items that are there.
type maker struct {
	*rand.Rand
	randomContent
	schema    *ast.Schema
	fields    int // how many more may be asked
	aliases   int
	vars      map[string]any
	defs      []string // of variables
	fragments []string
	locales   any
	past      string // the argument that says when the root field reads, empty where it is now
	// probe returns the cursors of a list; nil where none are to be used.
	probe func(query string) []string
}

func newMaker(schema *ast.Schema, w randomContent, seed uint64) *maker {
	return &maker{Rand: rand.New(rand.NewPCG(seed, 0)), randomContent: w, schema: schema, fields: 60, vars: map[string]any{}}
}

func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

// operation returns a query and its variables.
func (m *maker) operation() (string, map[string]any) {
	if m.chance(20) {
		m.locales = [][]any{{"ar"}, {"en", "ar"}, {"fr", "he"}, {}}[m.IntN(4)]
	}
	var roots []string
	for range 1 + m.IntN(3) {
		f := m.schema.Query.Fields[m.IntN(len(m.schema.Query.Fields))]
		for logged(f.Name) {
			f = m.schema.Query.Fields[m.IntN(len(m.schema.Query.Fields))]
		}
		roots = append(roots, m.field(m.schema.Query, f, 0))
	}
	defs := ""
	if len(m.defs) > 0 {
		defs = "(" + strings.Join(m.defs, ", ") + ")"
	}
	text := "query Q" + defs + " { " + strings.Join(roots, " ") + " }\n" + strings.Join(m.fragments, "\n")
	b, _ := json.Marshal(m.vars)
	vars := map[string]any{}
	_ = transport.Unmarshal(b, &vars)
	return text, vars
}

// logged reports whether a field reads the log, which the oracle does not have.
func logged(field string) bool {
	return slices.Contains([]string{"contentChanges", "diff", "tombstone", "revisions", "history", "corrections"}, field)
}

// field writes a field with arguments and what it selects. It has an alias of its own unless it has no arguments.
func (m *maker) field(of *ast.Definition, f *ast.FieldDefinition, depth int) string {
	if strings.HasPrefix(f.Name, "__") {
		return "__typename"
	}
	m.fields--
	args := m.arguments(of, f)
	def := m.schema.Types[f.Type.Name()]
	text := f.Name + args
	if args != "" || m.chance(10) || of == m.schema.Query {
		m.aliases++
		text = fmt.Sprintf("a%d: %s", m.aliases, text)
	}
	if m.chance(8) {
		text += m.directive()
	}
	if !def.IsCompositeType() {
		return text
	}
	return text + " { " + m.selection(def, depth+1) + " }"
}

func (m *maker) directive() string {
	on := m.chance(70)
	name, value := "include", on
	if m.chance(50) {
		name, value = "skip", !on
	}
	if m.chance(50) {
		return fmt.Sprintf(" @%s(if: %v)", name, value)
	}
	return fmt.Sprintf(" @%s(if: %s)", name, m.variable("Boolean!", value))
}

func (m *maker) variable(typ string, value any) string {
	name := fmt.Sprintf("v%d", len(m.vars))
	m.vars[name] = value
	m.defs = append(m.defs, "$"+name+": "+typ)
	return "$" + name
}

// selection writes what is asked of a composite type.
func (m *maker) selection(def *ast.Definition, depth int) string {
	parts := []string{"__typename"}
	if m.chance(80) {
		parts = nil
	}
	for range 1 + m.IntN(5) {
		switch {
		case m.chance(15) || def.Kind == ast.Union:
			parts = append(parts, m.fragment(def, depth))
		default:
			f := def.Fields[m.IntN(len(def.Fields))]
			leaf := !m.schema.Types[f.Type.Name()].IsCompositeType()
			if leaf || depth < 7 && m.fields > 0 && !logged(f.Name) {
				parts = append(parts, m.field(def, f, depth))
			}
		}
	}
	if len(parts) == 0 {
		return "__typename"
	}
	return strings.Join(parts, " ")
}

// fragment writes a fragment on the type, or on one that a value of it may have.
func (m *maker) fragment(def *ast.Definition, depth int) string {
	on := def
	if possible := m.schema.GetPossibleTypes(def); len(possible) > 0 && m.chance(80) {
		on = possible[m.IntN(len(possible))]
	}
	if interfaces := m.schema.GetImplements(on); len(interfaces) > 0 && m.chance(30) {
		on = interfaces[m.IntN(len(interfaces))]
	}
	if m.fields < 0 || depth > 7 {
		return "__typename"
	}
	inner := m.selection(on, depth)
	switch {
	case m.chance(30):
		name := fmt.Sprintf("F%d", len(m.fragments))
		m.fragments = append(m.fragments, "fragment "+name+" on "+on.Name+" { "+inner+" }")
		text := "..." + name
		if m.chance(20) {
			text += m.directive() + " ..." + name
		}
		return text
	case on == def && m.chance(30):
		return "... { " + inner + " }"
	default:
		return "... on " + on.Name + " { " + inner + " }"
	}
}

func (m *maker) arguments(of *ast.Definition, f *ast.FieldDefinition) string {
	var args []string
	if of == m.schema.Query && m.locales != nil && f.Arguments.ForName("locales") != nil {
		b, _ := json.Marshal(m.locales)
		args = append(args, "locales: "+string(b))
	}
	one := ""
	if of == m.schema.Query && f.Arguments.ForName("slug") != nil {
		one = []string{"id", "slug", "slug", "externalId"}[m.IntN(4)]
	}
	paged := m.probe != nil && f.Arguments.ForName("after") != nil && (of == m.schema.Query || content.TypeNamed(of.Name) != nil) && m.chance(30)
	view := []string{"", "", "asOf", "atRevision"}[m.IntN(4)]
	if of == m.schema.Query {
		m.past = ""
	}
	for _, a := range f.Arguments {
		use := a.Type.NonNull && a.DefaultValue == nil || m.chance(25)
		switch a.Name {
		case "locales", "after", "before":
			use = false
		case "asOf", "atRevision":
			use = of == m.schema.Query && a.Name == view && len(m.moments) > 0 && m.chance(40)
		case "last":
			use = use && !strings.Contains(strings.Join(args, ","), "first:")
		case "id", "slug", "externalId":
			use = one == a.Name || one == "" && a.Type.NonNull
		}
		if !use {
			continue
		}
		if !a.Type.NonNull && one == "" && m.chance(10) {
			args = append(args, a.Name+": null")
			continue
		}
		typeName := ""
		if of != m.schema.Query || one != "" {
			typeName = f.Type.Name()
		}
		value := m.value(a.Type, a.Name, typeName, 0)
		switch a.Name {
		case "asOf", "atRevision":
			m.past = a.Name + ": " + literal(m.schema, a.Type, value)
		case "id":
			if id, ok := value.(content.ID); ok {
				if _, _, at, err := id.SplitView(); err == nil && at != 0 {
					m.past = fmt.Sprintf("atRevision: %d", at)
				}
			}
		}
		if !paged && m.chance(30) {
			args = append(args, a.Name+": "+m.variable(a.Type.String(), value))
			continue
		}
		args = append(args, a.Name+": "+literal(m.schema, a.Type, value))
	}
	if paged {
		args = append(args, m.cursor(of, f.Name, args)...)
	}
	if len(args) == 0 {
		return ""
	}
	return "(" + strings.Join(args, ", ") + ")"
}

// cursor places a page of a list somewhere in it, behind or before one of its cursors.
func (m *maker) cursor(of *ast.Definition, list string, args []string) []string {
	same := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "first:") || strings.HasPrefix(a, "last:") })
	query := list + "(" + strings.Join(append(same, "first: 50"), ", ") + ") { edges { cursor } }"
	if of != m.schema.Query {
		more := ""
		if m.locales != nil {
			b, _ := json.Marshal(m.locales)
			more = ", locales: " + string(b)
		}
		if m.past != "" {
			more += ", " + m.past
		}
		plural := content.TypeNamed(of.Name).Plural
		query = strings.ToLower(plural[:1]) + plural[1:] + "(first: 9" + more + ") { nodes { " + query + " } }"
	}
	known := m.probe("{ " + query + " }")
	if len(known) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: %q", []string{"after", "before"}[m.IntN(2)], known[m.IntN(len(known))])}
}

// value makes a value of an input type, as JSON has it.
func (m *maker) value(t *ast.Type, name, typeName string, depth int) any {
	if t.Elem != nil {
		list := []any{}
		for range 1 + m.IntN(3) {
			list = append(list, m.value(t.Elem, name, typeName, depth))
		}
		return list
	}
	def := m.schema.Types[t.Name()]
	switch def.Kind {
	case ast.Enum:
		return def.EnumValues[m.IntN(len(def.EnumValues))].Name
	case ast.InputObject:
		fields := map[string]any{}
		for _, f := range def.Fields {
			if f.Type.NonNull || len(fields) == 0 && m.IntN(len(def.Fields)) < 3 || m.chance(4) && depth < 3 {
				fields[f.Name] = m.value(f.Type, f.Name, typeName, depth+1)
			}
		}
		if len(fields) == 0 {
			f := def.Fields[m.IntN(len(def.Fields))]
			fields[f.Name] = m.value(f.Type, f.Name, typeName, depth+1)
		}
		return fields
	}
	item := m.items[m.IntN(len(m.items))]
	for range 200 {
		if typeName == "" || item.Type.Name == typeName || content.TypeNamed(typeName) == nil {
			break
		}
		item = m.items[m.IntN(len(m.items))]
	}
	switch t.Name() {
	case "Int":
		if name == "atRevision" {
			return 1 + m.IntN(len(m.moments))
		}
		return 1 + m.IntN(6)
	case "Float":
		return m.Float64()
	case "Boolean":
		return m.chance(50)
	case "ID":
		id := content.NewID(item.Type.Name, item.Key)
		if strings.HasPrefix(name, "id") && len(m.moments) > 0 && m.chance(15) {
			id = id.At(content.Revision(1 + m.IntN(len(m.moments))))
		}
		return id
	case "Slug":
		return item.Slug
	case "EDTF", "Date":
		return []string{"2023-11", "2024", "2023-11-24/2023-12-01", "2025-01-15"}[m.IntN(4)]
	case "DateTime":
		if name == "asOf" {
			return m.moments[m.IntN(len(m.moments))]
		}
		return "2024-01-15T10:00:00Z"
	case "Locale":
		return []string{"en", "ar", "he"}[m.IntN(3)]
	default:
		return []string{"talks", "ceasefire", "the", "Qatar", "doha", "a"}[m.IntN(6)]
	}
}

// literal writes a value in the language of queries.
func literal(schema *ast.Schema, t *ast.Type, v any) string {
	switch v := v.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = literal(schema, t.Elem, x)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, f := range schema.Types[t.Name()].Fields {
			if x, ok := v[f.Name]; ok {
				parts = append(parts, f.Name+": "+literal(schema, f.Type, x))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	if schema.Types[t.Name()].Kind == ast.Enum {
		return fmt.Sprint(v)
	}
	b, _ := json.Marshal(v)
	return string(b)
}
