package telemetry

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collected is what a collector was sent, and what it answers to each attempt.
type collected struct {
	answers []int
	paths   []string
	headers []http.Header
	bodies  [][]byte
}

func (c *collected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	c.paths, c.headers, c.bodies = append(c.paths, r.URL.Path), append(c.headers, r.Header), append(c.bodies, b)
	status := http.StatusOK
	if n := len(c.paths); n <= len(c.answers) {
		status = c.answers[n-1]
	}
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "the queue is full")
}

// TestUploadTraces sends spans to a collector as the variables say, again where it asks for that, and once where it refuses.
func TestUploadTraces(t *testing.T) {
	t.Parallel()
	spans := []*trace.ResourceSpans{{
		SchemaUrl:  "https://schema.test",
		ScopeSpans: []*trace.ScopeSpans{{Spans: []*trace.Span{{Name: "query Talks"}}}},
	}}
	for name, c := range map[string]struct {
		env      map[string]string
		answers  []int
		path     string
		attempts int
		fault    string
	}{
		"the endpoint of all signals": {env: map[string]string{"ENDPOINT": "/base/"}, path: "/base/v1/traces", attempts: 1},
		"the endpoint of traces":      {env: map[string]string{"ENDPOINT": "/wrong", "TRACES_ENDPOINT": "/own"}, path: "/own", attempts: 1},
		"compressed": {
			env:  map[string]string{"ENDPOINT": "", "COMPRESSION": "gzip", "HEADERS": "x-key=a%20b, X-Other=c"},
			path: "/v1/traces", attempts: 1,
		},
		"busy at first": {env: map[string]string{"ENDPOINT": ""}, answers: []int{503}, path: "/v1/traces", attempts: 2},
		"refused": {
			env: map[string]string{"ENDPOINT": ""}, answers: []int{400},
			path: "/v1/traces", attempts: 1, fault: `400 Bad Request: "the queue is full"`,
		},
		"busy for too long": {
			env: map[string]string{"ENDPOINT": "", "TIMEOUT": "500"}, answers: []int{429, 429, 429, 429, 429},
			path: "/v1/traces", attempts: 2, fault: "429",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := &collected{answers: c.answers}
			server := httptest.NewServer(at)
			defer server.Close()
			client, err := newOTLPClient(func(name string) string {
				v, ok := c.env[strings.TrimPrefix(name, "OTEL_EXPORTER_OTLP_")]
				if ok && strings.HasSuffix(name, "ENDPOINT") {
					v = server.URL + v
				}
				return v
			})
			if err != nil {
				t.Fatal(err)
			}
			client.patience = 1500 * time.Millisecond
			err = client.UploadTraces(t.Context(), spans)
			if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("the upload ends with %v, want %s", err, c.fault)
			}
			if len(at.paths) != c.attempts || at.paths[0] != c.path {
				t.Fatalf("it was sent to %v, want %d times to %s", at.paths, c.attempts, c.path)
			}
			var got trace.TracesData
			err = proto.Unmarshal(sent(t, at), &got)
			if list := got.GetResourceSpans(); err != nil || len(list) != 1 || !proto.Equal(list[0], spans[0]) {
				t.Errorf("the collector reads %v, %v", &got, err)
			}
			if c.env["HEADERS"] != "" && (at.headers[0].Get("X-Key") != "a b" || at.headers[0].Get("X-Other") != "c") {
				t.Errorf("the headers are %v", at.headers[0])
			}
		})
	}
}

// sent returns the last body, as it was before it was compressed.
func sent(t *testing.T, at *collected) []byte {
	t.Helper()
	last := len(at.bodies) - 1
	if at.headers[last].Get("Content-Encoding") != "gzip" {
		return at.bodies[last]
	}
	r, err := gzip.NewReader(strings.NewReader(string(at.bodies[last])))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCollectorVariables: a variable that makes no sense is an error that names it.
func TestCollectorVariables(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"ENDPOINT": "127.0.0.1:4318", "PROTOCOL": "grpc", "COMPRESSION": "zstd", "HEADERS": "x", "TIMEOUT": "soon",
		"CERTIFICATE": "/nowhere.pem", "CLIENT_KEY": "/nowhere.pem",
	} {
		_, err := newOTLPClient(func(asked string) string {
			switch strings.TrimPrefix(asked, "OTEL_EXPORTER_OTLP_") {
			case name:
				return value
			case "ENDPOINT":
				return "http://127.0.0.1:4318"
			}
			return ""
		})
		if err == nil || !strings.Contains(err.Error(), "OTEL_EXPORTER_OTLP_") ||
			!strings.Contains(err.Error(), strings.TrimPrefix(name, "CLIENT_")) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}
