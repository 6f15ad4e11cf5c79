package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// badRefs are references that lead to no item of the type, each with the code that says so.
func badRefs(to string) map[string]map[string]any {
	other := "Talk"
	if to == "Talk" {
		other = "Source"
	}
	return map[string]map[string]any{
		"BAD_USER_INPUT of another type":     {"id": idOf(other)},
		"BAD_USER_INPUT with a view":         {"id": idOf(to) + "@1"},
		"BAD_USER_INPUT malformed":           {"id": strings.ToLower(to) + "_0"},
		"BAD_USER_INPUT no slug":             {"slug": "Not A Slug"},
		"BAD_USER_INPUT two":                 {"id": idOf(to), "slug": anItem(to)},
		"BAD_USER_INPUT none":                {},
		"BAD_USER_INPUT null":                {"id": nil},
		"NOT_FOUND dangling id":              {"id": string(content.NewID(to, 12345))},
		"NOT_FOUND dangling slug":            {"slug": "nowhere"},
		"NOT_FOUND dangling external id":     {"externalId": map[string]any{"scheme": "none", "value": "0"}},
		"NOT_FOUND key of nothing":           {"key": "nothing"},
		"BAD_USER_INPUT empty external id":   {"externalId": map[string]any{"scheme": "", "value": ""}},
		"BAD_USER_INPUT empty key":           {"key": ""},
		"NOT_FOUND another capacity or type": {"slug": anItem(other) + "-of-another"},
	}
}

// TestBadReferences puts each reference that leads nowhere into each field that holds one: the answer names the place, and
// nothing is written.
func TestBadReferences(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	before, head := s.dump(t), s.head(t)
	for n, typ := range content.Types() {
		for i := range typ.Fields {
			f := &typ.Fields[i]
			for _, place := range references(f) {
				to := place.to
				for what, ref := range badRefs(to) {
					input := createInput(typ, n)
					at := place.put(input, ref)
					errs := s.bad(t, editor, "create"+typ.Name, input)
					code, _, _ := strings.Cut(what, " ")
					if len(errs) != 1 || errs[0].Extensions["code"] != code || !strings.HasPrefix(strings.TrimPrefix(fmt.Sprint(errs[0].Extensions["input"]), "$"), "input."+at) {
						t.Errorf("%s at %s.%s is told %v", what, typ.Name, at, errs)
					}
				}
			}
		}
	}
	if diff := cmp.Diff(before, s.dump(t)); diff != "" || s.head(t) != head {
		t.Errorf("refusals left something (-before +after):\n%s", diff)
	}
}

// mentions is where an input holds a reference to an item of a type.
type mentions struct {
	to  string
	put func(input, ref map[string]any) (path string)
}

// references are the places of a field that hold references.
func references(f *content.Field) []mentions {
	in := func(g *content.Field, ref map[string]any) (any, string) {
		if len(g.To) > 1 {
			return map[string]any{"mediator": ref}, ".mediator"
		}
		return ref, ""
	}
	switch f.Kind {
	case content.SingleRef:
		return []mentions{{f.To[0], func(input, ref map[string]any) string {
			v, under := in(f, ref)
			input[f.Name] = v
			return f.Name + under
		}}}
	case content.RefList:
		return []mentions{{f.To[0], func(input, ref map[string]any) string {
			input[f.Name] = []any{input[f.Name].([]any)[0], ref}
			return f.Name + ".1"
		}}}
	case content.JSONList, content.ChildRows:
		var places []mentions
		for i := range f.Fields {
			g := &f.Fields[i]
			if g.Kind != content.SingleRef {
				continue
			}
			places = append(places, mentions{g.To[0], func(input, ref map[string]any) string {
				v, under := in(g, ref)
				if len(f.Fields) == 1 {
					input[f.Name] = []any{v}
					return f.Name + ".0" + under
				}
				input[f.Name].([]any)[0].(map[string]any)[g.Name] = v
				return f.Name + ".0." + g.Name + under
			}})
		}
		return places
	default:
		return nil
	}
}

// TestImpossibleShapes: talks that stand beneath themselves or too deep, and what precedes or follows itself.
func TestImpossibleShapes(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	before, head := s.dump(t), s.head(t)
	id := func(typ, slug string) string {
		return string(content.NewID(typ, content.NamedKey(typ, content.Slug(slug))))
	}
	talk := func(key, parent string) map[string]any {
		return map[string]any{"createTalk": map[string]any{"key": key, "title": key, "parent": map[string]any{"key": parent}}}
	}
	for _, c := range []struct {
		name, mutation string
		input          map[string]any
		want           string
	}{
		{"its own parent", "updateTalk", map[string]any{"id": idOf("Talk"), "parent": map[string]any{"id": idOf("Talk")}}, "input.parent"},
		{"beneath its child", "updateTalk", map[string]any{"id": idOf("Talk"), "parent": map[string]any{"slug": "first-round"}}, "input.parent"},
		{"a ring of new talks", "applyChanges", map[string]any{"changes": []any{talk("a", "c"), talk("b", "a"), talk("c", "b")}}, "createTalk.parent"},
		{"five levels", "applyChanges", map[string]any{"changes": []any{
			map[string]any{"createTalk": map[string]any{"key": "a", "title": "a", "parent": map[string]any{"slug": "first-round"}}}, talk("b", "a"), talk("c", "b"),
		}}, "createTalk.parent"},
		{"a position that supersedes itself", "updatePosition", map[string]any{"id": id("Position", "east-on-fish-1"), "supersedes": map[string]any{"slug": "east-on-fish-2"}}, "input.supersedes"},
		{"an issue that blocks itself", "updateIssue", map[string]any{"id": idOf("Issue"), "blockedBy": []any{map[string]any{"id": idOf("Issue")}}}, "input.blockedBy"},
		{"an end before the start", "updateTalk", map[string]any{"id": id("Talk", "first-round"), "endedOn": map[string]any{"edtf": "2020"}}, "input.endedOn"},
		{"an agreement related to itself", "updateAgreement", map[string]any{"id": idOf("Agreement"), "related": []any{map[string]any{"relationKind": "AMENDS", "agreement": map[string]any{"id": idOf("Agreement")}}}}, "input.related"},
		{"a place without a name", "updateTalk", map[string]any{"id": idOf("Talk"), "place": map[string]any{"name": " ", "country": "EG"}}, "input.place.name"},
	} {
		if errs := s.bad(t, editor, c.mutation, c.input); len(errs) == 0 || errs[0].Extensions["code"] != "BAD_USER_INPUT" || !strings.Contains(fmt.Sprint(errs[0].Extensions["input"]), c.want) {
			t.Errorf("%s is told %v", c.name, errs)
		}
	}
	if diff := cmp.Diff(before, s.dump(t)); diff != "" || s.head(t) != head {
		t.Errorf("refusals left something (-before +after):\n%s", diff)
	}
}
