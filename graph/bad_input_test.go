package graph_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// spoilEvery thins out the bad inputs: 1 tries all of them, in about ten times the time.
var spoilEvery = flag.Int("spoil", 7, "one bad input in how many is tried")

// spoiled is a value in the place of another: wrong is whether no field of an input takes it there.
type spoiled struct {
	what  string
	value any
	wrong bool
}

// spoil lists what is put in the place of a value of the type.
func spoil(s *ast.Schema, typ *ast.Type) []spoiled {
	list := []spoiled{
		{"an object", map[string]any{"surprise": 1}, true},
		{"a list of lists", []any{[]any{[]any{1}}}, true},
		{"a huge number", json.Number("1e400"), true},
	}
	if typ.Elem != nil {
		long := make([]any, 10_000)
		for i := range long {
			long[i] = map[string]any{}
		}
		list = append(list, spoiled{"a list of 10,000 objects", long, true}, spoiled{"a list of 10,000 texts", strings.Split(strings.Repeat("a,", 9999)+"a", ","), true})
	}
	def := s.Types[typ.Name()]
	if typ.NonNull {
		list = append(list, spoiled{"null", nil, true})
	}
	if def.Kind == ast.Scalar {
		list = append(list, spoiledScalar(def.Name)...)
	} else {
		list = append(list, spoiled{"a text", "text", true}, spoiled{"a flag", true, true})
	}
	return list
}

func spoiledScalar(name string) []spoiled {
	text := []spoiled{
		{"a number", 7, true},
		{"a flag", false, true},
		{"NUL", "a\x00b", true},
		{"a bell", "a\ab", true},
		{"an escape", "a\x1b[31mb", true},
		{"a C1 control", "a\u009bb", true},
		{"100,001 characters", strings.Repeat("a", 100_001), true},
		{"script", "<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))", false},
		{"SQL", `'; DROP TABLE talk; --`, false},
		{"another direction", "\u202eabc", false},
	}
	switch name {
	case "Boolean":
		return []spoiled{{"a text", "true", true}, {"a number", 1, true}}
	case "Int", "Float":
		return []spoiled{{"a text", "1", true}, {"a flag", true, true}, {"too great a number", json.Number("99999999999999999999"), true}, {"less than none", -1, false}}
	case "ID":
		return append(text[1:],
			spoiled{"an id with a view", idOf("Talk") + "@1", true},
			spoiled{"an id of nothing", string(content.NewID("Talk", 12345)), true},
			spoiled{"an id without its end", "talk_", true},
			spoiled{"an id beyond", "talk_zzzzzzzzzzzzz", true},
			spoiled{"a number in the place of an id", 7, true},
		)
	default:
		return text
	}
}

// badInputs puts what no input takes into every place of an input, one at a time.
type badInputs struct {
	schema *ast.Schema
	try    func(what string, wrong bool, input map[string]any)
}

// each spoils every value of an object; wrap puts the object back into the whole.
func (b *badInputs) each(def *ast.Definition, m map[string]any, at string, wrap func(map[string]any) map[string]any) {
	with := func(name string, v any) map[string]any {
		n := maps.Clone(m)
		n[name] = v
		return wrap(n)
	}
	b.try(at+" with an unknown field", true, with("unknown", "x"))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		f := def.Fields.ForName(name)
		path := at + "." + name
		for _, s := range spoil(b.schema, f.Type) {
			b.try(path+" is "+s.what, s.wrong, with(name, s.value))
		}
		inner := b.schema.Types[f.Type.Name()]
		switch v := m[name].(type) {
		case map[string]any:
			b.each(inner, v, path, func(n map[string]any) map[string]any { return with(name, n) })
		case []any:
			if e, ok := v[0].(map[string]any); ok {
				b.each(inner, e, path+".0", func(n map[string]any) map[string]any { return with(name, []any{n}) })
			}
			b.try(path+" has a null", true, with(name, []any{v[0], nil}))
		}
	}
}

// goodInput is an input of a mutation that would do.
func goodInput(name string, n int) map[string]any {
	common := map[string]any{"reason": "UPDATE", "publicNote": "Why."}
	id := idOf("Source")
	more := map[string]any{}
	switch name {
	case "applyChanges":
		source := createInput(content.TypeNamed("Source"), n)
		source["key"] = "k"
		more["changes"] = []any{map[string]any{"createSource": source}}
	case "publishContent":
		more = map[string]any{"ids": []any{id}, "descendants": true, "embargoedUntil": "2999-01-01T00:00:00Z"}
	case "withdrawContent":
		more = map[string]any{"ids": []any{id}, "descendants": true, "pubStatus": "CANCELED"}
	case "revertContent":
		more = map[string]any{"id": id, "toRevision": 1}
	case "revertRevision", "annotateRevision":
		more = map[string]any{"revision": 1}
	case "redactContent":
		more = map[string]any{"id": id, "fields": []any{"title"}, "text": "Herald", "reason": "REDACTION"}
	default:
		verb := name[:6]
		t := content.TypeNamed(name[6:])
		if verb != "delete" {
			more = createInput(t, n)
		}
		if verb != "create" {
			more["id"] = idOf(t.Name)
			delete(more, "slug")
		}
		if verb == "delete" {
			more["cascade"] = false
		}
	}
	maps.Copy(common, more)
	return common
}

