package service_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// TestLongNamesAreNotRecorded: what clients choose is cut in the log and never a label of a metric.
func TestLongNamesAreNotRecorded(t *testing.T) {
	var l lines
	at := parleytest.StartLogging(t, l.log(), "--admin-addr", "127.0.0.1:0", "--slow", "1ns")
	admin := fmt.Sprint(l.with(t, "metrics are served")[0]["metrics"])
	long := strings.Repeat("Secret", 150_000)
	ask := func(query, operation string) {
		parleytest.Send(t, "POST", at, fmt.Sprintf(`{"query":%q,"operationName":%q}`, query, operation), "Content-Type", "application/json")
	}
	ask("query "+long+" { talks { totalCount } }", "")
	ask("{ talks { totalCount } }", long)
	for i := range 60 {
		name := fmt.Sprintf("Secret%d%s", i, strings.Repeat("x", 200))
		ask("query "+name+" { talks { totalCount } }", name)
	}
	server := strings.TrimSuffix(at, "/graphql")
	parleytest.Send(t, "GET", server+"/"+strings.Repeat("x", 60_000), "")
	parleytest.Send(t, strings.Repeat("X", 60_000), server+"/none", "")
	parleytest.Send(t, "GET", at+"?query="+url.QueryEscape("{ talks { totalCount } }")+"&x="+strings.Repeat("x", 50_000), "", "User-Agent", strings.Repeat("x", 5_000))
	res, metrics := parleytest.Send(t, "GET", admin, "")
	l.mu.Lock()
	defer l.mu.Unlock()
	text := bufio.NewScanner(strings.NewReader(l.text.String()))
	text.Buffer(nil, 4<<20)
	count := 0
	for ; text.Scan(); count++ {
		if len(text.Text()) > 4<<10 {
			t.Errorf("a line of the log has %d bytes: %.300s", len(text.Text()), text.Text())
		}
	}
	if count < 60 {
		t.Errorf("the log has %d lines", count)
	}
	if res.StatusCode != http.StatusOK || strings.Contains(metrics, "Secret") || strings.Count(metrics, "parley_requests_total{") > 60 || len(metrics) > 256<<10 {
		t.Errorf("the metrics have %d bytes and %d series of requests", len(metrics), strings.Count(metrics, "parley_requests_total{"))
	}
}
