package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph"
	"parley/graph/gen"
	"parley/internal/ratelimit"
)

// TestRootFieldsAreCharged asks for each root field of the schema alone, with the least that it can be asked with. Each takes
// something from the budget of its client.
func TestRootFieldsAreCharged(t *testing.T) {
	s := newService(t)
	s.store.Trace(nil) // it is for one reader
	token := s.token(t, content.Admin)
	begin := time.Now()
	rates := ratelimit.NewRateLimiter(1_000_000, time.Minute, func() time.Time { return begin })
	holder, err := s.store.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	left := func() int64 { return rates.Charge(fmt.Sprint("token ", holder.Token), 0).Left }
	if s.Handler, err = graph.New(graph.Config{
		Reader: s.store, Log: s.store, Writer: s.store, Authenticator: s.store, RateLimiter: rates, Version: "test",
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}); err != nil {
		t.Fatal(err)
	}
	schema := gen.Schema()
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		for _, f := range root.Fields {
			t.Run(root.Name+"."+f.Name, func(t *testing.T) {
				query, err := leastOperation(schema, root, f)
				if err != nil {
					t.Fatalf("%s.%s cannot be asked for: %v. Add what to fill it with to leastValue", root.Name, f.Name, err)
				}
				before := left()
				answer := s.first(t, token, query)
				if !strings.Contains(answer, `"data":{`) {
					t.Fatalf("%s did not run: %.500s", query, answer)
				}
				if spent := before - left(); spent < 1 {
					t.Errorf("%s costs %d and is answered %.300s", query, spent, answer)
				}
			})
		}
	}
}

// first sends an operation with a token, as a stream of events where it may have several answers, and returns the first.
func (s *service) first(t *testing.T, token, query string) (answer string) {
	t.Helper()
	if !strings.HasPrefix(query, "subscription") {
		body, err := json.Marshal(map[string]any{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Body.String()
	}
	server := httptest.NewServer(s)
	defer server.Close()
	e := listen(t, server.URL, query, nil, "Authorization", "Bearer "+token)
	defer e.end()
	_, _, answer = e.next(t)
	return answer
}

// leastOperation returns an operation of one root field: with its id and the arguments that it needs, and a selection of no field of
// its type.
func leastOperation(schema *ast.Schema, root *ast.Definition, f *ast.FieldDefinition) (string, error) {
	about := subject(f.Name, "Talk")
	var args []string
	for _, a := range f.Arguments {
		if (!a.Type.NonNull || a.DefaultValue != nil) && a.Name != "id" {
			continue
		}
		v, err := leastValue(schema, a.Type, about)
		if err != nil {
			return "", err
		}
		args = append(args, a.Name+": "+v)
	}
	text := f.Name
	if args != nil {
		text += "(" + strings.Join(args, ", ") + ")"
	}
	if schema.Types[f.Type.Name()].IsCompositeType() {
		text += " { __typename }"
	}
	return strings.ToLower(root.Name) + " { " + text + " }", nil
}

// subject returns the type of content that a name ends in, as createTalk does, or else the given one.
func subject(name, otherwise string) string {
	for _, typ := range content.Types() {
		if strings.HasSuffix(strings.ToLower(name), strings.ToLower(typ.Name)) {
			return typ.Name
		}
	}
	return otherwise
}

// leastValue returns a literal of a type of input: with ids of items of a type of content, one element in a list and only the fields
// that an object needs.
func leastValue(schema *ast.Schema, typ *ast.Type, about string) (string, error) {
	if typ.Elem != nil {
		v, err := leastValue(schema, typ.Elem, about)
		return "[" + v + "]", err
	}
	d := schema.Types[typ.NamedType]
	switch d.Kind {
	case ast.Enum:
		return d.EnumValues[0].Name, nil
	case ast.InputObject:
		return leastObject(schema, d, about)
	}
	switch d.Name {
	case "Int":
		return "1", nil
	case "Boolean":
		return "true", nil
	case "String":
		return `"lake"`, nil
	case "ID":
		return strconv.Quote(idOf(about)), nil
	case "Slug":
		return strconv.Quote(anItem(about)), nil
	case "DateTime":
		return strconv.Quote(time.Now().UTC().Format(time.RFC3339Nano)), nil
	}
	return "", fmt.Errorf("no value of %s is known here", d.Name)
}

// leastObject returns the literal of an object: the fields that it needs, or the first where it takes one of them.
func leastObject(schema *ast.Schema, d *ast.Definition, about string) (string, error) {
	oneOf := d.Directives.ForName("oneOf") != nil
	var fields []string
	for i, f := range d.Fields {
		if oneOf && i > 0 || !oneOf && (!f.Type.NonNull || f.DefaultValue != nil) {
			continue
		}
		v, err := leastValue(schema, f.Type, subject(f.Name, about))
		if err != nil {
			return "", fmt.Errorf("%s.%s: %w", d.Name, f.Name, err)
		}
		fields = append(fields, f.Name+": "+v)
	}
	return "{" + strings.Join(fields, ", ") + "}", nil
}
