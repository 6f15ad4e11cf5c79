// Package recipes_test uses what the recipes of docs/recipes.md add. TestRecipes in docs runs it in a copy of the repository in which they
// were followed.
package recipes_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

func TestMain(m *testing.M) { parleytest.Main(m) }

// service is a server with a token of a publisher.
type service struct {
	t              *testing.T
	dir, url, auth string
}

func start(t *testing.T) *service {
	t.Helper()
	dir := t.TempDir()
	url := parleytest.Start(t, "--db", filepath.Join(dir, "parley.db"))
	token, said, code := parleytest.Run(t, dir, "token", "create", "--db", "parley.db", "--role", "publisher", "--name", "editor")
	if code != 0 {
		t.Fatal(said)
	}
	return &service{t: t, dir: dir, url: url, auth: "Bearer " + strings.TrimSpace(token)}
}

// edit runs an operation with the token.
func (s *service) edit(document string) string {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		s.t.Fatal(err)
	}
	_, text := parleytest.Send(s.t, http.MethodPost, s.url, string(body), "Content-Type", "application/json", "Authorization", s.auth)
	if strings.Contains(text, `"errors"`) {
		s.t.Fatalf("%s is answered %s", document, text)
	}
	return text
}

// want compares what readers without a token are answered.
func (s *service) want(document, data string) {
	s.t.Helper()
	if got := parleytest.Ask(s.t, s.url, document); got != `{"data":`+data+`}` {
		s.t.Errorf("%s is answered\n%s, want\n%s", document, got, `{"data":`+data+`}`)
	}
}

// run runs parley.
func (s *service) run(args ...string) string {
	s.t.Helper()
	out, said, code := parleytest.Run(s.t, s.dir, args...)
	if code != 0 {
		s.t.Fatalf("parley %s: %s%s", strings.Join(args, " "), out, said)
	}
	return out
}

