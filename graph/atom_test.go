package graph_test

import (
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/content"
	"parley/feed"
	"parley/graph"
)

// TestFeed reads the feed of a talk as a newsroom does.
func TestFeed(t *testing.T) {
	s := newService(t)
	mux := http.NewServeMux()
	mux.Handle("GET /feeds/talks/{file}", feed.New(feed.Config{Executor: s.Handler.(graph.Handler), Reader: s.store, Logger: slog.Default()}))
	get := func(path, known string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
		r.Header.Set("If-None-Match", known)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	event := content.Item{
		Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "late"), Slug: "late",
		Values: map[string]any{
			"title": "Late & <new>", "summary": "It *was* said.", "locale": "en", "eventKind": "STATEMENT",
			"talk": content.Ref{Type: "Talk", Key: content.NamedKey("Talk", "lake-talks")},
		},
	}
	date, err := content.ParseEDTF("2024-03")
	if err != nil {
		t.Fatal(err)
	}
	event.Values["occurredOn"] = date
	w := get("/feeds/talks/lake-talks.atom", "")
	tag := w.Header().Get("ETag")
	if w.Code != http.StatusOK || tag == "" || w.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		t.Fatalf("it is answered %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := get("/feeds/talks/lake-talks.atom", tag); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("what the client has is answered %d", w.Code)
	}
	revise(t, s.store, event)
	w = get("/feeds/talks/lake-talks.atom", tag)
	var read struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Link    struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			ID       string `xml:"id"`
			Title    string `xml:"title"`
			Updated  string `xml:"updated"`
			Content  string `xml:"content"`
			Category struct {
				Term string `xml:"term,attr"`
			} `xml:"category"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &read); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d, %v: %s", w.Code, err, w.Body)
	}
	if len(read.Entries) < 2 {
		t.Fatalf("it has %d entries", len(read.Entries))
	}
	first := read.Entries[0]
	if first.Title != "Late & <new>" || first.Category.Term != "STATEMENT" || first.Content != "<p>March 2024</p>\n<p>It <em>was</em> said.</p>" || first.Updated != read.Updated {
		t.Errorf("the first entry is %+v", first)
	}
	if !strings.HasPrefix(read.ID, "urn:uuid:") || read.ID == first.ID || read.Author == "" || read.Link.Href != "http://example.com/feeds/talks/lake-talks.atom" {
		t.Errorf("the feed is %+v", read)
	}
	event.Values["translations"] = []map[string]any{{"locale": "ar", "translationKind": "EDITORIAL", "text": []map[string]any{{"field": "title", "value": "متأخر"}}}}
	event.Values["occurredOn"] = date.WithVerbatim("early in 2024")
	revise(t, s.store, event)
	for path, want := range map[string]string{"?locales=ar": "مارس 2024", "?locales=fr": "early in 2024", "": "early in 2024"} {
		if body := get("/feeds/talks/lake-talks.atom"+path, "").Body.String(); !strings.Contains(body, "&lt;p&gt;"+want+"&lt;/p&gt;") {
			t.Errorf("the feed %s does not write the date as %s: %s", path, want, body)
		}
	}
	revise(t, s.store, func() content.Item {
		event.Publication = &content.Publication{Status: content.PubWithheld}
		return event
	}())
	if w := get("/feeds/talks/lake-talks.atom", ""); strings.Contains(w.Body.String(), "Late") {
		t.Error("what is withheld is in the feed")
	}
	for path, want := range map[string]int{
		"/feeds/talks/nowhere.atom": 404, "/feeds/talks/lake-talks": 404, "/feeds/talks/lake-talks.rss": 404, "/feeds/talks/A.atom": 404,
		"/feeds/talks/lake-talks.atom?locales=?": 400, "/feeds/talks/lake-talks.atom?locales=fr,ar": 200,
	} {
		if w := get(path, ""); w.Code != want {
			t.Errorf("%s is answered %d, want %d", path, w.Code, want)
		}
	}
	if get("/feeds/talks/lake-talks.atom?locales=ar", "").Header().Get("ETag") == get("/feeds/talks/lake-talks.atom", "").Header().Get("ETag") {
		t.Error("another language has the same tag")
	}
}
