package graph_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// goodOperand is a value that an operator takes; nil where there is none worth trying.
func goodOperand(schema *ast.Schema, t *ast.Type, typeName string) any {
	if t.Elem != nil {
		if v := goodOperand(schema, t.Elem, typeName); v != nil {
			return []any{v}
		}
		return nil
	}
	switch def := schema.Types[t.NamedType]; {
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name
	case def.Kind == ast.InputObject && def.Fields.ForName("slug") != nil:
		return map[string]any{"slug": map[string]any{"eq": "words"}}
	case def.Kind == ast.InputObject:
		return nil
	}
	return map[string]any{
		"ID": string(content.NewID(typeName, 1)), "String": "words", "Int": 1, "Boolean": true, "EDTF": "2021", "DateTime": "2021-05-03T00:00:00Z",
	}[t.NamedType]
}

// hostile are texts that were written to break something, and one of each plane of Unicode.
func hostile() []string {
	list := []string{
		"x' OR '1'='1", `"; DROP TABLE talk; --`, "%_%", "[a-z]*(a+)+$", `\`, `"`, `"""`, "''", "$1", ":at", "?1", "* OR NEAR(a b, 99999)", "{title} : x", "title:x AND NOT y", "^x", "-x y", "\"a b",
		"\u202e\u2066\u200f\ufeffabc", "e\u0301\u0301\u0301\u0301abc", strings.Repeat("\u0301", 3000) + "abc", strings.Repeat("ab ", 3000), strings.Repeat("\"", 999), "\uFFFDabc", "\uFDFAabc",
	}
	for plane := range rune(17) {
		for _, offset := range []rune{0x20, 0x627, 0x1234, 0xABCD, 0xFFFD} {
			list = append(list, "ab"+string(plane<<16+offset)+"cd", string(plane<<16+offset))
		}
	}
	return list
}

// TestBadFilters puts into each operator of each field of each list what it does not take, and hostile texts where it
// takes a text: an answer or an error that says so, and never a fault.
func TestBadFilters(t *testing.T) {
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
	s := newService(t)
	tried, refused := 0, 0
	for _, f := range schema.Query.Fields {
		where := f.Arguments.ForName("where")
		if where == nil {
			continue
		}
		ask := fmt.Sprintf("query ($where: %s) { %s(where: $where) { totalCount } }", where.Type.Name(), f.Name)
		if f.Name == "search" {
			ask = strings.Replace(ask, "(where:", `(query: "lake", where:`, 1)
		}
		try := func(what string, wrong bool, input map[string]any) {
			if tried++; tried%*spoilEvery != 0 {
				return
			}
			b, err := json.Marshal(map[string]any{"where": input})
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := s.ask(t, ask, string(b))
			switch bad := strings.Contains(answer, `"code":"`); {
			case strings.Contains(answer, `"INTERNAL"`) || !bad && !strings.HasPrefix(answer, `{"data":`) || len(answer) > 10_000:
				t.Errorf("%s: %s\nanswered %.500s", f.Name, what, answer)
			case wrong && !bad:
				t.Errorf("%s: %s\nwas taken", f.Name, what)
			case bad:
				refused++
			}
		}
		eachOperator(schema, where.Type.Name(), func(at string, op *ast.FieldDefinition, with func(any) map[string]any) {
			for _, sp := range spoil(schema, op.Type) {
				try(at+" is "+sp.what, sp.wrong && !takesText(op.Type, sp.value), with(sp.value))
			}
			if op.Type.Name() != "String" {
				return
			}
			for _, text := range hostile() {
				var v any = text
				if op.Type.Elem != nil {
					v = []any{text, text}
				}
				try(fmt.Sprintf("%s is %.40q", at, text), false, with(v))
			}
		})
	}
	if tried < 10_000 || refused < 500/(*spoilEvery) {
		t.Errorf("%d were tried and %d refused", tried, refused)
	}
}

// takesText reports whether a value is a text in the place of a text that has no NUL in it, or the id of an item that may be
// one: filters look for any.
func takesText(t *ast.Type, v any) bool {
	text, ok := v.(string)
	id := strings.HasPrefix(text, "talk_") && len(text) == len("talk_zzzzzzzzzzzzz")
	return ok && (t.Name() == "String" && !strings.ContainsRune(text, 0) || t.Name() == "ID" && id)
}

// eachOperator visits the operators of the fields of a filter; with puts a value into the place of its operand.
func eachOperator(schema *ast.Schema, input string, visit func(at string, op *ast.FieldDefinition, with func(any) map[string]any)) {
	typeName := strings.TrimSuffix(input, "Where")
	for _, f := range schema.Types[input].Fields {
		if f.Name == "isNull" || f.Name == "and" || f.Name == "or" || f.Name == "not" {
			continue
		}
		for _, op := range schema.Types[f.Type.Name()].Fields {
			if goodOperand(schema, op.Type, typeName) == nil {
				continue
			}
			visit("where."+f.Name+"."+op.Name, op, func(v any) map[string]any {
				return map[string]any{f.Name: map[string]any{op.Name: v}}
			})
		}
	}
}