// id takes the first id out of an answer.
func id(t *testing.T, answer string) string {
	t.Helper()
	_, rest, ok := strings.Cut(answer, `"id":"`)
	if !ok {
		t.Fatalf("%s has no id", answer)
	}
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

func (s *service) publish(id string) {
	s.edit(`mutation { publishContent(input: {ids: ["` + id + `"]}) { revision } }`)
}

// TestRecipes uses the new field, value, derived field and root query, and the new type by every door.
func TestRecipes(t *testing.T) {
	s := start(t)
	source := id(t, s.edit(`mutation { createSource(input: {title: "Atlas", slug: "atlas", edition: "Second"}) { source { id } } }`))
	s.publish(source)
	talk := id(t, s.edit(`mutation { createTalk(input: {title: "Lake talks", slug: "lake", talkLevel: PROCESS}) { talk { id } } }`))
	s.publish(talk)
	round := id(t, s.edit(`mutation { createTalk(input: {title: "Round", slug: "round", talkLevel: ROUND, parent: {slug: "lake"}}) { talk { id } } }`))
	t.Run("field", func(*testing.T) {
		s.want(`{ sources(where: {edition: {eq: "Second"}}) { nodes { slug edition } } }`, `{"sources":{"nodes":[{"slug":"atlas","edition":"Second"}]}}`)
		published := s.revision()
		s.edit(`mutation { updateSource(input: {id: "` + source + `", edition: "Third"}) { revision } }`)
		s.want(`{ source(slug: "atlas") { edition history(first: 1) { nodes { changes { field before after } } } } }`,
			`{"source":{"edition":"Third","history":{"nodes":[{"changes":[{"field":"edition","before":"Second","after":"Third"}]}]}}}`)
		s.want(fmt.Sprintf(`{ source(slug: "atlas", atRevision: %d) { edition } }`, published), `{"source":{"edition":"Second"}}`)
	})
	t.Run("enumeration value", func(*testing.T) {
		article := id(t, s.edit(`mutation { createArticle(input: {title: "Asked", slug: "asked", articleKind: INTERVIEW}) { article { id } } }`))
		s.publish(article)
		s.want(`{ articles(where: {articleKind: {eq: INTERVIEW}}) { nodes { articleKind } } }`, `{"articles":{"nodes":[{"articleKind":"INTERVIEW"}]}}`)
	})
	t.Run("derived field", func(*testing.T) {
		s.want(`{ talk(slug: "lake") { partCount } }`, `{"talk":{"partCount":0}}`)
		withheld := s.revision()
		s.publish(round)
		s.want(`{ talk(slug: "lake") { partCount } }`, `{"talk":{"partCount":1}}`)
		s.want(fmt.Sprintf(`{ talk(slug: "lake", atRevision: %d) { partCount } }`, withheld), `{"talk":{"partCount":0}}`)
	})
	t.Run("root query", func(*testing.T) {
		event := id(t, s.edit(`mutation { createEvent(input: {title: "They met", slug: "met", eventKind: MEETING, occurredOn: {edtf: "2026-03-01"}, talk: {slug: "lake"},
			citations: [{source: {slug: "atlas"}}]}) { event { id } } }`))
		s.publish(event)
		s.want(`{ latestTalk { slug } }`, `{"latestTalk":{"slug":"lake"}}`)
	})
	t.Run("type", func(t *testing.T) { s.t = t; s.reports() })
}

// reports uses the type Report, which is data alone: lists, filters, facets, mutations, histories, differences, searches, feeds of changes,
// exports and imports.
func (s *service) reports() {
	before := s.revision()
	stop := s.follow()
	report := id(s.t, s.edit(`mutation { createReport(input: {title: "Monthly findings", slug: "monthly", summary: "What monitors saw at the *bridge*",
		reportKind: ANALYSIS, publishedOn: {edtf: "2024-05"}, talks: [{slug: "round"}], citations: [{source: {slug: "atlas"}, quote: "calm"}],
		questions: [{question: "Who?", answer: "Monitors"}]}) { report { id } } }`))
	s.want(`{ reports { totalCount } }`, `{"reports":{"totalCount":0}}`)
	s.publish(report)
	if !strings.HasPrefix(report, "report_") {
		s.t.Errorf("the id of a report is %s", report)
	}
	s.want(`{ report(slug: "monthly") { label reportKind publishedOn { edtf } talks { nodes { slug } } citations { source { slug } } questions { question } } }`,
		`{"report":{"label":"Monthly findings","reportKind":"ANALYSIS","publishedOn":{"edtf":"2024-05"},"talks":{"nodes":[{"slug":"round"}]},"citations":[{"source":{"slug":"atlas"}}],"questions":[{"question":"Who?"}]}}`)
	s.want(`{ node(id: "`+report+`") { __typename } }`, `{"node":{"__typename":"Report"}}`)
	s.want(`{ reports(where: {reportKind: {in: [ANALYSIS]}, talks: {some: {slug: {eq: "round"}}}, publishedOn: {from: "2024"}}, orderBy: {field: PUBLISHED_ON, direction: DESC}) { totalCount nodes { slug } } }`,
		`{"reports":{"totalCount":1,"nodes":[{"slug":"monthly"}]}}`)
	s.want(`{ talk(slug: "lake") { reports { nodes { slug } } sources: sources(first: 5) { nodes { slug } } } talks(where: {reports: {some: {title: {contains: "monthly"}}}}) { nodes { slug } } }`,
		`{"talk":{"reports":{"nodes":[{"slug":"monthly"}]},"sources":{"nodes":[{"slug":"atlas"}]}},"talks":{"nodes":[{"slug":"round"},{"slug":"lake"}]}}`)
	s.want(`{ search(query: "bridge", types: [REPORT]) { totalCount nodes { __typename label } facets(by: [CONTENT_TYPE, KIND, YEAR]) { buckets { value count } } } }`,
		`{"search":{"totalCount":1,"nodes":[{"__typename":"Report","label":"Monthly findings"}],"facets":[{"buckets":[{"value":"REPORT","count":1}]},{"buckets":[{"value":"ANALYSIS","count":1}]},{"buckets":[{"value":"2024","count":1}]}]}}`)
	s.edit(`mutation { updateReport(input: {id: "` + report + `", title: "Monthly report"}) { report { title } } }`)
	after := s.revision()
	s.want(`{ report(slug: "monthly") { title history(first: 1) { nodes { changes { field before after } } } } past: report(slug: "monthly", atRevision: `+fmt.Sprint(after-1)+`) { title } }`,
		`{"report":{"title":"Monthly report","history":{"nodes":[{"changes":[{"field":"title","before":"Monthly findings","after":"Monthly report"}]}]}},"past":{"title":"Monthly findings"}}`)
	s.want(fmt.Sprintf(`{ diff(from: {atRevision: %d}) { nodes { op contentType node { ... on Report { title } } } } }`, after-1),
		`{"diff":{"nodes":[{"op":"UPDATED","contentType":"REPORT","node":{"title":"Monthly report"}}]}}`)
	s.want(fmt.Sprintf(`{ diff(from: {atRevision: %d}, to: {atRevision: %d}) { nodes { op contentType } } }`, before, after-1), `{"diff":{"nodes":[{"op":"CREATED","contentType":"REPORT"}]}}`)
	s.want(`{ contentChanges(types: [REPORT]) { changes { op contentType node { ... on Report { title } } } } }`,
		`{"contentChanges":{"changes":[{"op":"CREATED","contentType":"REPORT","node":{"title":"Monthly report"}}]}}`)
	if got := stop(); !strings.Contains(got, `"contentType":"REPORT"`) {
		s.t.Errorf("the subscription was told %s", got)
	}
	s.exported()
	s.edit(`mutation { deleteReport(input: {id: "` + report + `"}) { revision } }`)
	s.want(`{ report(slug: "monthly") { title } tombstone(id: "`+report+`") { contentType } }`, `{"report":null,"tombstone":{"contentType":"REPORT"}}`)
	if out := s.run("check", "--db", "parley.db"); !strings.Contains(out, "no problems") {
		s.t.Errorf("parley check says %s", out)
	}
}

// follow subscribes to reports, and returns what ends that and returns what was told.
func (s *service) follow() (stop func() string) {
	query := url.Values{"query": {"subscription { contentUpdates(types: [REPORT]) { changes { op contentType } } }"}}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"?"+query.Encode(), http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	told := make(chan string, 100)
	go func() {
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if strings.Contains(lines.Text(), `"REPORT"`) {
				told <- lines.Text()
			}
		}
	}()
	return func() string {
		defer res.Body.Close()
		select {
		case text := <-told:
			return text
		case <-time.After(20 * time.Second):
			return "nothing"
		}
	}
}

