package web

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRoutesAreCharged walks all addresses beside /graphql, and others that there are not: each takes from the budget of the
// client, and is refused where nothing is left. Those that the checks of operators ask are free.
func TestRoutesAreCharged(t *testing.T) {
	paid, broke := 0, false
	c := Config{
		GraphQL: http.NotFoundHandler(),
		SDL:     func() string { return "type Query" }, Errors: func() string { return "<p>" },
		Feeds: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		Ready: func(context.Context) ([]string, error) { return nil, nil }, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		Charge: func(w http.ResponseWriter, _ *http.Request, price int) bool {
			if broke {
				w.WriteHeader(http.StatusTooManyRequests)
				return false
			}
			paid += price
			return true
		},
	}
	asked := map[string]string{}
	for _, r := range c.routes() {
		asked[r.pattern] = strings.NewReplacer("GET ", "", "{$}", "", "{path...}", "icon.svg", "{file}", "a.atom").Replace(r.pattern)
	}
	free := []string{"GET /healthz", "GET /readyz"}
	asked["a path that there is not"], asked["a method that there is not"], asked["a path to clean"] = "/none", "POST /readyz", "//graphiql/../none"
	h := New(c)
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		method, path, other := strings.Cut(asked[name], " ")
		if !other {
			method, path = http.MethodGet, asked[name]
		}
		request := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
			return w
		}
		paid, broke = 0, false
		w := request()
		if isFree := slices.Contains(free, name); isFree != (paid == 0) || w.Code >= 500 {
			t.Errorf("%s is answered %d and costs %d", name, w.Code, paid)
		}
		broke = true
		if w := request(); slices.Contains(free, name) == (w.Code == http.StatusTooManyRequests) {
			t.Errorf("%s of a client without a budget is answered %d", name, w.Code)
		}
	}
}

// TestFilesThatAreDecompressedCostMore: a client that takes no coding has the work done for it.
func TestFilesThatAreDecompressedCostMore(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/graphiql/index.html", http.NoBody)
	_, files, err := largest()
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Path = "/graphiql/assets/" + files
	plain := assetPrice(r)
	r.Header.Set("Accept-Encoding", "gzip")
	if coded := assetPrice(r); coded != 1 || plain < 50 {
		t.Errorf("%s costs %d, and %d compressed", files, plain, coded)
	}
}

// largest is the largest file of GraphiQL.
func largest() (size int64, name string, err error) {
	entries, err := dist.ReadDir("dist/assets")
	for _, e := range entries {
		file, isCompressed := strings.CutSuffix(e.Name(), ".gz")
		if info, err := e.Info(); err == nil && isCompressed && info.Size() > size {
			size, name = info.Size(), file
		}
	}
	return size, name, err
}

// TestFixedTextsAreCompressedOnce asks for the schema many times in each coding: it is written once, compressed once for
// each, and a client that has it is told so.
func TestFixedTextsAreCompressedOnce(t *testing.T) {
	text, written := strings.Repeat("type Query { talks: [Talk!]! }\n", 10_000), 0
	f := (Config{Logger: slog.New(slog.DiscardHandler)}).fixed("text/plain", func() string { written++; return text })
	tag := ""
	for _, coding := range []string{"", "zstd", "br", "gzip"} {
		var first []byte
		for range 3 {
			r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
			r.Header.Set("Accept-Encoding", coding)
			w := httptest.NewRecorder()
			f.ServeHTTP(w, r)
			body := w.Body.Bytes()
			if got := w.Header().Get("Content-Encoding"); got != coding || (coding == "") != (len(body) == len(text)) {
				t.Errorf("in %q it is %d bytes in %q", coding, len(body), got)
			}
			if tag = w.Header().Get("ETag"); first != nil && string(first) != string(body) {
				t.Errorf("in %q it differs", coding)
			}
			first = body
		}
		kept := f.coded[coding]
		if again, _, _, err := f.in(coding); err != nil || &again[0] != &kept[0] {
			t.Errorf("in %q it is compressed again, %v", coding, err)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("If-None-Match", tag)
	w := httptest.NewRecorder()
	if f.ServeHTTP(w, r); w.Code != http.StatusNotModified || written != 1 {
		t.Errorf("a client that has it is answered %d, and it was written %d times", w.Code, written)
	}
}

// TestReadinessIsAskedSeldom: a flood of /readyz asks the service no more than its answer may be old.
func TestReadinessIsAskedSeldom(t *testing.T) {
	now, asked := time.Unix(1000, 0), 0
	c := &readiness{Config: Config{Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler), Ready: func(context.Context) ([]string, error) {
		asked++
		return nil, nil
	}}}
	for i := range 1000 {
		if i == 500 {
			now = now.Add(2 * readyFor)
		}
		c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/readyz", http.NoBody))
	}
	if asked != 2 {
		t.Errorf("the service was asked %d times", asked)
	}
}
