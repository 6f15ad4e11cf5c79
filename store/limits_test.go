package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/content"
)

// TestListsThatAreTooLong writes lists of the greatest length and of one element more, of texts, references, values and rows.
func TestListsThatAreTooLong(t *testing.T) {
	s := openTest(t)
	var issues []content.Change
	for i := range 21 {
		issues = append(issues, create("Issue", fmt.Sprint("i", i), map[string]any{"title": fmt.Sprint("Issue ", i)}))
	}
	refs := apply(t, s, issues...).Refs
	for _, c := range []struct {
		typeName, field string
		most            int
		list            func(n int) any
	}{
		{"Mediator", "aliases", 40, func(n int) any { return numbered(n, func(i int) string { return fmt.Sprint("Alias ", i) }) }},
		{"Event", "issues", 20, func(n int) any { return refs[:n] }},
		{"Issue", "blockedBy", 20, func(n int) any {
			return numbered(n, func(i int) map[string]any { return map[string]any{"issue": refs[i]} })
		}},
		{"Mediator", "externalIds", 20, func(n int) any {
			return numbered(n, func(i int) map[string]any { return map[string]any{"scheme": "wikidata", "value": fmt.Sprint("Q", i)} })
		}},
		{"Agreement", "provisions", 100, func(n int) any {
			return numbered(n, func(i int) map[string]any { return map[string]any{"title": fmt.Sprint("Provision ", i)} })
		}},
	} {
		change := func(n int) content.Change {
			values := map[string]any{"title": "T", c.field: c.list(n)}
			if c.typeName == "Mediator" {
				values["name"] = "M"
			}
			return create(c.typeName, "x", values)
		}
		if got := problemsOf(t, s, change(c.most+1)); !slices.Equal(got, []string{"input.x." + c.field + ": BAD_USER_INPUT"}) {
			t.Errorf("%s of %d elements: %v", c.field, c.most+1, got)
		}
		apply(t, s, change(c.most))
	}
}

func numbered[T any](n int, element func(int) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = element(i)
	}
	return list
}

// TestIdentifiersOfOneItem gives an item one identifier twice.
func TestIdentifiersOfOneItem(t *testing.T) {
	s := openTest(t)
	q79 := map[string]any{"scheme": "wikidata", "value": "Q79"}
	twice := create("Mediator", "x", map[string]any{"name": "Egypt", "externalIds": []map[string]any{q79, {"scheme": "wikidata", "value": "Q80"}, q79}})
	if got := problemsOf(t, s, twice); !slices.Equal(got, []string{"input.x.externalIds.2: BAD_USER_INPUT"}) {
		t.Errorf("one identifier twice: %v", got)
	}
}

// TestStreamsThatReferToNothing streams items with references to an item that is not there, in every kind of field.
func TestStreamsThatReferToNothing(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	missing := content.Ref{Type: "Mediator", Key: content.NamedKey("Mediator", "nobody")}
	for name, values := range map[string]map[string]any{
		"a field": {"talk": content.Ref{Type: "Talk", Key: content.NamedKey("Talk", "nowhere")}},
		"a list":  {"mediators": []content.Ref{refs["egypt"], missing}},
		"rows":    {"provisions": []map[string]any{{"title": "First"}, {"title": "Second", "issue": content.Ref{Type: "Issue", Key: content.NamedKey("Issue", "nowhere")}}}},
	} {
		typeName := "Event"
		if name == "rows" {
			typeName = "Agreement"
		}
		values["title"], values["locale"] = "T", "en"
		item := content.Item{Type: content.TypeNamed(typeName), Key: content.NamedKey(typeName, "t"), Slug: "t", Values: values, Publication: &content.Publication{Status: content.PubWithheld}}
		set := content.ChangeSet{Author: "test", Reason: "UPDATE", Stream: func(yield func(content.Item, error) bool) { yield(item, nil) }}
		_, err := s.Apply(t.Context(), set)
		known, ok := errors.AsType[*content.Error](err)
		if !ok || known.Code != content.Conflict || !strings.Contains(known.Message, "which does not exist or was deleted") {
			t.Errorf("%s: %v", name, err)
		}
		if after, err := s.Head(t.Context()); after != head || err != nil {
			t.Fatalf("%s: revision %d is there after %d, %v", name, after, head, err)
		}
	}
}
