package graph_test

import (
	"maps"
	"slices"
	"testing"

	"parley/content"
)

// TestProblemsHaveAnOrder sends mutations with many faults again and again: each time the same are told in the same order.
func TestProblemsHaveAnOrder(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	talk := func(more map[string]any) map[string]any {
		input := map[string]any{"title": "Talks"}
		maps.Copy(input, more)
		return map[string]any{"createTalk": input}
	}
	for name, changes := range map[string][]any{
		"of the input": {
			talk(map[string]any{"place": map[string]any{"name": " ", "latitude": 91, "longitude": 181}}),
			talk(map[string]any{"place": map[string]any{"name": "x", "latitude": -91, "longitude": 200}}),
			map[string]any{"updateSource": map[string]any{"id": idOf("Talk"), "title": " ", "reason": "CORRECTION", "url": "no address", "locale": nil}},
			map[string]any{"createEvent": map[string]any{"key": "t", "title": "x", "talk": map[string]any{"id": "x"}, "occurredOn": map[string]any{"edtf": "2021-13"}}},
		},
		"of the record": {
			talk(map[string]any{"slug": "lake-talks", "parent": map[string]any{"id": string(content.NewID("Talk", 99))}}),
			talk(map[string]any{"slug": "same"}),
			talk(map[string]any{"slug": "same", "translations": []any{
				map[string]any{"locale": "fr", "text": []any{map[string]any{"field": "title", "value": "x"}}},
				map[string]any{"locale": "fr", "text": []any{map[string]any{"field": "title", "value": "y"}}},
			}}),
			map[string]any{"updateTalk": map[string]any{"id": idOf("Talk"), "parent": map[string]any{"id": idOf("Talk")}}},
			map[string]any{"deleteSource": map[string]any{"id": idOf("Source")}},
		},
		"of schema and variables": {
			map[string]any{"createTalk": map[string]any{"a": 1, "b": 2, "c": 3, "d": 4}},
			map[string]any{"createTalk": map[string]any{"locale": "??", "talkStatus": "NONE", "z": 1, "y": 1}},
			map[string]any{"createTalk": map[string]any{"title": "x"}, "createEvent": map[string]any{"title": "x"}, "updateTalk": map[string]any{}},
		},
	} {
		var first []string
		for range 20 {
			_, errs := s.mutate(t, admin, "applyChanges", "revision", map[string]any{"changes": changes})
			var said []string
			for _, e := range errs {
				said = append(said, e.Message)
			}
			if first == nil {
				if first = said; len(said) < 3 {
					t.Fatalf("of problems %s only %q are told", name, said)
				}
			} else if !slices.Equal(first, said) {
				t.Fatalf("problems %s are\n%q\nand once more\n%q", name, first, said)
			}
		}
	}
}