// exported exports the record in each format, and imports each into another database that then exports the same.
func (s *service) exported() {
	for _, format := range []string{"bundle", "csv", "jsonl"} {
		path := "out-" + format
		if format == "jsonl" {
			path += ".jsonl"
		}
		again := "again-" + path
		s.run("export", path, "--db", "parley.db", "--format", format, "--no-revision")
		s.run("import", path, "--db", format+".db")
		s.run("export", again, "--db", format+".db", "--format", format, "--no-revision")
		first, second := files(s.t, filepath.Join(s.dir, path)), files(s.t, filepath.Join(s.dir, again))
		if first != second || !strings.Contains(first, "Monthly report") || !strings.Contains(first, "Third") {
			s.t.Errorf("%s is exported as\n%s\nand after an import as\n%s", format, first, second)
		}
	}
}

// files are the texts of a file or of the files of a folder.
func files(t *testing.T, path string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.Walk(path, func(name string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		all.WriteString(strings.TrimPrefix(name, path) + "\n" + string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// revision is the newest revision.
func (s *service) revision() int {
	s.t.Helper()
	answer := s.edit(`{ service { revision } }`)
	var a struct {
		Data struct{ Service struct{ Revision int } }
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		s.t.Fatal(err)
	}
	return a.Data.Service.Revision
}
