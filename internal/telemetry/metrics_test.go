package telemetry_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/internal/requestlog"
	"parley/internal/telemetry"
)

// metrics returns metrics whose gauges are at zero, and a function that reads them as Prometheus does.
func metrics(t *testing.T) (m *telemetry.Metrics, read func() string) {
	t.Helper()
	zero := func() float64 { return 0 }
	m = telemetry.NewMetrics(telemetry.Gauges{Statements: zero, Revision: zero, Subscribers: zero, DatabaseBytes: zero, DatabaseDamaged: zero})
	return m, func() string {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
		return w.Body.String()
	}
}

// TestObserve holds what one request adds to the metrics: by the name of a trusted document, by the hash of another, by neither
// where it failed or has no operation.
func TestObserve(t *testing.T) {
	hash := strings.Repeat("0123456789abcdef", 4)
	for name, c := range map[string]struct {
		facts      requestlog.Facts
		has, lacks []string
	}{
		"no operation": {
			facts: requestlog.Facts{Codes: []string{"BAD_REQUEST", "BAD_REQUEST"}},
			has:   []string{`requests_total{operation="none",status="200"} 1`, `errors_total{code="BAD_REQUEST"} 2`, `duration_seconds_count{operation="none"} 1`, "request_cost_count 0"},
			lacks: []string{"documents_total{", "answers_total{"},
		},
		"a trusted document": {
			facts: requestlog.Facts{Kind: "query", Name: "Talks", Document: hash, Trusted: true, Cost: 7, Source: requestlog.Cached},
			has:   []string{`requests_total{operation="Talks",status="200"} 1`, `documents_total{found="trusted"} 1`, `answers_total{source="cached"} 1`, "request_cost_sum 7"},
			lacks: []string{hash[:12], "parley_errors_total{"},
		},
		"a trusted document without a name": {
			facts: requestlog.Facts{Kind: "query", Document: hash, Trusted: true},
			has:   []string{`requests_total{operation="none",status="200"} 1`}, lacks: []string{hash[:12], "answers_total{"},
		},
		"a document that was parsed": {
			facts: requestlog.Facts{Kind: "query", Name: "Chosen", Document: hash},
			has:   []string{`requests_total{operation="` + hash[:12] + `",status="200"} 1`, `documents_total{found="parsed"} 1`}, lacks: []string{"Chosen", hash[:13]},
		},
		"a document that is known": {
			facts: requestlog.Facts{Kind: "query", Name: "Chosen", Document: hash, Known: true},
			has:   []string{`documents_total{found="known"} 1`}, lacks: []string{"Chosen"},
		},
		"a document that failed": {
			facts: requestlog.Facts{Kind: "query", Name: "Chosen", Document: hash, Codes: []string{"NOT_FOUND"}},
			has:   []string{`requests_total{operation="other",status="200"} 1`, `errors_total{code="NOT_FOUND"} 1`}, lacks: []string{"Chosen", hash[:12]},
		},
		"a short document": {
			facts: requestlog.Facts{Kind: "query", Document: "abc"}, has: []string{`operation="abc"`},
		},
		"a stream": {
			facts: requestlog.Facts{Kind: "subscription", Name: "Live", Document: hash, Trusted: true, Streamed: true},
			has:   []string{`requests_total{operation="Live",status="200"} 1`}, lacks: []string{"parley_request_duration_seconds_count"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, read := metrics(t)
			m.Observe(c.facts, http.StatusOK, time.Millisecond)
			text := read()
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("the metrics lack %s", want)
				}
			}
			for _, no := range c.lacks {
				if strings.Contains(text, no) {
					t.Errorf("the metrics have %s", no)
				}
			}
		})
	}
}

// TestSeriesAreBounded holds that 50 documents have series of their own, however many clients send.
func TestSeriesAreBounded(t *testing.T) {
	m, read := metrics(t)
	for range 2 {
		for i := range 60 {
			m.Observe(requestlog.Facts{Kind: "query", Document: fmt.Sprintf("%012d", i)}, http.StatusOK, time.Millisecond)
		}
	}
	text := read()
	if n := strings.Count(text, "parley_requests_total{"); n != 51 || !strings.Contains(text, `operation="other",status="200"} 20`) || !strings.Contains(text, `operation="000000000049",status="200"} 2`) {
		t.Errorf("there are %d series:\n%s", n, text)
	}
}
