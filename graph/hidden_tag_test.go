package graph_test

import (
	"fmt"
	"log/slog"
	"testing"

	"parley/content"
	"parley/graph"
)

// TestHiddenTags: what the public does not see moves no tag of what it sees.
func TestHiddenTags(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil)
	var err error
	if s.Handler, err = graph.New(graph.Config{Reader: s.store, Log: s.store, Writer: s.store, Authenticator: s.store, ResponseCacheBytes: 1 << 20, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}); err != nil {
		t.Fatal(err)
	}
	admin := s.token(t, content.Admin)
	queries := []string{
		`{ talk(slug: "lake-talks") { revision title events { totalCount nodes { title } } positions { totalCount } agreements { nodes { title } } mediators { name } } }`,
		`{ events(first: 5) { nodes { title } totalCount } }`,
		fmt.Sprintf(`{ node(id: %q) { ... on Issue { title positions { totalCount } events { totalCount } } } }`, idOf("Issue")),
		fmt.Sprintf(`{ node(id: %q) { ... on Mediator { name talks { totalCount } } } }`, idOf("Mediator")),
	}
	tags := map[string]string{}
	for _, q := range queries {
		tags[q] = s.get(q, "").Header().Get("ETag")
	}
	for n, typ := range content.Types() {
		if typ.Name == "Party" {
			continue // what it says would be said of the mediator too
		}
		s.done(t, admin, "create"+typ.Name, "revision", createInput(typ, n))
	}
	for _, q := range queries {
		if tag := s.get(q, "").Header().Get("ETag"); tag == "" || tag != tags[q] {
			t.Errorf("%s\nhad the tag %s and has %s", q, tags[q], tag)
		}
	}
}
