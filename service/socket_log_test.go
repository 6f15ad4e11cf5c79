package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"parley/internal/parleytest"
)

// TestOperationsOverWebSocketAreObserved holds that each operation of a socket has its own line in the logs and its own
// count in the metrics, beside those of the connection.
func TestOperationsOverWebSocketAreObserved(t *testing.T) {
	var l lines
	at := parleytest.StartLogging(t, l.log(), "--admin-addr", "127.0.0.1:0", "--slow", "1ns")
	admin := fmt.Sprint(l.with(t, "metrics are served")[0]["metrics"])
	c, res, err := websocket.Dial(t.Context(), at, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	say := func(message string) {
		if err := c.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(want string) {
		_, b, err := c.Read(t.Context())
		if err != nil || !strings.Contains(string(b), want) {
			t.Fatalf("%s is heard, want %s, %v", b, want, err)
		}
	}
	say(`{"type":"connection_init"}`)
	hear("connection_ack")
	say(fmt.Sprintf(`{"type":"subscribe","id":"1","payload":{"query":%q}}`, named))
	hear(`"next"`)
	hear(`"complete"`)
	say(`{"type":"subscribe","id":"2","payload":{"query":"query Wrong { nowhere }"}}`)
	hear(`"error"`)
	const follow = "query Follow @live { talks { totalCount } }"
	say(fmt.Sprintf(`{"type":"subscribe","id":"3","payload":{"query":%q}}`, follow))
	hear(`"next"`)
	say(`{"type":"complete","id":"3"}`)
	say(`{"type":"ping"}`)
	hear(`"pong"`)
	_ = c.Close(websocket.StatusNormalClosure, "")
	var requests []map[string]any
	for until := time.Now().Add(10 * time.Second); len(requests) < 4 && time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		requests = l.with(t, "request")
	}
	if len(requests) != 4 {
		t.Fatalf("the log has %d lines for a connection with three operations: %s", len(requests), l.text.String())
	}
	lines := map[any]map[string]any{}
	for _, line := range requests {
		lines[line["operation"]] = line
	}
	for _, want := range []map[string]any{
		{"operation": nil, "protocol": nil, "status": 101.0},
		{"operation": "Timeline", "kind": "query", "document": sha(named), "cost": 6.0, "objects": 3.0, "revision": 1.0, "statements": 2.0, "source": "executed", "status": 200.0},
		{"operation": "Wrong", "status": 400.0, "codes": "GRAPHQL_VALIDATION_FAILED"},
		{"operation": "Follow", "kind": "query", "status": 200.0},
	} {
		if want["operation"] != nil {
			want["protocol"] = "graphql-transport-ws"
		}
		want["path"], want["request_id"] = "/graphql", res.Header.Get("X-Request-Id")
		for name, value := range want {
			if got := lines[want["operation"]][name]; got != value {
				t.Errorf("%s of %v is %v, want %v", name, want["operation"], got, value)
			}
		}
	}
	if slow := l.with(t, "slow operation"); len(slow) != 2 || slow[0]["operation"] == "Follow" || slow[1]["operation"] == "Follow" {
		t.Errorf("the log has these slow operations: %v", slow)
	}
	_, text := parleytest.Send(t, "GET", admin, "")
	for _, want := range []string{
		`parley_requests_total{operation="` + sha(named)[:12] + `",status="200"} 1`,
		`parley_requests_total{operation="other",status="400"} 1`,
		`parley_requests_total{operation="` + sha(follow)[:12] + `",status="200"} 1`,
		`parley_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 1`,
		`parley_answers_total{source="executed"} 1`,
		`parley_request_duration_seconds_count{operation="` + sha(named)[:12] + `"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(text, `parley_request_duration_seconds_count{operation="`+sha(follow)[:12]+`"}`) {
		t.Error("the time that a live query was followed counts as the time of an answer")
	}
}
