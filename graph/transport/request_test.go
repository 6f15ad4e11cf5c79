package transport

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/graph/operation"
)

// FuzzRequest reads bodies and parameters: a request that is taken has a document, and nothing of one that is refused is
// in the refusal.
func FuzzRequest(f *testing.F) {
	for _, body := range []string{
		`{"query":"{ talks { totalCount } }"}`, `{"query":"query A($n:Int){a}","operationName":"A","variables":{"n":1},"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}`,
		`[{"query":"{a}"}]`, `{"documentId":"sha256:00"}`, `{"query":null,"variables":[]}`, "\xff", `{"query":"{a}"}x`, `{"query":"\ud800"}`, ``,
	} {
		f.Add(body, "query="+url.QueryEscape(body)+"&variables=%7B%7D&locales=ar,en")
	}
	s := New(Config{Limits: operation.DefaultLimits(), Budgets: &Budgets{}})
	f.Fuzz(func(t *testing.T, body, params string) {
		post := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		post.Header.Set("Content-Type", "application/json")
		get := httptest.NewRequest(http.MethodGet, "/graphql", http.NoBody)
		get.URL.RawQuery = params
		for _, r := range []*http.Request{post, get} {
			w := httptest.NewRecorder()
			text, err := s.body(w, r)
			var req operation.Request
			if err == nil {
				req, err = s.decode(w, r, text)
			}
			if err != nil {
				wrong, ok := errors.AsType[*refusal](err)
				if !ok || wrong.status < 400 || wrong.status >= 500 {
					t.Errorf("refused with %v", err)
				}
				continue
			}
			if req.Query == "" && req.DocumentID == "" && req.Extensions["persistedQuery"] == nil || !utf8.ValidString(req.Query) {
				t.Errorf("took %+v", req)
			}
			if _, wrong := persistedBy(req); wrong != nil && wrong.status != http.StatusBadRequest {
				t.Errorf("refused with %v", wrong)
			}
		}
	})
}
