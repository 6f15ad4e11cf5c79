package service_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// part is a request of which one part is as large or as odd as a client can make it.
type part struct {
	name, method, path string
	header             []string
	// body is marshalled as JSON, unless it is text.
	body any
	// want is part of the answer.
	want string
}

// parts walks what a request consists of.
func parts() []part {
	const kilo, mega = 1 << 10, 1 << 20
	long := strings.Repeat("x", 900_000)
	in := func(name string) string { return "/graphql?" + name + "=" }
	query := in("query") + url.QueryEscape("{ talks { totalCount } }")
	vars := func(query string, variables any) map[string]any {
		return map[string]any{"query": query, "variables": variables}
	}
	post := func(name string, body any, want string) part { return part{name, "POST", "/graphql", nil, body, want} }
	get := func(name, path, want string, header ...string) part {
		return part{name, "GET", path, header, nil, want}
	}
	const ids = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
	return []part{
		get("a path of 60 kB", "/"+strings.Repeat("x", 60*kilo), "404"),
		get("a path of 30,000 parts", strings.Repeat("/x", 30_000), "404"),
		{"a method of 60 kB", strings.Repeat("X", 60*kilo), "/graphql", nil, nil, "use GET or POST"},
		get("an address of 100 kB", query+"&x="+strings.Repeat("x", 100*kilo), "431"),
		get("headers of 100 kB", query, "431", "X-Long", strings.Repeat("x", 100*kilo)),
		get("20,000 parameters", query+strings.Repeat("&a=", 20_000), "query is missing"),
		get("20,000 locales", query+"&locales="+strings.Repeat("a,", 20_000), "are too many"),
		get("60 kB of variables in the address", in("query")+url.QueryEscape(ids)+"&variables="+url.QueryEscape(`{"ids":[`+strings.Repeat("0,", 15_000)+`0]}`), "15001 elements"),
		get("an Accept of 10,000 types", query, "", "Accept", strings.Repeat("a/b;q=0.1,", 6_000)),
		get("an Accept of 60 kB of parameters", query, "", "Accept", "application/json"+strings.Repeat(";a=b", 12_000)),
		get("an Accept-Encoding of 60 kB", query, `{"data":`, "Accept-Encoding", strings.Repeat("br;q=0,", 8_000)),
		get("an If-None-Match of 10,000 tags", query, `{"data":`, "If-None-Match", strings.Repeat(`W/"a",`, 10_000)),
		get("a token of 60 kB", query, "UNAUTHENTICATED", "Authorization", "Bearer parley_"+strings.Repeat("x", 60*kilo)),
		get("a well-formed token of the wrong size", query, "UNAUTHENTICATED", "Authorization", "Bearer parley_"+strings.Repeat("0", 10*kilo)),
		get("a Last-Event-ID of 60 kB", in("query")+url.QueryEscape("subscription { contentUpdates { next } }"), "since is not a valid sync token", "Accept", "text/event-stream", "Last-Event-Id", strings.Repeat("x", 60*kilo)),
		get("an X-Forwarded-For of 60 kB", query, `{"data":`, "X-Forwarded-For", strings.Repeat("1.1.1.1,", 7_000)),
		get("an Origin of 60 kB", query, `{"data":`, "Origin", "https://"+strings.Repeat("x", 60*kilo)),
		get("a traceparent of 60 kB", query, `{"data":`, "Traceparent", strings.Repeat("0", 60*kilo)),
		{"a Content-Type of 60 kB", "POST", "/graphql", []string{"Content-Type", "application/json" + strings.Repeat(";a=b", 12_000)}, map[string]any{"query": "{ talks { totalCount } }"}, ""},
		{"multipart", "POST", "/graphql", []string{"Content-Type", "multipart/form-data; boundary=x"}, strings.Repeat("--x\r\n\r\n", 100_000), "application/json"},
		get("a feed of a slug of 60 kB", "/feeds/talks/"+strings.Repeat("x", 60*kilo)+".atom", "404"),
		post("a member that is not known, of 900 kB", map[string]any{"query": "{ talks { totalCount } }", "x": long}, `{"data":`),
		post("an operationName of 900 kB", map[string]any{"query": "{ talks { totalCount } }", "operationName": long}, "BAD_REQUEST"),
		post("the name of an operation of 900 kB", map[string]any{"query": "query " + long + " { talks { totalCount } }"}, "is a name of 900000"),
		post("a variable of a name of 900 kB", map[string]any{"query": "query ($" + long + ": Int) { talks { totalCount } }"}, "is a name of 900000"),
		post("an alias of 900 kB", map[string]any{"query": "{ " + long + ": talks { totalCount } }"}, "is a name of 900000"),
		post("a fragment of a name of 900 kB", map[string]any{"query": "{ ...f } fragment f on Query { talks { totalCount } } fragment " + long + " on Query { __typename }"}, "is a name of 900000"),
		post("a directive of a name of 900 kB", map[string]any{"query": "{ talks @" + long + " { totalCount } }"}, "is a name of 900000"),
		post("a type of a name of 900 kB", map[string]any{"query": "query ($a: " + long + ") { talks { totalCount } }"}, "is a name of 900000"),
		post("a fragment on a type of 900 kB", map[string]any{"query": "{ ...f } fragment f on " + long + " { id }"}, "is a name of 900000"),
		post("an inline fragment on a type of 900 kB", map[string]any{"query": "{ ... on " + long + " { id } }"}, "is a name of 900000"),
		post("an argument of a name of 900 kB", map[string]any{"query": "{ talks(" + long + ": 1) { totalCount } }"}, "is a name of 900000"),
		post("a literal of a name of 900 kB", map[string]any{"query": "{ search(query: \"a\", types: [" + long + "]) { totalCount } }"}, "ContentType has no value"),
		post("a field of 900 kB in a literal", map[string]any{"query": "{ talks(where: {" + long + ": 1}) { totalCount } }"}, "has no field"),
		post("a variable that is not declared, of 900 kB", map[string]any{"query": "{ talks(first: $" + long + ") { totalCount } }"}, "GRAPHQL_VALIDATION_FAILED"),
		post("an unknown fragment of 900 kB", map[string]any{"query": "{ ..." + long + " }"}, "GRAPHQL_VALIDATION_FAILED"),
		post("500,000 elements of a list", vars(ids, map[string]any{"ids": make([]int, 500_000)}), `"limitName":"values"`),
		post("500,000 members of an object", `{"query":"{ talks { totalCount } }","variables":{`+strings.Repeat(`"":0,`, 170_000)+`"":0}}`, `"limitName":"values"`),
		post("49,000 elements of the wrong type", vars(ids, map[string]any{"ids": make([]bool, 49_000)}), "BAD_USER_INPUT"),
		post("49,000 elements that are objects", vars(ids, map[string]any{"ids": make([]map[string]any, 49_000)}), "BAD_USER_INPUT"),
		post("40,000 unknown fields", vars("query ($w: TalkWhere) { talks(where: $w) { totalCount } }", json.RawMessage(`{"w":{`+numbers(40_000, `"u%d":0,`)+`"u":0}}`)), "BAD_USER_INPUT"),
		post("10,000 levels of lists", vars(ids, json.RawMessage(`{"ids":`+strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000)+`}`)), "levels"),
		post("a number of 900 kB", vars("query ($n: Int) { talks(first: $n) { totalCount } }", json.RawMessage(`{"n":`+strings.Repeat("9", 900_000)+`}`)), "BAD_USER_INPUT"),
		post("a text of 900 kB for a slug", vars("query ($s: Slug) { talk(slug: $s) { id } }", map[string]any{"s": long}), ""),
		post("a text of 900 kB for an id", vars(ids, map[string]any{"ids": []string{long}}), "BAD_USER_INPUT"),
		post("a cursor of 900 kB", vars("query ($c: String) { talks(after: $c) { totalCount } }", map[string]any{"c": long}), "not a cursor"),
		post("a sync token of 900 kB", vars("query ($c: SyncToken) { contentChanges(since: $c) { next } }", map[string]any{"c": long}), "not a valid sync token"),
		post("a search of 900 kB", vars("query ($s: String!) { search(query: $s) { totalCount } }", map[string]any{"s": strings.Repeat("peace ", 150_000)}), "BAD_USER_INPUT"),
		post("a time of 900 kB", vars("query ($t: DateTime) { talks(asOf: $t) { totalCount } }", map[string]any{"t": long}), "BAD_USER_INPUT"),
		post("a language of 900 kB", vars("query ($l: [Locale!]) { talks(locales: $l) { totalCount } }", map[string]any{"l": []string{strings.Repeat("a-", 450_000)}}), "BAD_USER_INPUT"),
		post("an enum value of 900 kB", vars("query ($p: [ContentType!]) { search(query: \"a\", types: $p) { totalCount } }", map[string]any{"p": []string{long}}), "BAD_USER_INPUT"),
		post("extensions of 500,000 values", map[string]any{"query": "{ talks { totalCount } }", "extensions": map[string]any{"x": make([]int, 500_000)}}, `"limitName":"values"`),
		post("a persisted query of a hash of 900 kB", map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": long}}}, "PersistedQueryNotFound"),
		post("a documentId of 900 kB", map[string]any{"documentId": long}, "PersistedQueryNotFound"),
		post("1,000,000 bytes of comments", map[string]any{"query": strings.Repeat("#\n", 300_000) + "{ talks { totalCount } }"}, `"limitName":"tokens"`),
		post("900 kB of escapes", map[string]any{"query": `{ talk(slug: "` + strings.Repeat(`\u0061`, 120_000) + `") { id } }`}, ""),
		post("900 kB of half a surrogate pair", `{"query":"`+strings.Repeat(`\ud83d`, 150_000)+`"}`, "half of a surrogate pair"),
		post("a block string of 400,000 lines", map[string]any{"query": `{ talk(slug: """` + strings.Repeat("\n ", 300_000) + `""") { id } }`}, ""),
		post("1 MiB of white space", strings.Repeat(" ", mega-1), "no JSON object"),
	}
}

