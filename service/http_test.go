package service_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

func TestRequests(t *testing.T) {
	at := parleytest.Start(t)
	const (
		query    = `{"query": "{ talks { totalCount } }"}`
		wrong    = `{"query": "{ talks { nowhere } }"}`
		graphQL  = "application/graphql-response+json"
		jsonType = "application/json"
	)
	for _, c := range []struct {
		name, method, body string
		header             []string
		status             int
		want               string
	}{
		{"a query", "POST", query, []string{"Content-Type", jsonType}, 200, `{"data":{"talks":{"totalCount":4}}}`},
		{"refused as JSON", "POST", wrong, []string{"Content-Type", jsonType}, 200, `{"errors":[`},
		{"refused as GraphQL", "POST", wrong, []string{"Content-Type", jsonType, "Accept", graphQL}, 400, `{"errors":[`},
		{"the better of two", "POST", wrong, []string{"Content-Type", jsonType, "Accept", jsonType + ";q=0.1, " + graphQL}, 400, `{"errors":[`},
		{"an unknown media type", "POST", query, []string{"Content-Type", jsonType, "Accept", "text/html"}, 406, `BAD_REQUEST`},
		{"PUT", "PUT", query, []string{"Content-Type", jsonType}, 405, `use GET or POST`},
		{"a form", "POST", "query={talks{totalCount}}", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, `application/json`},
		{"UTF-16", "POST", query, []string{"Content-Type", jsonType + "; charset=utf-16"}, 415, `UTF-8`},
		{"a coded body", "POST", query, []string{"Content-Type", jsonType, "Content-Encoding", "gzip"}, 415, `Content-Encoding`},
		{"two values", "POST", query + query, []string{"Content-Type", jsonType}, 400, `the body is no JSON object`},
		{"a batch", "POST", "[" + query + "]", []string{"Content-Type", jsonType}, 400, `batches`},
		{"invalid UTF-8", "POST", "{\"query\": \"{ a\xff }\"}", []string{"Content-Type", jsonType}, 400, `UTF-8`},
		{"a broken body is not echoed", "POST", `{"secret`, []string{"Content-Type", jsonType}, 400, `the body is no JSON object`},
		{"an operation name that is a number", "POST", `{"query": "{ a }", "operationName": 1}`, []string{"Content-Type", jsonType}, 400, `operationName`},
		{"a key in another case", "POST", `{"Query": "{ talks { totalCount } }"}`, []string{"Content-Type", jsonType}, 400, `query is missing`},
		{"both cases", "POST", `{"query": "{ talks { totalCount } }", "QUERY": 5}`, []string{"Content-Type", jsonType}, 200, `{"data":{"talks":{"totalCount":4}}}`},
		{"half of a surrogate pair in a variable", "POST", `{"query": "query ($s: Slug) { talk(slug: $s) { id } }", "variables": {"s": "a\ud83d"}}`, []string{"Content-Type", jsonType}, 400, `half of a surrogate pair`},
		{"half of a surrogate pair in a name", "POST", `{"query": "{ talks { totalCount } }", "variables": {"\udc00": 1}}`, []string{"Content-Type", jsonType}, 400, `half of a surrogate pair`},
		{"half of a surrogate pair in the document", "POST", `{"query": "# \\ud83d\n{ talk(slug: \"a\\ud83d\") { id } }"}`, []string{"Content-Type", jsonType}, 200, `half of a surrogate pair: write both halves, as in \\ud83d\\ude00, or the character","locations":[{"line":2,"column":14}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"`},
		{"half of a surrogate pair in braces", "POST", `{"query": "{ talk(slug: \"a\\u{d83d}\") { id } }"}`, []string{"Content-Type", jsonType}, 200, `"code":"GRAPHQL_PARSE_FAILED"`},
		{"whole surrogate pairs", "POST", `{"query": "query ($t: String) { talks(where: {title: {eq: $t}}) { totalCount } events(where: {title: {eq: \"\\ud83d\\ude00\"}}) { totalCount } sources(where: {title: {eq: \"\"\"\\ud83d\"\"\"}}) { totalCount } }", "variables": {"t": "\ud83d\ude00"}}`, []string{"Content-Type", jsonType}, 200, `{"data":{"talks":{"totalCount":0},"events":{"totalCount":0},"sources":{"totalCount":0}}}`},
		{"null", "POST", `null`, []string{"Content-Type", jsonType}, 400, `the body is no JSON object`},
		{"too large", "POST", `{"query": "` + strings.Repeat(" ", 2<<20) + `"}`, []string{"Content-Type", jsonType}, 413, `"code":"LIMIT_EXCEEDED","docs":"/docs/errors#limit_exceeded","limit":1048576,"limitName":"body"`},
		{"a mutation of nobody", "POST", `{"query": "mutation { createSource(input: {title: \"A\"}) { revision } }"}`, []string{"Content-Type", jsonType}, 401, `"code":"UNAUTHENTICATED"`},
		{"a subscription", "POST", `{"query": "subscription { contentUpdates { next } }"}`, []string{"Content-Type", jsonType}, 406, `text/event-stream`},
		{"a number in quotation marks", "POST", `{"query": "query ($n: Int) { talks(first: $n) { totalCount } }", "variables": {"n": "5"}}`, []string{"Content-Type", jsonType}, 200, `BAD_USER_INPUT`},
		{"more than 32 bits", "POST", `{"query": "query ($n: Int) { talks(first: $n) { totalCount } }", "variables": {"n": 99999999999}}`, []string{"Content-Type", jsonType}, 200, `32 bits`},
		{"a number in a filter", "POST", `{"query": "query ($w: EventWhere) { events(where: $w) { totalCount } }", "variables": {"w": {"sequence": {"in": [1, "2"]}}}}`, []string{"Content-Type", jsonType}, 200, `"input":"$w.sequence.in.1"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, text := parleytest.Send(t, c.method, at, c.body, c.header...)
			if res.StatusCode != c.status || !strings.Contains(text, c.want) || strings.Contains(text, "secret") {
				t.Errorf("answered %d %.300s, want %d and %s", res.StatusCode, text, c.status, c.want)
			}
			if c.status != http.StatusOK && strings.Contains(text, `"data"`) {
				t.Errorf("a refusal has data: %.300s", text)
			}
		})
	}
	if res, text := parleytest.Send(t, "GET", at+"?query={service{name}}&variables="+url.QueryEscape(`{"a": "\ud83d"}`), ""); res.StatusCode != http.StatusBadRequest || !strings.Contains(text, "the parameter variables has an escape") {
		t.Errorf("half of a surrogate pair in a parameter is answered %d %s", res.StatusCode, text)
	}
	res, _ := parleytest.Send(t, "GET", at+"?query="+url.QueryEscape("mutation { a }"), "")
	if res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") != "POST" {
		t.Errorf("a mutation by GET is answered %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
}

func TestUnchangedAnswers(t *testing.T) {
	at := parleytest.Start(t) + "?query=" + url.QueryEscape("{ talks { totalCount } }")
	res, whole := parleytest.Send(t, "GET", at, "")
	tag := res.Header.Get("ETag")
	if tag == "" || res.Header.Get("Cache-Control") != "public, no-cache" || res.Header.Get("Vary") != "Accept, Accept-Encoding, Authorization, Origin, Parley-Record" {
		t.Errorf("the answer has %v", res.Header)
	}
	if res, text := parleytest.Send(t, "GET", at, "", "X-Parley-Cost", "1", "If-None-Match", tag); res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("ETag") != "" ||
		text != strings.TrimSuffix(whole, "}")+`,"extensions":{"cost":{"requested":20,"limit":100000,"objects":0,"charged":1}}}` {
		t.Errorf("with its price the answer is %v %s", res.Header, text)
	}
	if res, _ := parleytest.Send(t, "GET", at, "", "Authorization", "Basic cGFybGV5"); strings.Contains(res.Header.Get("Cache-Control"), "public") {
		t.Errorf("an answer to somebody named is %s", res.Header.Get("Cache-Control"))
	}
	for _, known := range []string{tag, `"x", ` + tag, "*", strings.TrimPrefix(tag, "W/")} {
		if res, text := parleytest.Send(t, "GET", at, "", "If-None-Match", known); res.StatusCode != http.StatusNotModified || text != "" || res.Header.Get("ETag") != tag {
			t.Errorf("If-None-Match: %s is answered %d %q", known, res.StatusCode, text)
		}
	}
	for _, other := range []struct{ at, accept string }{{at, "application/graphql-response+json"}, {at + "&locales=ar", ""}} {
		if res, _ := parleytest.Send(t, "GET", other.at, "", "If-None-Match", tag, "Accept", other.accept); res.StatusCode != http.StatusOK {
			t.Errorf("another answer is answered %d", res.StatusCode)
		}
	}
	if _, text := parleytest.Send(t, "GET", strings.Split(at, "?")[0]+"?locales=ar-EG&query="+url.QueryEscape(`{ mediator(slug: "qatar") { name locale } }`), ""); text != `{"data":{"mediator":{"name":"قطر","locale":"ar"}}}` {
		t.Errorf("the parameter locales is answered %s", text)
	}
	if res, text := parleytest.Send(t, "HEAD", at, ""); res.StatusCode != http.StatusOK || text != "" || res.Header.Get("ETag") != tag {
		t.Errorf("HEAD is answered %d %q with %v", res.StatusCode, text, res.Header)
	}
	if res, _ := parleytest.Send(t, "GET", strings.Replace(at, "talks", "nowhere", 1), ""); res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("ETag") != "" {
		t.Errorf("an error may be kept: %v", res.Header)
	}
}

// TestMaxAge lets shared caches serve answers unasked, but no errors.
func TestMaxAge(t *testing.T) {
	at := parleytest.Start(t, "--max-age", "90s") + "?query="
	for query, want := range map[string]string{"{ talks { totalCount } }": "public, max-age=90", "{ nowhere }": "no-store"} {
		if res, _ := parleytest.Send(t, "GET", at+url.QueryEscape(query), ""); res.Header.Get("Cache-Control") != want {
			t.Errorf("%s is answered Cache-Control: %s, want %s", query, res.Header.Get("Cache-Control"), want)
		}
	}
}

// TestSurrogates says what an answer can be purged by.
func TestSurrogates(t *testing.T) {
	at := parleytest.Start(t)
	get := func(query string) (tag, key string) {
		res, text := parleytest.Send(t, "GET", at+"?query="+url.QueryEscape(query), "")
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(text, `{"data":`) {
			t.Errorf("%s is answered %d %s", query, res.StatusCode, text)
		}
		return res.Header.Get("Cache-Tag"), res.Header.Get("Surrogate-Key")
	}
	talk := regexp.MustCompile(`talk_[0-9a-z]{13}`).FindString(parleytest.Ask(t, at, `{ talk(slug: "late-2023-pause") { id } }`))
	for query, want := range map[string]string{
		`{ talk(slug: "late-2023-pause") { title } }`:                                      talk,
		`{ talk(slug: "nowhere") { title } }`:                                              "talk",
		`{ node(id: "` + talk + `") { id } }`:                                              talk,
		`{ talks { totalCount } }`:                                                         "talk",
		`{ talk(slug: "late-2023-pause") { events { totalCount } trackRecord { kept } } }`: talk + ",event,content",
		`{ events(where: { mediators: { some: { slug: { eq: "x" } } } }) { totalCount } }`: "event,mediator",
	} {
		if tag, key := get(query); tag != want || key != strings.ReplaceAll(want, ",", " ") {
			t.Errorf("%s can be purged by %q and %q, want %q", query, tag, key, want)
		}
	}
	tag, _ := get(`{ events(first: 100) { nodes { id mediators { id } parties { id } issues { id } talk { id } positions: citations { source { id } } } }
		articles { nodes { id } } issues { nodes { id } } positions { nodes { id issue { id } party { id } } } agreements { nodes { id } } }`)
	if ids := strings.Count(tag, "_"); len(tag) > 1600 || ids == 0 || ids > 60 {
		t.Errorf("%d ids in %d bytes: %s", ids, len(tag), tag)
	}
}

// TestSlowBodies sends a body that does not come to its end.
func TestSlowBodies(t *testing.T) {
	at := parleytest.Start(t, "--max-read-time", "100ms")
	body, more := io.Pipe()
	defer more.Close()
	go func() { _, _ = more.Write([]byte(`{"query": `)) }()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusRequestTimeout || !strings.Contains(string(text), `"limitName":"read-time"`) {
		t.Errorf("answered %d %s", res.StatusCode, text)
	}
}

// TestSlowHeaders sends a header that does not come to its end: the connection is closed.
func TestSlowHeaders(t *testing.T) {
	u, err := url.Parse(parleytest.Start(t, "--max-read-time", "100ms"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if said, err := io.ReadAll(c); err != nil || len(said) > 0 {
		t.Errorf("the connection says %q and ends with %v", said, err)
	}
}

// TestOrigins lets the pages of named origins in, without credentials, and no others.
func TestOrigins(t *testing.T) {
	const ours, other = "https://example.org", "https://example.com"
	for _, c := range []struct {
		flags  []string
		origin string
		want   string
	}{
		{nil, ours, ""},
		{[]string{"--cors-origin", ours}, ours, ours},
		{[]string{"--cors-origin", ours}, other, ""},
		{[]string{"--cors-origin", "*"}, other, "*"},
	} {
		at := parleytest.Start(t, c.flags...)
		preflight, _ := parleytest.Send(t, "OPTIONS", at, "", "Origin", c.origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
		answer, _ := parleytest.Send(t, "POST", at, `{"query":"{ talks { totalCount } }"}`, "Origin", c.origin, "Content-Type", "application/json")
		for _, res := range []*http.Response{preflight, answer} {
			if got := res.Header.Get("Access-Control-Allow-Origin"); got != c.want || res.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%v lets %s in as %q: %v", c.flags, c.origin, got, res.Header)
			}
		}
		if c.want != "" && (preflight.Header.Get("Access-Control-Max-Age") != "7200" || preflight.StatusCode != http.StatusNoContent || !strings.Contains(answer.Header.Get("Access-Control-Expose-Headers"), "Etag")) {
			t.Errorf("the preflight is answered %d %v, then %v", preflight.StatusCode, preflight.Header, answer.Header)
		}
	}
}

// TestNoIntrospection shows nothing of the schema, neither asked nor in errors.
func TestNoIntrospection(t *testing.T) {
	at := parleytest.Start(t, "--no-introspection")
	for _, query := range []string{
		"{ __schema { types { name } } }", `{ __type(name: "Talk") { name } }`, "{ ...a } fragment a on Query { ... { __schema { types { name } } } }",
		"{ talkz { totalCount } }", "{ talks(firs: 1) { totalCount } }", "{ talk { ... on Tal { id } } }", "{ talks(orderBy: {field: TITL}) { totalCount } }", "{ talks }",
	} {
		if text := parleytest.Ask(t, at, query); !strings.HasPrefix(text, `{"errors":`) || strings.Contains(text, "Did you mean") {
			t.Errorf("%s is answered %s", query, text)
		}
	}
	if text := parleytest.Ask(t, at, "{ __typename talks { totalCount } }"); !strings.HasPrefix(text, `{"data":`) {
		t.Errorf("__typename is answered %s", text)
	}
	if res, _ := parleytest.Send(t, "GET", strings.Replace(at, "/graphql", "/schema.graphqls", 1), ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("the schema is answered %d", res.StatusCode)
	}
}

// TestRefusalsNameTheirLimit exceeds what is found out while an operation is planned and read: the refusal names the
// limit and the value, as those before do.
func TestRefusalsNameTheirLimit(t *testing.T) {
	few := parleytest.Start(t, "--max-objects", "3")
	at := parleytest.Start(t, "--max-filter-depth", "1", "--max-conditions", "2", "--max-residual", "1")
	for query, want := range map[string]string{
		"{ events(first: 20) { nodes { id } } }":                                     `"limit":3,"limitName":"objects","value":4}`,
		"{ events(where: {not: {not: {not: {slug: {eq: \"x\"}}}}}) { totalCount } }": `"limit":1,"limitName":"filter-depth","value":2}`,
		"{ events(where: {slug: {in: [\"x\"]}, and: [{title: {eq: \"x\"}}, {outlook: {in: [MIXED]}}, {outlook: {in: [GUARDED]}}]}) { totalCount } }": `"limit":2,"limitName":"conditions","value":3}`,
		"{ events(where: {not: {slug: {eq: \"x\"}}}) { totalCount } }":                                                                               `"limit":1,"limitName":"residual","value":2}`,
	} {
		at := at
		if strings.Contains(want, "objects") {
			at = few
		}
		res, text := parleytest.Send(t, "POST", at, fmt.Sprintf(`{"query":%q}`, query), "Content-Type", "application/json")
		if res.StatusCode != http.StatusBadRequest || !strings.Contains(text, `"code":"LIMIT_EXCEEDED"`) || !strings.Contains(text, want) {
			t.Errorf("%s is answered %d %s, want %s", query, res.StatusCode, text, want)
		}
	}
}
