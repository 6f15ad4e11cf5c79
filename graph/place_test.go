package graph_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestErrorsHaveTheirPlace: an error in an argument has the path of its field, the place of the value in the document, and
// the path of the input, wherever the field stands.
func TestErrorsHaveTheirPlace(t *testing.T) {
	s := newService(t)
	for query, want := range map[string]string{
		`{ talks(locales: ["x!"]) { totalCount } }`:                                       `[talks] 1:18 locales`,
		`{ talk(id: "x") { id } }`:                                                        `[talk] 1:12 id`,
		`{ node(id: "x") { id } }`:                                                        `[node] 1:12 id`,
		"{\n  all: nodes(ids: [\"talk_98ccjr57b2dj4\"\n    \"x\"]) { id } }":              `[all] 3:5 ids.1`,
		`{ contentChanges(talk: "x") { next } }`:                                          `[contentChanges] 1:24 talk`,
		`{ diff(from: {atRevision: 99}) { totalCount } }`:                                 `[diff] 1:27 from.atRevision`,
		`{ diff(from: {atRevision: 1}, talk: "x") { totalCount } }`:                       `[diff] 1:37 talk`,
		`{ tombstone(id: "x") { at } }`:                                                   `[tombstone] 1:17 id`,
		`{ search(query: "") { totalCount } }`:                                            `[search] 1:17 query`,
		`{ talks { facets(by: [STATUS]) { buckets(first: 500) { value } } } }`:            `[talks facets buckets] 1:49 first`,
		`{ issues { nodes { blockedBy(first: 500) { id } } } }`:                           `[issues nodes blockedBy] 1:37 first`,
		`{ talks { nodes { a: mediators(first: -1) { name } } } }`:                        `[talks nodes a] 1:39 first`,
		`{ talks { edges { node { history(after: "x") { totalCount } } } } }`:             `[talks edges node history] 1:41 after`,
		`{ talks { nodes { aliases: mediators { aliases(first: 500) } } } }`:              `[talks nodes aliases aliases] 1:55 first`,
		`query ($w: EventWhere) { talks { nodes { events(where: $w) { totalCount } } } }`: `[talks nodes events] 1:56 where.title.contains`,
		`{ node(id: "` + idOf("Talk") + `") { ... on Talk { ...f } } } fragment f on Talk { events(where: {title: {contains: "a"}}) { totalCount } }`: `[node events] 1:115 where.title.contains`,
		`{ talks { nodes { events(where: {or: [{title: {eq: "a"}}, {talk: {id: {in: ["x"]}}}]}) { totalCount } } } }`:                                 `[talks nodes events] 1:77 where.or.1.talk.id.in.0`,
		`{ talks(first: {}) { totalCount } }`:                                              `[] 1:16 first`,
		`{ talks { nodes { events(where: {sequence: {in: [1, TWO]}}) { totalCount } } } }`: `[] 1:53 where.sequence.in.1`,
	} {
		text, _ := s.ask(t, query, `{"w": {"title": {"contains": "a"}}}`)
		var answer struct {
			Errors []struct {
				Path       []string
				Locations  []struct{ Line, Column int }
				Extensions struct{ Input string }
			}
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Errors) != 1 || len(answer.Errors[0].Locations) != 1 {
			t.Errorf("%s\nis answered %s", query, text)
			continue
		}
		e := answer.Errors[0]
		if got := fmt.Sprintf("%v %d:%d %s", e.Path, e.Locations[0].Line, e.Locations[0].Column, e.Extensions.Input); got != want {
			t.Errorf("%s\nis at %s, want %s: %s", query, got, want, text)
		}
	}
}
