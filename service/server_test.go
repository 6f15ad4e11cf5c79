package service_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

func TestServer(t *testing.T) {
	url := parleytest.Start(t)
	for _, c := range []struct{ name, query, want string }{
		{
			"list", `{ talks(first: 2) { totalCount nodes { slug } } }`,
			`{"data":{"talks":{"totalCount":4,"nodes":[{"slug":"late-2023-pause"},{"slug":"doha-near-agreement"}]}}}`,
		},
		{
			"two aliases of one connection",
			`{ talk(slug: "gaza-ceasefire-talks") { a: events(first: 1) { nodes { title } } b: events(last: 1) { nodes { title } pageInfo { hasPreviousPage hasNextPage } } } }`,
			`{"data":{"talk":{"a":{"nodes":[{"title":"A temporary pause takes effect"}]},"b":{"nodes":[{"title":"Every two weeks, the talks fall apart"}],"pageInfo":{"hasPreviousPage":true,"hasNextPage":false}}}}}`,
		},
		{
			"interfaces, fragments and directives",
			`query { talk(slug: "doha-near-agreement") { ...on Content { label } title @skip(if: true) agreements { nodes { provisions { nodes { title provisionStatus agreement { slug } } } } } } }`,
			`{"data":{"talk":{"label":"The near-agreement in Doha","agreements":{"nodes":[{"provisions":{"nodes":[{"title":"The key clause","provisionStatus":"REJECTED","agreement":{"slug":"doha-text"}}]}}]}}}}`,
		},
		{
			"five levels",
			`{ talk(slug: "gaza-ceasefire-talks") { issues(first: 6) { title positions { nodes { holder party { name } label } } } } }`,
			`"label":"one side on Sequencing of hostage releases: DEMANDS"`,
		},
		{"unknown slug", `{ talk(slug: "nowhere") { title } }`, `{"data":{"talk":null}}`},
		{"unknown field", `{ talks { nodes { titel } } }`, `Did you mean \"title\"`},
		{"over-large page", `{ talks(first: 101) { totalCount } }`, `a page has 0 to 100 rows`},
		{"damaged cursor", `{ talks(after: "x") { totalCount } }`, `after is not a cursor of this list`},
		{"malformed id", `{ node(id: "talk_1") { id } }`, `"code":"BAD_USER_INPUT"`},
		{"two keys", `{ talk(slug: "a", id: "b") { id } }`, `BAD_USER_INPUT`},
		{"introspection beside data", `{ __schema { queryType { name } } talks { totalCount } }`, `{"data":{"__schema":{"queryType":{"name":"Query"}},"talks":{"totalCount":4}}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parleytest.Ask(t, url, c.query); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// pages walks a connection one row at a time and returns the slugs in order.
func pages(t *testing.T, url, size, cursor, end, more string) []string {
	t.Helper()
	var slugs []string
	at := ""
	for range 20 {
		args := size + ": 2"
		if at != "" {
			args += ", " + cursor + `: "` + at + `"`
		}
		var answer struct {
			Data struct {
				Events struct {
					Nodes    []struct{ Slug string }
					PageInfo map[string]any
				}
			}
		}
		text := parleytest.Ask(t, url, "{ events("+args+") { nodes { slug } pageInfo { "+end+" "+more+" } } }")
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		page := []string{}
		for _, n := range answer.Data.Events.Nodes {
			page = append(page, n.Slug)
		}
		if size == "last" {
			slugs = append(page, slugs...)
		} else {
			slugs = append(slugs, page...)
		}
		if answer.Data.Events.PageInfo[more] != true {
			return slugs
		}
		at, _ = answer.Data.Events.PageInfo[end].(string)
	}
	t.Fatal("the list has no end")
	return nil
}

func TestPagesBothWays(t *testing.T) {
	url := parleytest.Start(t)
	forward := pages(t, url, "first", "after", "endCursor", "hasNextPage")
	backward := pages(t, url, "last", "before", "startCursor", "hasPreviousPage")
	if len(forward) != 16 || strings.Join(forward, " ") != strings.Join(backward, " ") {
		t.Errorf("forward  %v\nbackward %v", forward, backward)
	}
}
