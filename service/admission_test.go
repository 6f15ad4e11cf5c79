package service_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestRateLimit spends the budget of a client: what it asks for is counted by its cost, answers that it has already and
// those of other clients are not in the way.
func TestRateLimit(t *testing.T) {
	at := parleytest.Start(t, "--rate-limit", "60", "--trust-proxy", "127.0.0.1")
	get := func(query, from string, header ...string) *http.Response {
		res, _ := parleytest.Send(t, "GET", at+"?query="+url.QueryEscape(query), "", append([]string{"X-Forwarded-For", from}, header...)...)
		return res
	}
	post := func(query, from string) (*http.Response, string) {
		return parleytest.Send(t, "POST", at, fmt.Sprintf(`{"query":%q}`, query), "X-Forwarded-For", from, "Content-Type", "application/json")
	}
	const a, b = "198.51.100.7", "198.51.100.8"
	res := get("{ talks(first: 5) { totalCount } }", a)
	tag := res.Header.Get("ETag")
	if res.StatusCode != http.StatusOK || res.Header.Get("RateLimit") != "" {
		t.Errorf("an answer that others may keep says how its client stands: %v", res.Header)
	}
	for range 5 { // a 304 costs 1, whatever the query does
		if res := get("{ talks(first: 5) { totalCount } }", a, "If-None-Match", tag); res.StatusCode != http.StatusNotModified {
			t.Errorf("answered %d", res.StatusCode)
		}
	}
	res, _ = post("{ talks(first: 40) { nodes { id } } }", a)
	if got := res.Header.Get("RateLimit"); got != `"cost";r=49;t=0` || res.Header.Get("RateLimit-Policy") != `"cost";q=60;w=60` {
		t.Errorf("after a total, five answers that it has and a list of four talks, the client stands at %s: %v", got, res.Header)
	}
	const long = "{ __schema { types { name } } }" // which costs as much as there are types
	if res, _ := post(long, a); res.StatusCode != http.StatusOK || res.Header.Get("RateLimit") == "" {
		t.Errorf("the last of the budget is answered %d", res.StatusCode)
	}
	res, text := post("{ talks(first: 1) { totalCount } }", a)
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" || !strings.Contains(text, `"code":"RATE_LIMITED"`) || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("beyond the budget it is answered %d %v %s", res.StatusCode, res.Header, text)
	}
	if res, _ := post("{ talks(first: 1) { totalCount } }", b); res.StatusCode != http.StatusOK {
		t.Errorf("another client is answered %d", res.StatusCode)
	}
	if res, _ := parleytest.Send(t, "GET", strings.Replace(at, "/graphql", "/healthz", 1), "", "X-Forwarded-For", a); res.StatusCode != http.StatusOK {
		t.Errorf("/healthz is answered %d", res.StatusCode)
	}
}

// TestNoRateLimitOnLoopback holds that a service for this machine alone has no budgets, unless they are asked for.
func TestNoRateLimitOnLoopback(t *testing.T) {
	at := parleytest.Start(t)
	if res, _ := parleytest.Send(t, "POST", at, `{"query":"{ talks { totalCount } }"}`, "Content-Type", "application/json"); res.Header.Get("RateLimit") != "" {
		t.Errorf("answered with %v", res.Header)
	}
}
