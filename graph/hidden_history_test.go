package graph_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"parley/content"
)

// TestHiddenHistory has visible items refer to hidden ones for a while. What the public reads of their history, and of
// what changed, names none of these; somebody with a token reads them.
func TestHiddenHistory(t *testing.T) {
	s := newService(t)
	admin, head := s.token(t, content.Admin), s.head(t)
	hidden := map[string]string{}
	for n, typ := range content.Types() {
		input := createInput(typ, n)
		input["slug"], input["externalIds"] = "phantom", nil
		delete(input, "supersedes") // the visible one is to supersede it
		if typ.Name == "Party" {
			input = map[string]any{"mediator": map[string]any{"slug": "phantom"}}
		}
		field := strings.ToLower(typ.Name)
		made := s.done(t, admin, "create"+typ.Name, field+" { id }", input)
		hidden[typ.Name] = made[field].(map[string]any)["id"].(string)
	}
	for _, typ := range content.Types() {
		haunt, leave := map[string]any{"id": idOf(typ.Name)}, map[string]any{"id": idOf(typ.Name)}
		for i := range typ.Fields {
			f := &typ.Fields[i]
			if f.Name == "parent" || f.Name == "translations" || f.Name == "externalIds" {
				continue
			}
			for _, place := range references(f) {
				haunt[f.Name] = sampleOf(typ.Fields, f)
				place.put(haunt, map[string]any{"id": hidden[place.to]})
				leave[f.Name] = nil
				if typ.Name == "Position" && f.Name == "issue" {
					leave[f.Name] = sampleRef(f)
				}
			}
		}
		if cites := []string{"Event", "Position", "Agreement"}; strings.Contains(strings.Join(cites, " "), typ.Name) {
			leave["citations"] = []any{map[string]any{"source": map[string]any{"slug": anItem("Source")}}}
		}
		citeWhole(haunt)
		if typ.Name == "Source" { // the one that readers see, which does not cite itself
			delete(haunt, "citations")
		} else {
			citeVisible(haunt)
		}
		haunt["reason"], haunt["publicNote"] = "CORRECTION", "A correction."
		s.done(t, admin, "update"+typ.Name, "revision", haunt)
		s.done(t, admin, "update"+typ.Name, "revision", leave)
	}
	queries := []string{
		fmt.Sprintf("{ diff(from: { atRevision: %d }, first: 100) { totalCount nodes { nodeId op changes { field before after } node { label } } } }", head),
		fmt.Sprintf("{ diff(from: { atRevision: %d }, to: { atRevision: %d }, first: 100) { totalCount nodes { nodeId op changes { field before after } } } }", head, s.head(t)-1),
	}
	for _, typ := range content.Types() {
		field := strings.ToLower(typ.Name)
		const entry = "revision reason changes { field before after }"
		queries = append(queries,
			fmt.Sprintf("{ %s(id: %q) { history(first: 100) { totalCount nodes { %s } } corrections { nodes { %s } } } }", field, idOf(typ.Name), entry, entry),
			fmt.Sprintf("{ tombstone(id: %q) { slug } }", hidden[typ.Name]),
			fmt.Sprintf("{ tombstone(slug: \"phantom\", contentType: %s) { nodeId } }", strings.ToUpper(typ.Name)))
	}
	for _, q := range queries {
		told := s.get(q, "").Body.String()
		if strings.Contains(told, `"errors"`) {
			t.Fatalf("%s\nis answered %s", q, told)
		}
		known := s.get(q, admin).Body.String()
		found := false
		for _, id := range hidden {
			_, key, err := content.ID(id).Split()
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{id, `"phantom`, strconv.FormatInt(int64(key), 10)} {
				if strings.Contains(told, name) && !strings.HasPrefix(q, "{ tombstone") {
					t.Errorf("%s\ntells the public of %s: %.1500s", q, name, told)
				}
				found = found || strings.Contains(known, name)
			}
		}
		if strings.HasPrefix(q, "{ tombstone") && told != `{"data":{"tombstone":null}}` {
			t.Errorf("%s\ntells the public of what never was public: %s", q, told)
		}
		if strings.Contains(q, "history") && !found && !strings.HasPrefix(q, "{ source") && !strings.HasPrefix(q, "{ mediator") && !strings.HasPrefix(q, "{ party") {
			t.Errorf("%s\ntells those with a token nothing of what was hidden: %.500s", q, known)
		}
	}
}

// citeVisible adds a source that readers see to each list of citations, without which no item is public.
func citeVisible(m map[string]any) {
	for name, v := range m {
		list, _ := v.([]any)
		if name == "citations" && list != nil {
			m[name] = append(list, map[string]any{"source": map[string]any{"slug": anItem("Source")}})
			continue
		}
		for _, e := range list {
			if element, ok := e.(map[string]any); ok {
				citeVisible(element)
			}
		}
	}
}
