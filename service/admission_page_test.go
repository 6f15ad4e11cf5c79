package service_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"parley/internal/parleytest"
	"parley/service"
)

// talkPage returns the body of a request for the page of one negotiation.
func talkPage(t *testing.T) string {
	t.Helper()
	a, err := txtar.ParseFile("../graph/testdata/talk-page.txtar")
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"query": string(a.Files[0].Data), "variables": map[string]any{"slug": "gaza-ceasefire-talks"}})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// cost is what X-Parley-Cost answers.
type cost struct{ Requested, Objects, Charged int }

// costOf returns what a request costs.
func costOf(t *testing.T, at, body string) cost {
	t.Helper()
	_, text := parleytest.Send(t, "POST", at, body, "Content-Type", "application/json", "X-Parley-Cost", "1")
	var answer struct {
		Extensions struct{ Cost cost }
		Errors     json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Errors) > 0 {
		t.Fatalf("answered %v: %.500s", err, text)
	}
	return answer.Extensions.Cost
}

// TestViewsOfAPageFitTheBudget views the page of one negotiation 60 times within a minute from one address: in a row and at
// the same time, over HTTP, as an event stream and over a WebSocket, with no answer kept.
func TestViewsOfAPageFitTheBudget(t *testing.T) {
	at := parleytest.Start(t, "--rate-limit", strconv.Itoa(service.DefaultRate), "--answer-cache", "0", "--trust-proxy", "127.0.0.1")
	body := talkPage(t)
	view := func(from, accept string) {
		res, text := parleytest.Send(t, "POST", at, body, "X-Forwarded-For", from, "Content-Type", "application/json", "Accept", accept)
		if res.StatusCode != http.StatusOK || !strings.Contains(text, `"data":{"talk":{`) {
			t.Errorf("a view is answered %d: %.300s", res.StatusCode, text)
		}
	}
	for range 30 {
		view("198.51.100.7", "application/json")
		view("198.51.100.7", "text/event-stream")
	}
	var views sync.WaitGroup
	for range 12 {
		views.Go(func() {
			for range 5 {
				view("198.51.100.8", "application/json")
			}
		})
	}
	views.Wait()
	if c := costOf(t, at, body); c.Charged >= 3*c.Objects || c.Charged > 500 || c.Requested < 10*c.Charged {
		t.Errorf("the page costs %+v: want a charge of about its objects, rendered texts and length, and far more requested", c)
	}
}

// TestCostOfTalksWithEvents prices a common list: 20 talks with 5 events each.
func TestCostOfTalksWithEvents(t *testing.T) {
	at := parleytest.Start(t)
	const query = `{"query":"{ talks(first: 20) { totalCount nodes { id title talkStatus startedOn { label } events(first: 5) { nodes { id title eventKind occurredOn { label } } } } } }"}`
	if c := costOf(t, at, query); c.Requested >= 500 || c.Charged >= 500 {
		t.Errorf("20 talks with 5 events each cost %+v, want less than 500", c)
	}
	const cited = `{"query":"{ talks(first: 20) { nodes { title citations { quote } corrections { nodes { publicNote } } translations { locale } externalIds { value } } } }"}`
	if c := costOf(t, at, cited); c.Requested != 20+20*4*5 {
		t.Errorf("20 talks with their short lists cost %+v, want 5 for each list", c)
	}
}

// TestLoopbackSaysWhatWouldBeRefused asks for more than the budget of a client at a loopback address: everything is
// answered, and the log has the reason for the refusal once a minute for each client.
func TestLoopbackSaysWhatWouldBeRefused(t *testing.T) {
	var l lines
	at := parleytest.StartLogging(t, l.log(), "--answer-cache", "0")
	const body = `{"query":"{ __schema { types { name fields { name args { name } type { name } } } } }"}`
	c := costOf(t, at, body)
	if c.Charged < 1000 || c.Charged < c.Requested || c.Charged > c.Requested+100 {
		t.Fatalf("introspection costs %+v: want what was requested and its length, since nothing is read for it", c)
	}
	for range 2 * service.DefaultRate / c.Charged {
		if res, text := parleytest.Send(t, "POST", at, body, "Content-Type", "application/json"); res.StatusCode != http.StatusOK || res.Header.Get("RateLimit") != "" {
			t.Fatalf("answered %d %v %.200s", res.StatusCode, res.Header, text)
		}
	}
	said := l.with(t, "a request over the rate limit was answered because the service listens at a loopback address; at another address it would be rejected")
	if len(said) != 1 || !strings.Contains(fmt.Sprint(said[0]["reason"]), "a cost of 300000 in 1m0s") || said[0]["client"] != "127.0.0.1" {
		t.Errorf("the log says %v", said)
	}
}
