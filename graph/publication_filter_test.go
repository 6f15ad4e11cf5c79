package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// TestFilterByPublication lists what is held back for a reader with a token, by its status and by its embargo, and refuses
// the same tests to the public wherever they stand.
func TestFilterByPublication(t *testing.T) {
	s := newService(t)
	viewer := s.token(t, content.Viewer)
	soon := time.Now().UTC().Add(time.Hour).Truncate(time.Second)
	publish := func(slug string, to content.Publication) {
		t.Helper()
		key := content.NamedKey("Event", content.Slug(slug))
		set := content.ChangeSet{Author: "test", Reason: "PUBLICATION", Changes: []content.Change{
			{Op: content.Withdraw, Type: content.TypeNamed("Event"), Key: key, Path: "input", Publication: &to},
		}}
		if _, err := s.store.Apply(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	publish("walk-out", content.Publication{Status: content.PubWithheld})
	publish("hope", content.Publication{Status: content.PubCanceled})
	publish("opening", content.Publication{Status: content.PubUsable, EmbargoedUntil: soon})
	at := func(d time.Duration) string { return soon.Add(d).Format(time.RFC3339) }
	for where, want := range map[string]string{
		`pubStatus: { eq: WITHHELD }`:                                                              "walk-out",
		`pubStatus: { in: [WITHHELD, CANCELED] }`:                                                  "hope walk-out",
		`pubStatus: { ne: USABLE }`:                                                                "hope walk-out",
		`embargoedUntil: { isNull: false }`:                                                        "opening",
		`embargoedUntil: { lte: "` + at(0) + `" }`:                                                 "opening",
		`embargoedUntil: { lt: "` + at(0) + `" }`:                                                  "",
		`embargoedUntil: { gt: "` + at(-time.Second) + `" }`:                                       "opening",
		`embargoedUntil: { eq: "` + soon.In(time.FixedZone("", 7200)).Format(time.RFC3339) + `" }`: "opening",
		`embargoedUntil: { ne: "` + at(0) + `" }, pubStatus: { eq: CANCELED }`:                     "hope",
	} {
		query := "{ events(where: { " + where + " }, orderBy: { field: TITLE }) { totalCount nodes { slug } } }"
		got := s.get(query, viewer).Body.String()
		if slugs := slugsIn(got); strings.Join(slugs, " ") != want || !strings.Contains(got, fmt.Sprintf(`"totalCount":%d`, len(slugs))) {
			t.Errorf("%s is answered %s, want %s", where, got, want)
		}
	}
	for _, query := range []string{
		`{ events(where: { pubStatus: { eq: WITHHELD } }) { totalCount } }`,
		`{ events(where: { not: { embargoedUntil: { isNull: true } } }) { totalCount } }`,
		`{ events(where: { or: [{ title: { eq: "x" } }, { pubStatus: { eq: USABLE } }] }) { totalCount } }`,
		`{ talks(where: { mediators: { some: { pubStatus: { ne: USABLE } } } }) { totalCount } }`,
		`{ talks { nodes { events(where: { talk: { pubStatus: { eq: USABLE } } }) { totalCount } } } }`,
		`{ events(where: { mediators: { none: { pubStatus: { eq: WITHHELD } } } }) { facets(by: [KIND]) { buckets { count } } } }`,
		`{ search(query: "talks", where: { pubStatus: { eq: WITHHELD } }) { totalCount } }`,
		`{ talks { nodes { participations(where: { actor: { pubStatus: { eq: WITHHELD } } }) { totalCount } } } }`,
		`{ talks(where: { embargoedUntil: { gt: "2024-01-01T00:00:00Z" } }, first: 1) { nodes { id } } }`,
	} {
		res := s.get(query, "", "Accept", "application/graphql-response+json")
		if text := res.Body.String(); res.Code != http.StatusForbidden || !strings.Contains(text, `"code":"FORBIDDEN"`) || !strings.Contains(text, `"role":"VIEWER"`) ||
			strings.Contains(text, "data") {
			t.Errorf("%s\nis answered %d %s", query, res.Code, text)
		}
		if res := s.get(query, viewer); res.Code != http.StatusOK || strings.Contains(res.Body.String(), "errors") {
			t.Errorf("%s\nwith a token is answered %d %s", query, res.Code, res.Body)
		}
	}
}

// slugsIn returns the slugs in an answer, in their order.
func slugsIn(answer string) []string {
	var slugs []string
	for _, part := range strings.Split(answer, `"slug":"`)[1:] {
		slug, _, _ := strings.Cut(part, `"`)
		slugs = append(slugs, slug)
	}
	return slugs
}