// TestBadInput spoils every value of the input of every mutation. What is wrong has a clear error, makes no revision and
// leaves nothing; what is only strange is kept harmless, as one revision.
func TestBadInput(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	schema := schemas(t)["served"]
	for n, f := range schema.Mutation.Fields {
		t.Run(f.Name, func(t *testing.T) {
			def := schema.Types[f.Arguments[0].Type.Name()]
			before, head, tried := s.dump(t), s.head(t), 0
			b := &badInputs{schema: schema}
			b.try = func(what string, wrong bool, input map[string]any) {
				tried++
				if !wrong || (tried+n)%*spoilEvery != 0 {
					return
				}
				errs := s.bad(t, admin, f.Name, input)
				if len(errs) == 0 || s.head(t) != head {
					t.Fatalf("%s: told %v, at revision %d after %d", what, errs, s.head(t), head)
				}
				for _, e := range errs {
					if e.Extensions["code"] == "INTERNAL" || e.Extensions["docs"] == nil || e.Message == "" || len(e.Message) > 520 {
						t.Errorf("%s: told %v", what, e)
					}
				}
			}
			b.each(def, goodInput(f.Name, n), "input", func(m map[string]any) map[string]any { return m })
			if diff := cmp.Diff(before, s.dump(t)); diff != "" {
				t.Errorf("refusals left something (-before +after):\n%s", diff)
			}
			if tried < 20 {
				t.Errorf("only %d inputs were tried", tried)
			}
		})
	}
}

// TestStrangeInput: texts that could do harm elsewhere are kept, or refused; what is kept is served harmless.
func TestStrangeInput(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	schema := schemas(t)["served"]
	for n, typ := range content.Types() {
		t.Run(typ.Name, func(t *testing.T) {
			name := "create" + typ.Name
			kept := 0
			b := &badInputs{schema: schema}
			b.try = func(what string, wrong bool, input map[string]any) {
				if wrong {
					return
				}
				head := s.head(t)
				input["slug"] = fmt.Sprintf("strange-%d-%d", n, kept)
				input["externalIds"] = nil
				errs := s.bad(t, admin, name, input)
				switch now := s.head(t); {
				case len(errs) == 0 && now == head+1:
					kept++
				case len(errs) == 0 || now != head:
					t.Errorf("%s: told %v, at revision %d after %d", what, errs, now, head)
				case errs[0].Extensions["code"] == "INTERNAL":
					t.Errorf("%s: told %v", what, errs)
				}
			}
			b.each(schema.Types["Create"+typ.Name+"Input"], createInput(typ, n), "input", func(m map[string]any) map[string]any { return m })
			if kept < 3 {
				t.Errorf("only %d strange inputs were kept", kept)
			}
		})
	}
	w := &walk{schema: schema, answered: map[string]bool{}}
	for _, typ := range content.Types() {
		got := s.get("{ "+typ.Plural+"(first: 100) { nodes { "+w.everything(t, schema.Types[typ.Name])+" } } }", admin).Body.String()
		if strings.Contains(got, `"errors"`) {
			t.Fatalf("%s are answered %.500s", typ.Plural, got)
		}
		harmless(t, got)
	}
}

// harmless fails for HTML in an answer that runs something.
func harmless(t *testing.T, text string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	var look func(v any)
	look = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if html, ok := v["html"].(string); ok {
				for _, evil := range []string{"<script", " onerror", `="javascript:`} {
					if strings.Contains(html, evil) {
						t.Errorf("served as HTML: %s", html)
					}
				}
			}
			for _, e := range v {
				look(e)
			}
		case []any:
			for _, e := range v {
				look(e)
			}
		}
	}
	look(v)
}

// bad runs a mutation that may be refused in any way, and returns the errors.
func (s *service) bad(t *testing.T, token, name string, input map[string]any) []problem {
	t.Helper()
	query := fmt.Sprintf("mutation ($input: %sInput!) { it: %s(input: $input) { revision } }", strings.ToUpper(name[:1])+name[1:], name)
	a, _ := s.post(t, token, query, map[string]any{"input": input})
	return a.Errors
}

// dump is the record as it stands, item by item.
func (s *service) dump(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, typ := range content.Types() {
		err := s.store.Items(t.Context(), 0, typ, func(item content.Item) error {
			all = append(all, fmt.Sprintf("%s %v %v", item.Slug, *item.Publication, item.Values))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
