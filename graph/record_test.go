package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/content"
	"parley/graph"
	"parley/store"
)

// renamed is a store with the log of another one, as after a restore: the same revisions under another id.
type renamed struct {
	*store.Store
	id string
}

func (r renamed) Record() string { return r.id }

// TestAnotherRecord takes an entity tag, a cursor and sync tokens to a service whose record has the same revisions and another id: no
// answer counts as unchanged, and the rest is refused with RECORD_CHANGED. The service that gave them takes them.
func TestAnotherRecord(t *testing.T) {
	s := newService(t)
	serve := func(id string, answers int64) string {
		r := renamed{s.store, id}
		return servedBy(t, graph.Config{Reader: r, Log: r, ResponseCacheBytes: answers})
	}
	old := serve("old", 1<<20)
	const list = `query($after: String) { talks(first: 1, after: $after) { pageInfo { endCursor } } service { recordId } }`
	get := func(at, document string, variables map[string]any, header ...string) (int, http.Header, string) {
		t.Helper()
		vars, err := json.Marshal(variables)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"?query="+url.QueryEscape(document)+"&variables="+url.QueryEscape(string(vars)), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return fetched(t, r)
	}
	_, h, body := get(old, list, nil)
	var page struct {
		Data struct {
			Talks   struct{ PageInfo struct{ EndCursor string } }
			Service struct{ RecordID string }
		}
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil || page.Data.Talks.PageInfo.EndCursor == "" || page.Data.Service.RecordID != "old" {
		t.Fatalf("%v in %s", err, body)
	}
	tag, cursor := h.Get("Etag"), page.Data.Talks.PageInfo.EndCursor
	_, _, token := listen(t, old, `subscription { contentUpdates { next } }`, nil).next(t)
	token = strings.Split(token, `"`)[7]
	const sync = `query($since: SyncToken) { contentChanges(since: $since) { next } }`
	const listening = `subscription($since: SyncToken) { contentUpdates(since: $since) { next } }`
	for _, c := range []struct {
		at      string
		status  int // of the answer to the tag
		refused bool
	}{{old, http.StatusNotModified, false}, {serve("new", 1<<20), http.StatusOK, true}, {serve("new", 0), http.StatusOK, true}} {
		if status, _, _ := get(c.at, list, nil, "If-None-Match", tag); status != c.status {
			t.Errorf("the tag is answered with %d, want %d", status, c.status)
		}
		check := func(what, data, input string) {
			t.Helper()
			if got := strings.Contains(data, `"RECORD_CHANGED"`) && strings.Contains(data, `"input":"`+input+`"`); got != c.refused {
				t.Errorf("%s: answered %s", what, data)
			}
		}
		_, _, data := get(c.at, list, map[string]any{"after": cursor})
		check("the cursor", data, "after")
		_, _, data = get(c.at, sync, map[string]any{"since": token})
		check("the token", data, "since")
		if c.refused { // the old one has nothing to send
			_, _, data = listen(t, c.at, listening, map[string]any{"since": token}).next(t)
			check("the subscription", data, "since")
			_, _, data = listen(t, c.at, listening, nil, "Last-Event-Id", token).next(t)
			check("Last-Event-ID", data, "since")
		}
	}
	if _, _, data := get(old, sync, map[string]any{"since": "AQQAAAAAlqKW0iTyhca_jqiEXoY"}); !strings.Contains(data, `"RECORD_CHANGED"`) {
		t.Errorf("a token from before records had ids: %s", data)
	}
	ahead := serviceOf(t, generous()) // the same record without its revisions, as a copy that is behind
	at := servedBy(t, graph.Config{Reader: renamed{ahead.store, "old"}, Log: ahead.store})
	if _, _, data := get(at, sync, map[string]any{"since": token}); !strings.Contains(data, `"RECORD_CHANGED"`) {
		t.Errorf("a token of a later revision than the newest: %s", data)
	}
}

// fetched sends a request and reads the answer.
func fetched(t *testing.T, r *http.Request) (int, http.Header, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body json.RawMessage
	if res.StatusCode != http.StatusNotModified {
		if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
	}
	return res.StatusCode, res.Header, string(body)
}

// TestRequestsNameTheirRecord: a request that names another record than the service has is refused before it runs, over each transport, and
// one that names it, or none, is answered. No number of a revision that was not made is taken as a precondition.
func TestRequestsNameTheirRecord(t *testing.T) {
	s := newService(t)
	at := servedBy(t, graph.Config{Reader: renamed{s.store, "new"}, Log: s.store, ResponseCacheBytes: 1 << 20})
	ask := func(record string) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"?query="+url.QueryEscape("{ talks(atRevision: 1) { totalCount } }"), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if record != "" {
			r.Header.Set("Parley-Record", record)
		}
		return fetched(t, r)
	}
	for range 2 { // the second is of the cache
		for _, good := range []string{"", "new"} {
			if status, h, body := ask(good); status != http.StatusOK || !strings.Contains(h.Get("Vary"), "Parley-Record") || strings.Contains(body, "errors") {
				t.Errorf("with record %q: %d %s", good, status, body)
			}
		}
	}
	if status, h, body := ask("old"); status != http.StatusPreconditionFailed || !strings.Contains(body, `"RECORD_CHANGED"`) || h.Get("Cache-Control") != "no-store" {
		t.Errorf("with another record: %d %v %s", status, h, body)
	}
	stream, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"?query="+url.QueryEscape("subscription { contentChanged { next } }"), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	stream.Header.Set("Accept", "text/event-stream")
	stream.Header.Set("Parley-Record", "old")
	if res, err := http.DefaultClient.Do(stream); err != nil || res.StatusCode != http.StatusPreconditionFailed || res.Body.Close() != nil {
		t.Errorf("a stream with another record: %v, %v", res, err)
	}
	editor := s.token(t, content.Editor)
	head := int64(s.head(t))
	_, errs := s.mutate(t, editor, "updateSource", "revision", map[string]any{"id": "lake-herald", "title": "Another", "ifRevision": head + 5})
	if !strings.Contains(fmt.Sprint(errs), "RECORD_CHANGED") || !strings.Contains(fmt.Sprint(errs), "there is no revision") {
		t.Errorf("a revision that was not made: %v", errs)
	}
	_, errs = s.mutate(t, editor, "createSource", "revision", map[string]any{"title": "Another one", "ifRevision": head + 5})
	if !strings.Contains(fmt.Sprint(errs), "RECORD_CHANGED") {
		t.Errorf("a record whose revision was not made: %v", errs)
	}
	s.done(t, editor, "updateSource", "revision", map[string]any{"id": "lake-herald", "title": "Another", "ifRevision": head})
}
