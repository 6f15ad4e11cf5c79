package graph_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"parley/bundle"
	"parley/content"
	"parley/graph"
	"parley/store"
)

var update = flag.Bool("update", false, "rewrite the wanted answers and statements in testdata")

// service is a handler over the content in testdata that notes the statements it runs.
type service struct {
	http.Handler
	statements []string
	store      *store.Store
}

func newService(t *testing.T) *service {
	t.Helper()
	return newServiceWithin(t, generous())
}

// generous are limits within which the walk of the schema can ask for all there is.
func generous() graph.Limits {
	limits := graph.DefaultLimits()
	limits.Cost *= 1000
	limits.Fields *= 10
	limits.Tokens *= 10
	return limits
}

func newServiceWithin(t *testing.T, limits graph.Limits) *service {
	t.Helper()
	set, err := bundle.Load(os.DirFS("testdata/content"))
	if err != nil {
		t.Fatal(err)
	}
	return serviceOf(t, limits, set)
}

// serviceOf serves what change sets make, each a revision.
func serviceOf(t *testing.T, limits graph.Limits, sets ...content.ChangeSet) *service {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for _, set := range sets {
		if _, err := st.Write(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	s := &service{store: st}
	st.Trace(func(text string, _ []any) { s.statements = append(s.statements, text) })
	if s.Handler, err = graph.New(graph.Config{Reader: named{st}, Log: st, Writer: st, Authenticator: st, Limits: limits, Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}); err != nil {
		t.Fatal(err)
	}
	return s
}

// named is a store whose record has the same id each time, for the cursors in goldens.
type named struct{ *store.Store }

func (named) Record() string { return "golden" }

// ask posts a query and returns the answer and the statements that it took.
func (s *service) ask(t *testing.T, query, variables string) (string, []string) {
	t.Helper()
	if variables == "" {
		variables = "{}"
	}
	body, err := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
	if err != nil {
		t.Fatal(err)
	}
	s.statements = nil
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	s.ServeHTTP(w, r)
	return w.Body.String(), s.statements
}

// TestQueries runs testdata/*.txtar: query.graphql and variables.json go in, want.json and want.sql come out. A case may
// have a history of its own: see revised.
func TestQueries(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata has %d cases, %v", len(files), err)
	}
	s := newService(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range a.Files {
				parts[f.Name] = string(f.Data)
			}
			s := s
			if sets := revised(t, a); len(sets) > 0 {
				s = serviceOf(t, generous(), sets...)
			}
			answer, statements := s.ask(t, parts["query.graphql"], parts["variables.json"])
			checkPlans(t, s.store, statements)
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, []byte(answer), "", "  "); err != nil {
				t.Fatalf("%v in %s", err, answer)
			}
			got := []txtar.File{{Name: "want.json", Data: append(pretty.Bytes(), '\n')}}
			if sql := strings.Join(statements, ";\n\n"); sql != "" {
				got = append(got, txtar.File{Name: "want.sql", Data: []byte(sql + ";\n")})
			}
			if *update {
				a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "want.") })
				a.Files = append(a.Files, got...)
				if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, f := range got {
				if diff := cmp.Diff(parts[f.Name], string(f.Data)); diff != "" {
					t.Errorf("%s (-want +got; -update rewrites):\n%s", f.Name, diff)
				}
			}
			if parts["want.sql"] != "" && len(statements) == 0 {
				t.Error("no statement was run")
			}
		})
	}
}

// checkPlans holds that each statement reads its list of parents, p, before anything else: where SQLite puts the list into
// an inner loop, it walks a whole table for a few parents. Plans do not depend on rows, since no statistics are kept.
func checkPlans(t *testing.T, st *store.Store, statements []string) {
	t.Helper()
	for _, text := range statements {
		steps, err := st.Explain(t.Context(), text, make([]any, 32))
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		outer := map[int]string{} // the loop around the next step, by depth
		for _, step := range steps {
			loop := strings.TrimLeft(step, " ")
			depth := len(step) - len(loop)
			if !strings.HasPrefix(loop, "SCAN ") && !strings.HasPrefix(loop, "SEARCH ") {
				maps.DeleteFunc(outer, func(d int, _ string) bool { return d > depth })
				continue
			}
			if around, inner := outer[depth]; inner && strings.HasPrefix(loop, "SCAN p VIRTUAL TABLE") {
				t.Errorf("the list of parents is read for each row of %q in\n%s", around, text)
			}
			outer[depth] = loop
		}
	}
}
