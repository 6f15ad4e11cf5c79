package graph_test

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"parley/bundle"
	"parley/bundle/builtin"
	"parley/graph"
	"parley/store"
)

func TestOneStatementForEachRelationOnEachLevel(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	set, err := bundle.Load(builtin.FS())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Write(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	h, err := graph.New(graph.Config{Reader: st, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		query string
		want  int64
	}{
		{`{talks{nodes{title talkStatus slug}}}`, 1},
		{`{talks{totalCount}}`, 1},
		{`{talks{totalCount nodes{title mediators{name}}}}`, 2},
		{`{talk(slug:\"gaza-ceasefire-talks\"){children{nodes{mediators{name}}} issues{positions{nodes{holder issue{title}}}}}}`, 6},
		{`{talk(slug:\"gaza-ceasefire-talks\"){a:events(first:1){nodes{title}} b:events(last:2){nodes{title}}}}`, 3},
	} {
		before := st.Statements()
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query":"`+c.query+`"}`))
		r.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(w, r)
		if w.Code != 200 || strings.Contains(w.Body.String(), "errors") {
			t.Errorf("%s: %d %s", c.query, w.Code, w.Body)
		}
		if got := st.Statements() - before; got != c.want {
			t.Errorf("%s: %d statements, want %d", c.query, got, c.want)
		}
	}
}