// TestPartsOfRequests sends requests of which one part is out of all bounds. Each is answered shortly, within the time of
// some plain queries and 64 MiB.
func TestPartsOfRequests(t *testing.T) {
	cmd, at, _ := parleytest.StartProcess(t, t.TempDir(), "--addr", "127.0.0.1:0", "--db", "parley.db", "--answer-cache", "0")
	p := process(cmd.Process.Pid)
	control := p.control(t, at)
	for _, c := range parts() {
		t.Run(c.name, func(t *testing.T) {
			req := c.request(t, strings.TrimSuffix(at, "/graphql"))
			p.reset(t)
			before, rss := p.cpu(t), p.memory(t, "VmRSS")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
			_ = res.Body.Close()
			took, grown := p.cpu(t)-before, p.memory(t, "VmHWM")-rss
			t.Logf("%s, %d KiB, status %d, %d bytes", took, grown>>10, res.StatusCode, len(b))
			if took > 4*control {
				t.Errorf("it takes %s, and 50 plain queries %s", took, control)
			}
			if grown > 64<<20 {
				t.Errorf("it takes %d MiB", grown>>20)
			}
			if text := fmt.Sprint(res.StatusCode, " ", string(b)); !strings.Contains(text, c.want) || res.StatusCode >= 500 || len(b) > 16<<10 {
				t.Errorf("it is answered with %d bytes, want %s: %.300s", len(b), c.want, text)
			}
		})
	}
}

// request is the request of a part.
func (c part) request(t *testing.T, server string) *http.Request {
	t.Helper()
	var body io.Reader = http.NoBody
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), c.method, server+c.path, body)
	if err != nil {
		t.Fatal(err)
	}
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(c.header); i += 2 {
		req.Header.Set(c.header[i], c.header[i+1])
	}
	return req
}

// control is what 50 plain queries take of a processor, the most of five times.
func (p process) control(t *testing.T, at string) time.Duration {
	t.Helper()
	const plain = `{"query":"{ talk(slug: \"gaza-ceasefire-talks\") { title events(first: 20) { nodes { title occurredOn { label } mediators { name } } } } }"}`
	var controls []time.Duration
	for range 5 {
		before := p.cpu(t)
		for range 50 {
			if _, text := parleytest.Send(t, "POST", at, plain, "Content-Type", "application/json"); !strings.HasPrefix(text, `{"data":`) {
				t.Fatalf("a plain query is answered %s", text)
			}
		}
		controls = append(controls, p.cpu(t)-before)
	}
	t.Logf("50 plain queries: %s", slices.Max(controls))
	return slices.Max(controls)
}
