package service_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

const (
	known       = "query Known { talks { totalCount } }"
	knownAnswer = `{"data":{"talks":{"totalCount":4}}}`
)

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// TestPersistedQueries speaks the protocol of Apollo Client: the hash alone, then the hash with its text, then the hash.
func TestPersistedQueries(t *testing.T) {
	at := parleytest.Start(t)
	const missing = `"code":"PERSISTED_QUERY_NOT_FOUND"`
	for _, step := range []struct{ name, method, query, hash, want string }{
		{"unknown", "GET", "", sha(known), missing},
		{"another hash", "POST", known, sha("x"), "sha256Hash does not match the query"},
		{"still unknown", "GET", "", sha(known), missing},
		{"registered", "POST", known, sha(known), knownAnswer},
		{"known", "GET", "", sha(known), knownAnswer},
		{"known to POST", "POST", "", sha(known), knownAnswer},
		{"registered by GET", "GET", known + " ", sha(known + " "), knownAnswer},
		{"invalid", "POST", "{ nowhere }", sha("{ nowhere }"), "Cannot query field"},
		{"and so not kept", "POST", "", sha("{ nowhere }"), missing},
		{"no hash", "POST", known, "", "sha256Hash"},
	} {
		extensions := fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, step.hash)
		var text string
		if step.method == "GET" {
			v := url.Values{"extensions": {extensions}}
			if step.query != "" {
				v.Set("query", step.query)
			}
			_, text = parleytest.Send(t, "GET", at+"?"+v.Encode(), "")
		} else {
			_, text = parleytest.Send(t, "POST", at, fmt.Sprintf(`{"query":%q,"extensions":%s}`, step.query, extensions), "Content-Type", "application/json")
		}
		if !strings.Contains(text, step.want) {
			t.Errorf("%s: answered %s, want %s", step.name, text, step.want)
		}
	}
	if _, text := parleytest.Send(t, "GET", at+"?documentId=sha256:"+sha(known), ""); text != knownAnswer {
		t.Errorf("by documentId it is answered %s", text)
	}
}

// TestTrustedDocuments serves nothing but the documents of a manifest, in each of its forms.
func TestTrustedDocuments(t *testing.T) {
	for name, manifest := range map[string]string{
		"Relay":  fmt.Sprintf(`{"%x": %q}`, "an md5", known),
		"Apollo": fmt.Sprintf(`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id": "%x", "name": "Known", "type": "query", "body": %q}]}`, "an md5", known),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "documents.json")
			parleytest.Write(t, file, manifest)
			at := parleytest.Start(t, "--documents", file, "--documents-only")
			id := hex.EncodeToString([]byte("an md5"))
			for _, c := range []struct{ name, body, want string }{
				{"by id", `{"documentId":"` + id + `"}`, knownAnswer},
				{"by hash", `{"documentId":"sha256:` + sha(known) + `"}`, knownAnswer},
				{"as Apollo asks", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + sha(known) + `"}}}`, knownAnswer},
				{"its text", fmt.Sprintf(`{"query":%q}`, known), knownAnswer},
				{"another text", `{"query":"{ service { name } }"}`, `"code":"FORBIDDEN"`},
				{"a registration", `{"query":"{ service { name } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + sha("{ service { name } }") + `"}}}`, `"code":"FORBIDDEN"`},
				{"an unknown hash", `{"documentId":"` + sha("x") + `"}`, `"code":"FORBIDDEN"`},
				{"the schema", `{"query":"{ __schema { types { name } } }"}`, "Authorization: Bearer"},
			} {
				if _, text := parleytest.Send(t, "POST", at, c.body, "Content-Type", "application/json"); !strings.Contains(text, c.want) {
					t.Errorf("%s: answered %s, want %s", c.name, text, c.want)
				}
			}
		})
	}
}

func TestDocumentsAreChecked(t *testing.T) {
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "good.json"), fmt.Sprintf(`{"a": %q}`, known))
	parleytest.Write(t, filepath.Join(dir, "bad.json"), `{"a": "query A { talks { nowhere } }", "b": "query B {", "c": "{ talks { totalCount } }"}`)
	parleytest.Write(t, filepath.Join(dir, "none.json"), `[]`)
	parleytest.Write(t, filepath.Join(dir, "strange.json"), `{"format": "strange", "operations": []}`)
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"documents", "check", "good.json"}, 0, []string{"good.json: 1 documents, no problems"}},
		{[]string{"documents", "check", "bad.json"}, 1, []string{"document a: 1:19: Cannot query field", "document b: 1:10: Expected Name"}},
		{[]string{"documents", "check", "none.json"}, 1, []string{"no JSON object"}},
		{[]string{"documents", "check", "strange.json"}, 1, []string{`unknown format "strange"`}},
		{[]string{"documents", "check", "nowhere.json"}, 2, []string{"nowhere.json"}},
		{[]string{"--addr", "127.0.0.1:0", "--documents", "bad.json"}, 1, []string{"load the trusted documents of", "document a: 1:19:"}},
	} {
		cmd := parleytest.Command(t, dir, c.args...)
		out, _ := cmd.CombinedOutput()
		for _, want := range c.want {
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), want) {
				t.Errorf("%v: exit %d, want %d and %s: %s", c.args, code, c.code, want, out)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nowhere.json")); err == nil {
		t.Error("it was made")
	}
}

// TestUnknownPersistedQuery: a hash that is not known yet has status 200 whatever is accepted, and no cache keeps that.
func TestUnknownPersistedQuery(t *testing.T) {
	at := parleytest.Start(t)
	extensions := fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, sha("{ unknown }"))
	for _, accept := range []string{"", "application/json", "application/graphql-response+json", "application/graphql-response+json, application/json;q=0.9"} {
		for _, by := range []struct{ method, at, body string }{
			{"GET", at + "?extensions=" + url.QueryEscape(extensions), ""},
			{"GET", at + "?documentId=" + sha("{ unknown }"), ""},
			{"POST", at, `{"extensions":` + extensions + `}`},
		} {
			res, text := parleytest.Send(t, by.method, by.at, by.body, "Content-Type", "application/json", "Accept", accept)
			if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("ETag") != "" {
				t.Errorf("%s, accepting %q, is answered %d with %v", by.method, accept, res.StatusCode, res.Header)
			}
			if !strings.Contains(text, `"code":"PERSISTED_QUERY_NOT_FOUND"`) || strings.Contains(text, `"data"`) {
				t.Errorf("%s, accepting %q, is answered %s", by.method, accept, text)
			}
		}
	}
}
