package graph_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

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
