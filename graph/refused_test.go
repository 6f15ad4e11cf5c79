package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley/graph"
)

// TestSchemaIsNotShown asks for the schema where it is not shown, in every place of a document.
func TestSchemaIsNotShown(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	at := servedBy(t, graph.Config{Reader: s.store, NoIntrospection: true})
	for query, refused := range map[string]bool{
		"{ __schema { queryType { name } } }":                                      true,
		`{ __type(name: "Talk") { name } }`:                                        true,
		"{ ... on Query { __schema { queryType { name } } } }":                     true,
		"{ ...f } fragment f on Query { __schema { queryType { name } } }":         true,
		"{ ...f } fragment f on Query { ... { __schema { queryType { name } } } }": true,
		"query A { __typename } query B { __schema { queryType { name } } }":       true,
		"{ __typename talks { nodes { __typename } } }":                            false,
	} {
		if _, answer := send(t, at, query); strings.Contains(answer, "introspection is disabled") != refused || !refused && !strings.HasPrefix(answer, `{"data":`) {
			t.Errorf("%s is answered %s", query, answer)
		}
	}
}

// TestDirectivesOfTheSchema asks for what each directive says of itself.
func TestDirectivesOfTheSchema(t *testing.T) {
	answer, _ := newService(t).ask(t, "{ __schema { directives { name isRepeatable description args { name } } } }", "")
	for _, want := range []string{`{"name":"skip","isRepeatable":false,"description":"`, `{"name":"live","isRepeatable":false,"description":"`} {
		if !json.Valid([]byte(answer)) || !strings.Contains(answer, want) {
			t.Errorf("the directives are %s; want %s", answer, want)
		}
	}
}

// TestTermsOfASearch searches for as many words as are searched for at once, and for one more.
func TestTermsOfASearch(t *testing.T) {
	s := newService(t)
	for n, want := range map[int]string{32: `{"data":`, 33: "the search has 33 terms: at most 32"} {
		query := fmt.Sprintf(`{ search(query: %q) { totalCount } }`, numbered(n, "word%d "))
		if answer, _ := s.ask(t, query, ""); !strings.Contains(answer, want) {
			t.Errorf("%d words are answered %s", n, answer)
		}
	}
}

// TestArgumentsWithinComputedFields gives a bad argument to a list within a field that is computed.
func TestArgumentsWithinComputedFields(t *testing.T) {
	s := newService(t)
	const query = "{ events { nodes { followedBy { event { talk { events(first: -1) { totalCount } } } } } } }"
	if answer, statements := s.ask(t, query, ""); !strings.Contains(answer, `"code":"BAD_USER_INPUT"`) || strings.Contains(answer, `"data":{`) || len(statements) > 0 {
		t.Errorf("%s is answered %s after %d statements", query, answer, len(statements))
	}
}
