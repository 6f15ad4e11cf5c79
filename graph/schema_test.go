package graph_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// schemas returns the schema that is served, and what it becomes with what is planned.
func schemas(t *testing.T) map[string]*ast.Schema {
	t.Helper()
	sources := []*ast.Source{source(t, "../schema.graphqls"), source(t, "../docs/schema-plan.graphqls")}
	out := map[string]*ast.Schema{}
	for i, name := range []string{"served", "planned"} {
		s, err := gqlparser.LoadSchema(sources[:i+1]...)
		if err != nil {
			t.Fatalf("the schema as %s: %v", name, err)
		}
		out[name] = s
	}
	return out
}

func source(t *testing.T, file string) *ast.Source {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return &ast.Source{Name: file, Input: string(b)}
}

// definitions returns the schema's own types in the order of their names.
func definitions(s *ast.Schema) []*ast.Definition {
	var list []*ast.Definition
	for _, d := range s.Types {
		if !d.BuiltIn {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// isRoot reports whether operations begin at the type.
func isRoot(s *ast.Schema, d *ast.Definition) bool {
	return d == s.Query || d == s.Mutation || d == s.Subscription
}

// TestSchema holds the rules of the schema, for what is served and for what is planned.
func TestSchema(t *testing.T) {
	rules := map[string]func(*testing.T, *ast.Schema){
		"one name one type": oneNameOneType,
		"enum names":        enumNames,
		"descriptions":      descriptions,
		"unknown values":    unknownValues,
		"kinds of objects":  kindsOfObjects,
		"nullability":       nullability,
		"updates":           updates,
		"mutations":         mutations,
	}
	for when, s := range schemas(t) {
		for name, rule := range rules {
			t.Run(when+"/"+name, func(t *testing.T) { rule(t, s) })
		}
	}
}

// oneNameOneType: fragments on types that share an interface or a union must validate side by side, so a field name
// has one type among them.
func oneNameOneType(t *testing.T, s *ast.Schema) {
	t.Helper()
	t.Helper()
	for _, abstract := range definitions(s) {
		if !abstract.IsAbstractType() {
			continue
		}
		first := map[string]string{}
		of := map[string]*ast.FieldDefinition{}
		for _, d := range s.PossibleTypes[abstract.Name] {
			for _, f := range d.Fields {
				seen := of[f.Name]
				if seen == nil {
					first[f.Name], of[f.Name] = d.Name, f
					continue
				}
				if seen.Type.String() != f.Type.String() {
					t.Fatalf("%s: %s.%s is %s, but %s.%s is %s", abstract.Name, first[f.Name], f.Name, seen.Type, d.Name, f.Name, f.Type)
				}
			}
		}
	}
}

// enumExceptions are the fields whose name is not that of their enumeration, as "field Enum", each for a reason.
func enumExceptions() map[string]string {
	return map[string]string{
		"role ParticipationRole":    "read beside capacity and actor, it can mean nothing else",
		"precision DatePrecision":   "the same within a date",
		"purposes AgreementPurpose": "a list has the plural",
		"direction OrderDirection":  "the direction of orderBy",
		"reason RevisionReason":     "the reason of a revision, wherever one is told or given",
		"op ChangeOp":               "short in what is sent most",
		"types ContentType":         "a list has the plural",
		"by FacetField":             "reads as what it does: facets(by: [YEAR])",
	}
}

// enumNames: a field, argument or input field that holds an enumeration has its name.
func enumNames(t *testing.T, s *ast.Schema) {
	t.Helper()
	t.Helper()
	check := func(at, name string, typ *ast.Type) {
		d := s.Types[typ.Name()]
		if d == nil || d.Kind != ast.Enum || d.BuiltIn || name == lowerCamel(d.Name) || enumExceptions()[name+" "+d.Name] != "" {
			return
		}
		t.Errorf("%s holds %s: call it %s", at, d.Name, lowerCamel(d.Name))
	}
	for _, d := range definitions(s) {
		if strings.HasSuffix(d.Name, "Filter") || strings.HasSuffix(d.Name, "OrderBy") {
			continue // eq, in and the other operators; field and direction
		}
		for _, f := range d.Fields {
			check(d.Name+"."+f.Name, f.Name, f.Type)
			for _, a := range f.Arguments {
				check(d.Name+"."+f.Name+"("+a.Name+")", a.Name, a.Type)
			}
		}
	}
}

func lowerCamel(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// descriptions: everything says what it is, in a sentence that is more than its own name.
func descriptions(t *testing.T, s *ast.Schema) {
	t.Helper()
	t.Helper()
	arguments := func(at string, list ast.ArgumentDefinitionList) {
		for _, a := range list {
			described(t, at+"("+a.Name+")", a.Name, a.Description)
		}
	}
	for _, d := range definitions(s) {
		described(t, d.Name, d.Name, d.Description)
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(t, d.Name+"."+f.Name, f.Name, f.Description)
			arguments(d.Name+"."+f.Name, f.Arguments)
		}
		for _, v := range d.EnumValues {
			described(t, d.Name+"."+v.Name, v.Name, v.Description)
		}
	}
	for _, d := range s.Directives {
		if d.Position.Src.BuiltIn {
			continue
		}
		described(t, "@"+d.Name, d.Name, d.Description)
		arguments("@"+d.Name, d.Arguments)
	}
}

func described(t *testing.T, at, name, text string) {
	t.Helper()
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		t.Errorf("%s has no description", at)
	case !strings.ContainsRune(".?:", rune(text[len(text)-1])):
		t.Errorf("%s: the description ends without a period: %q", at, text)
	case restates(name, text):
		t.Errorf("%s: the description only repeats the name: %q", at, text)
	}
}

// restates reports whether a text has no words but those of a name and such as join them.
func restates(name, text string) bool {
	known := append(words(name), "a", "an", "the", "of", "its", "item", "value", "this")
	return !slices.ContainsFunc(words(text), func(w string) bool {
		return !slices.Contains(known, w) && !slices.Contains(known, w+"s") && !slices.Contains(known, strings.TrimSuffix(w, "s"))
	})
}

// words splits a name or a text: talkLevel, TALK_LEVEL and "Talk level." are all talk and level.
func words(s string) []string {
	var b strings.Builder
	lower := false
	for _, r := range s {
		if lower && unicode.IsUpper(r) {
			b.WriteRune(' ')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(r)
	}
	return strings.FieldsFunc(strings.ToLower(b.String()), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// unknownValues: enumerations may grow, so each says what a client does with a value that it does not know.
func unknownValues(t *testing.T, s *ast.Schema) {
	t.Helper()
	t.Helper()
	told := regexp.MustCompile(`treat\s+one\s+that\s+you\s+do\s+not\s+know\s+as\s+([A-Za-z_]+)`)
	for _, d := range definitions(s) {
		if d.Kind != ast.Enum {
			continue
		}
		m := told.FindStringSubmatch(d.Description)
		switch {
		case m == nil && strings.Contains(d.Description, "Only for input") && !response(s, d.Name):
		case m == nil:
			t.Errorf("%s does not say what to do with a value that one does not know: %q", d.Name, d.Description)
		case m[1] != "absent" && d.EnumValues.ForName(m[1]) == nil:
			t.Errorf("%s has no value %s to treat an unknown one as", d.Name, m[1])
		}
	}
}

// response reports whether a field of an object has the type.
func response(s *ast.Schema, name string) bool {
	for _, d := range definitions(s) {
		if d.Kind != ast.Object && d.Kind != ast.Interface {
			continue
		}
		if slices.ContainsFunc(d.Fields, func(f *ast.FieldDefinition) bool { return f.Type.Name() == name }) {
			return true
		}
	}
	return false
}

// valueTypes are the objects that belong to another and have no id of their own.
func valueTypes() []string {
	return []string{
		"Participation", "Provision", "Participant", "RelatedAgreement", "Question", "FuzzyDate", "RichText", "Citation",
		"ExternalId", "Place", "Translation", "TranslatedText", "PageInfo", "Service",
		"Limit", "RateLimit", "Me", "Facet", "FacetBucket", "Highlight", "HistoryEntry", "RevisionEntry", "RedactionReach", "FieldChange", "NodeDiff", "TrackRecord", "LastChange",
		"DayRange", "FollowUp", "Tombstone", "ContentChange", "ChangePage", "CreatedNode", "KeptItem", "ReaderNotice",
	}
}

// kindsOfObjects: an object is a root, a node, a part of a connection, a payload or a value. Only nodes have an id:
// clients normalise whatever has one.
func kindsOfObjects(t *testing.T, s *ast.Schema) {
	t.Helper()
	t.Helper()
	for _, d := range definitions(s) {
		if d.Kind != ast.Object || isRoot(s, d) || slices.Contains(d.Interfaces, "Node") {
			continue
		}
		known := slices.Contains(valueTypes(), d.Name)
		for _, suffix := range []string{"Connection", "Edge", "Payload"} {
			known = known || strings.HasSuffix(d.Name, suffix)
		}
		if !known {
			t.Errorf("%s is no node: give it the interface Node, or add it to the value types of this test", d.Name)
		}
		if d.Fields.ForName("id") != nil {
			t.Errorf("%s has an id and is no node: clients would normalise it", d.Name)
		}
	}
}

// nullability: lists, connections and their elements are there; one item that a field leads to may be out of sight.
func nullability(t *testing.T, s *ast.Schema) {
	t.Helper()
	t.Helper()
	for _, d := range definitions(s) {
		if d.Kind != ast.Object && d.Kind != ast.Interface {
			continue
		}
		for _, f := range d.Fields {
			at := d.Name + "." + f.Name
			node := s.Types[f.Type.Name()].Kind != ast.Scalar && isNode(s, f.Type.Name())
			switch {
			case strings.HasPrefix(f.Name, "__") || at == "Query.nodes":
			case f.Type.Elem != nil && (!f.Type.NonNull || !f.Type.Elem.NonNull):
				t.Errorf("%s is %s: a list and its elements are never null", at, f.Type)
			case strings.HasSuffix(f.Type.Name(), "Connection") && !f.Type.NonNull:
				t.Errorf("%s is %s: a connection is never null", at, f.Type)
			case f.Type.Elem == nil && node && f.Type.NonNull != strings.HasSuffix(d.Name, "Edge"):
				t.Errorf("%s is %s: an item that a field leads to may be out of sight, and that of an edge never is", at, f.Type)
			case d == s.Mutation && f.Type.NonNull:
				t.Errorf("%s is %s: a payload is null where the mutation failed", at, f.Type)
			}
		}
	}
}

// isNode reports whether the type is Node or implements it.
func isNode(s *ast.Schema, name string) bool {
	return name == "Node" || slices.Contains(s.Types[name].Interfaces, "Node")
}

// updates: absent, null and a value are three things in an update, so none of its fields has a default, and only what
// names the item is required.
func updates(t *testing.T, s *ast.Schema) {
	t.Helper()
	for _, d := range definitions(s) {
		if d.Kind != ast.InputObject || !strings.HasPrefix(d.Name, "Update") {
			continue
		}
		for _, f := range d.Fields {
			if f.DefaultValue != nil || f.Type.NonNull && f.Name != "id" {
				t.Errorf("%s.%s is %s with the default %v: a field that an update leaves out stays as it is", d.Name, f.Name, f.Type, f.DefaultValue)
			}
		}
	}
}

// mutations: each is verbNoun(input: VerbNounInput!): VerbNounPayload, says which role it needs, and takes and gives
// what belongs to a revision.
func mutations(t *testing.T, s *ast.Schema) {
	t.Helper()
	if s.Mutation == nil {
		return
	}
	for _, f := range s.Mutation.Fields {
		name := strings.ToUpper(f.Name[:1]) + f.Name[1:]
		if len(f.Arguments) != 1 || f.Arguments[0].Name != "input" || f.Arguments[0].Type.String() != name+"Input!" || f.Type.String() != name+"Payload" {
			t.Errorf("Mutation.%s: it should be %s(input: %sInput!): %sPayload", f.Name, f.Name, name, name)
			continue
		}
		for _, field := range []string{"ifRevision", "idempotencyKey", "reason", "publicNote"} {
			if s.Types[name+"Input"].Fields.ForName(field) == nil {
				t.Errorf("%sInput has no field %s", name, field)
			}
		}
		if s.Types[name+"Payload"].Fields.ForName("revision") == nil {
			t.Errorf("%sPayload has no field revision", name)
		}
		access := f.Directives.ForName("access")
		if access == nil || !strings.HasSuffix(f.Description, "Needs role: "+access.Arguments[0].Value.Raw+".") {
			t.Errorf("Mutation.%s: it needs @access, and a description that ends with the role", f.Name)
		}
	}
}
