package service_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"parley/internal/parleytest"
)

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the log.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String returns the whole log.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// with returns the lines with that message.
func (l *lines) with(t *testing.T, message string) []map[string]any {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []map[string]any
	for line := range strings.Lines(l.text.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if m["msg"] == message {
			found = append(found, m)
		}
	}
	return found
}

func (l *lines) log() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }

const named = "query Timeline { talks(first: 3) { nodes { title events(first: 1) { totalCount } } } }"

func TestMetrics(t *testing.T) {
	var l lines
	at := parleytest.StartLogging(t, l.log(), "--admin-addr", "127.0.0.1:0")
	admin := fmt.Sprint(l.with(t, "metrics are served")[0]["metrics"])
	parleytest.Ask(t, at, named)
	parleytest.Ask(t, at, named)
	res, _ := parleytest.Send(t, "GET", at+"?query="+url.QueryEscape(named), "")
	parleytest.Send(t, "GET", at+"?query="+url.QueryEscape(named), "", "If-None-Match", res.Header.Get("ETag"))
	parleytest.Ask(t, at, "{ nowhere }")
	parleytest.Ask(t, at, "query Wrong { nowhere }")
	for i := range 80 {
		parleytest.Ask(t, at, fmt.Sprintf("query Q%d { talks { totalCount } }", i))
	}
	_, text := parleytest.Send(t, "GET", admin, "")
	for _, want := range []string{
		`parley_requests_total{operation="` + sha(named)[:12] + `",status="200"} 3`,
		`parley_requests_total{operation="` + sha(named)[:12] + `",status="304"} 1`,
		`parley_requests_total{operation="other",status="200"} 33`,
		`parley_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 2`,
		`parley_answers_total{source="unchanged"} 1`,
		`parley_answers_total{source="cached"} 1`,
		`parley_documents_total{found="known"} 3`,
		`parley_request_duration_seconds_count{operation="` + sha(named)[:12] + `"} 4`,
		`parley_revision 1`,
		`parley_subscribers 0`,
		`parley_request_cost_sum 1`,
		`parley_statements_total `,
		`parley_database_bytes `,
		`go_goroutines `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	for _, failed := range []string{"Wrong", sha("query Wrong { nowhere }")[:12], sha("{ nowhere }")[:12]} {
		if strings.Contains(text, failed) {
			t.Errorf("the metrics name an operation that failed: %s", failed)
		}
	}
	if n := strings.Count(text, "parley_requests_total{"); n > 60 {
		t.Errorf("there are %d series of requests", n)
	}
	if zero := regexp.MustCompile(`parley_(database_bytes|statements_total) 0\n`).FindString(text); zero != "" {
		t.Errorf("the metrics have %s", zero)
	}
	if res, _ := parleytest.Send(t, "GET", strings.Replace(admin, "/metrics", "/debug/pprof/goroutine?debug=1", 1), ""); res.StatusCode != http.StatusOK {
		t.Errorf("the profile is answered %d", res.StatusCode)
	}
	for _, path := range []string{"/metrics", "/debug/pprof/"} {
		if res, _ := parleytest.Send(t, "GET", strings.Replace(at, "/graphql", path, 1), ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s is answered %d to everybody", path, res.StatusCode)
		}
	}
}

func TestAccessLog(t *testing.T) {
	var l lines
	at := parleytest.StartLogging(t, l.log())
	res, _ := parleytest.Send(t, "POST", at, fmt.Sprintf(`{"query":%q,"variables":{"secret":"x"}}`, named), "Content-Type", "application/json")
	parleytest.Send(t, "GET", at+"?query=secret", "")
	parleytest.Send(t, "GET", strings.Replace(at, "/graphql", "/healthz", 1), "")
	requests := l.with(t, "request")
	if len(requests) != 2 {
		t.Fatalf("the log has %d lines for two requests: %s", len(requests), l.text.String())
	}
	got := requests[0]
	for name, want := range map[string]any{
		"operation": "Timeline", "kind": "query", "document": sha(named), "cost": 6.0, "objects": 3.0, "revision": 1.0, "statements": 2.0,
		"source": "executed", "status": 200.0, "method": "POST", "path": "/graphql", "request_id": res.Header.Get("X-Request-Id"),
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if took, _ := got["took"].(float64); took <= 0 || requests[1]["codes"] != "GRAPHQL_PARSE_FAILED" || strings.Contains(l.text.String(), "secret") {
		t.Errorf("the log says %s", l.text.String())
	}
	var quiet lines
	parleytest.Ask(t, parleytest.StartLogging(t, quiet.log(), "--no-access-log"), named)
	if len(quiet.with(t, "request")) > 0 {
		t.Error("the log has lines that nobody wants")
	}
}

func TestSlowLog(t *testing.T) {
	var l lines
	at := parleytest.StartLogging(t, l.log(), "--slow", "1ns")
	parleytest.Ask(t, at, named)
	slow := l.with(t, "slow operation")
	if len(slow) != 1 {
		t.Fatalf("the log has %d slow operations", len(slow))
	}
	ran, _ := json.Marshal(slow[0]["ran"])
	if text := string(ran); slow[0]["operation"] != "Timeline" || strings.Count(text, `"sql":"`) != 2 || !strings.Contains(text, `"plan":["S`) || strings.Contains(text, "error") {
		t.Errorf("the log says %v %s", slow[0], text)
	}
	var none lines
	parleytest.Ask(t, parleytest.StartLogging(t, none.log(), "--slow", "0"), named)
	if len(none.with(t, "slow operation")) > 0 {
		t.Error("the log has slow operations that nobody wants")
	}
}

// TestTraces has a collector: it is told of a request under the trace that the client began, with its statements.
func TestTraces(t *testing.T) {
	const traceID, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	spans := make(chan *trace.Span, 100)
	c := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var got trace.TracesData // which ExportTraceServiceRequest is on the wire
		b, _ := io.ReadAll(r.Body)
		if err := proto.Unmarshal(b, &got); err != nil {
			t.Error(err)
		}
		for _, rs := range got.GetResourceSpans() {
			for _, ss := range rs.GetScopeSpans() {
				for _, s := range ss.GetSpans() {
					spans <- s
				}
			}
		}
	}))
	t.Cleanup(c.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Run("request", func(t *testing.T) { // the server ends with it, and sends what is left
		parleytest.Send(t, "POST", parleytest.Start(t), fmt.Sprintf(`{"query":%q}`, named), "Content-Type", "application/json", "Traceparent", "00-"+traceID+"-"+parent+"-01")
	})
	close(spans)
	var request *trace.Span
	statements := 0
	for s := range spans {
		if hex.EncodeToString(s.GetTraceId()) != traceID {
			t.Errorf("the span %s is of another trace", s.GetName())
		}
		switch s.GetName() {
		case "query Timeline":
			request = s
		case "SELECT":
			statements++
		}
	}
	if request == nil || hex.EncodeToString(request.GetParentSpanId()) != parent || statements != 2 {
		t.Errorf("%d statements under %v", statements, request)
	}
}
