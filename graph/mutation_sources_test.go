package graph_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestPublishedWithSources: no item becomes public while readers see none of its sources, whichever way it is published.
func TestPublishedWithSources(t *testing.T) {
	s := newService(t)
	admin, editor := s.token(t, content.Admin), s.token(t, content.Editor)
	n := 0
	// draft makes a withheld source and a withheld item of a type that cites it, under a talk.
	draft := func(typ string) (source, item, talk string) {
		t.Helper()
		n++
		talk = s.done(t, admin, "createTalk", "talk { id }", map[string]any{"title": fmt.Sprint("Talk ", n)})["talk"].(map[string]any)["id"].(string)
		source = s.done(t, admin, "createSource", "source { id }", map[string]any{"title": "Secret wire", "slug": fmt.Sprint("wire-", n)})["source"].(map[string]any)["id"].(string)
		input := map[string]any{"title": fmt.Sprint("Item ", n), "citations": []any{map[string]any{"source": map[string]any{"id": source}, "quote": "So they said."}}}
		if typ == "Event" {
			input["talk"] = map[string]any{"id": talk}
		}
		field := strings.ToLower(typ)
		item = s.done(t, admin, "create"+typ, field+" { id }", input)[field].(map[string]any)["id"].(string)
		return source, item, talk
	}
	for _, typ := range []string{"Event", "Agreement", "Article", "Talk"} {
		source, item, _ := draft(typ)
		publish := func(more map[string]any) ([]problem, any) {
			input := map[string]any{"ids": []any{item}}
			maps.Copy(input, more)
			p, errs := s.mutate(t, admin, "publishContent", "publishedIds", input)
			return errs, p["publishedIds"]
		}
		errs, _ := publish(nil)
		want := []any{map[string]any{"id": source, "slug": fmt.Sprint("wire-", n), "pubStatus": "WITHHELD"}}
		if told(errs) != "CONFLICT input.ids.0\n" || !cmp.Equal(errs[0].Extensions["sources"], want) || !strings.Contains(errs[0].Message, fmt.Sprintf("source %q (WITHHELD)", fmt.Sprint("wire-", n))) {
			t.Errorf("%s: published without its source: %v", typ, errs)
		}
		if errs, _ := publish(map[string]any{"embargoedUntil": "2999-01-01T00:00:00Z"}); told(errs) != "CONFLICT input.ids.0\n" {
			t.Errorf("%s: held back until its source would still be hidden: %v", typ, errs)
		}
		if errs, moved := publish(map[string]any{"includeSources": true}); len(errs) > 0 || !cmp.Equal(moved, []any{item, source}) {
			t.Errorf("%s: published with its source: %v, %v", typ, moved, errs)
		}
	}
	source, item, talk := draft("Event")
	if _, errs := s.mutate(t, admin, "publishContent", "publishedIds", map[string]any{"ids": []any{talk}, "descendants": true}); told(errs) != "CONFLICT input.ids.0\n" {
		t.Errorf("with the talk that it belongs to: %v", errs)
	}
	p := s.done(t, admin, "publishContent", "publishedIds", map[string]any{"ids": []any{talk}, "descendants": true, "includeSources": true, "embargoedUntil": "2999-01-01T00:00:00Z"})
	if !cmp.Equal(p["publishedIds"], []any{talk, item, source}) {
		t.Errorf("with the talk and its sources: %v", p)
	}
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": []any{source}})
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": []any{item}})
	if got := s.get(fmt.Sprintf(`{ event(id: %q) { citations { quote source { title } } } }`, item), "").Body.String(); !strings.Contains(got, `"source":{"title":"Secret wire"}`) {
		t.Errorf("readers see %s", got)
	}
	// A citation of a public item that changes to a source that is withheld.
	other, _, _ := draft("Article")
	cites := []any{map[string]any{"source": map[string]any{"id": other}}}
	if _, errs := s.mutate(t, admin, "updateEvent", "revision", map[string]any{"id": item, "citations": cites}); told(errs) != "CONFLICT input.citations\n" {
		t.Errorf("a public item cites another source: %v", errs)
	}
	// What applyChanges publishes.
	change := map[string]any{"createEvent": map[string]any{"publish": true, "title": "Collapse", "citations": cites}}
	if _, errs := s.mutate(t, editor, "applyChanges", "revision", map[string]any{"changes": []any{change}}); told(errs) != "FORBIDDEN input.changes.0.createEvent.publish\n" {
		t.Errorf("an editor publishes: %v", errs)
	}
	if _, errs := s.mutate(t, editor, "applyChanges", "revision", map[string]any{"changes": []any{map[string]any{"createSource": map[string]any{"title": "x"}}}, "includeSources": true}); told(errs) != "FORBIDDEN input.includeSources\n" {
		t.Errorf("an editor publishes sources: %v", errs)
	}
	if _, errs := s.mutate(t, admin, "applyChanges", "revision", map[string]any{"changes": []any{change}}); told(errs) != "CONFLICT input.changes.0.createEvent.citations\n" {
		t.Errorf("created without its source: %v", errs)
	}
	before := s.head(t)
	whole := []any{
		map[string]any{"createEvent": map[string]any{"publish": true, "title": "Collapse", "talk": map[string]any{"key": "t"}, "citations": []any{map[string]any{"source": map[string]any{"key": "s"}}}}},
		map[string]any{"createSource": map[string]any{"key": "s", "publish": true, "title": "Wire of the day"}},
		map[string]any{"createTalk": map[string]any{"key": "t", "publish": true, "title": "Talks"}},
		map[string]any{"updateTalk": map[string]any{"id": "lake-talks", "talkStatus": "COLLAPSED"}},
	}
	s.done(t, admin, "applyChanges", "revision", map[string]any{"changes": whole, "publicNote": "They broke off."})
	if got := s.get(`{ talk(slug: "talks") { events { nodes { title citations { source { title } } } } } lake: talk(slug: "lake-talks") { talkStatus revision } }`, "").Body.String(); got !=
		fmt.Sprintf(`{"data":{"talk":{"events":{"nodes":[{"title":"Collapse","citations":[{"source":{"title":"Wire of the day"}}]}]}},"lake":{"talkStatus":"COLLAPSED","revision":%d}}}`, before+1) {
		t.Errorf("a collapse and its event appear in one revision: %s", got)
	}
	p = s.done(t, admin, "applyChanges", "nodes { pubStatus }", map[string]any{"changes": []any{change}, "includeSources": true})
	if got := s.get(fmt.Sprintf(`{ source(id: %q) { title } }`, other), "").Body.String(); !strings.Contains(got, "Secret wire") || fmt.Sprint(p["nodes"]) != "[map[pubStatus:USABLE]]" {
		t.Errorf("created with its source: %s, %v", got, p)
	}
	// A creation by itself.
	whole[2] = map[string]any{"title": "More talks", "publish": true}
	if _, errs := s.mutate(t, editor, "createTalk", "revision", whole[2].(map[string]any)); told(errs) != "FORBIDDEN input.publish\n" {
		t.Errorf("an editor publishes a talk: %v", errs)
	}
	if p = s.done(t, admin, "createTalk", "talk { pubStatus }", whole[2].(map[string]any)); fmt.Sprint(p["talk"]) != "map[pubStatus:USABLE]" {
		t.Errorf("created and published: %v", p)
	}
	if _, errs := s.mutate(t, admin, "createTalk", "revision", map[string]any{"title": "x", "key": "t"}); told(errs) != "BAD_USER_INPUT input.key\n" {
		t.Errorf("a key for one change: %v", errs)
	}
}

// TestChangesBySlug: an item that is changed or deleted is named by its id or by its slug, a former one too.
func TestChangesBySlug(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	for _, typ := range content.Types() {
		field := strings.ToLower(typ.Name)
		input := createInput(typ, 300)
		input["externalIds"] = nil
		input["slug"] = "by-slug-" + field
		made := s.done(t, admin, "create"+typ.Name, field+" { id }", input)[field].(map[string]any)["id"]
		got := s.done(t, admin, "update"+typ.Name, field+" { id slug }", map[string]any{"id": "by-slug-" + field, "slug": "renamed-" + field})[field].(map[string]any)
		if got["id"] != made || got["slug"] != "renamed-"+field {
			t.Errorf("%s by its slug: %v", typ.Name, got)
		}
		if again := s.done(t, admin, "update"+typ.Name, field+" { id }", map[string]any{"id": "by-slug-" + field})[field].(map[string]any)["id"]; again != made {
			t.Errorf("%s by its former slug: %v", typ.Name, again)
		}
		if _, errs := s.mutate(t, admin, "update"+typ.Name, "revision", map[string]any{"id": "nobody-knows"}); told(errs) != "NOT_FOUND input.id\n" {
			t.Errorf("%s by a slug that no item has: %v", typ.Name, errs)
		}
		if gone := s.done(t, admin, "delete"+typ.Name, "deletedIds", map[string]any{"id": "renamed-" + field, "cascade": true})["deletedIds"].([]any); gone[0] != made {
			t.Errorf("%s deleted by its slug: %v", typ.Name, gone)
		}
	}
	_, errs := s.mutate(t, admin, "applyChanges", "revision", map[string]any{"changes": []any{
		map[string]any{"updateTalk": map[string]any{"id": "nobody-knows", "title": "x"}}, map[string]any{"deleteTalk": map[string]any{"id": "no one"}},
	}})
	if told(errs) != "BAD_USER_INPUT input.changes.1.deleteTalk.id\n" {
		t.Errorf("several by slugs: %v", errs)
	}
	_, errs = s.mutate(t, admin, "applyChanges", "revision", map[string]any{"changes": []any{
		map[string]any{"updateTalk": map[string]any{"id": "nobody-knows", "title": "x"}}, map[string]any{"updateTalk": map[string]any{"id": "lake-talks", "title": "x"}},
	}})
	if told(errs) != "NOT_FOUND input.changes.0.updateTalk.id\n" {
		t.Errorf("several by slugs: %v", errs)
	}
}

// TestEmbargoesWaitForSources: an item whose embargo ends while readers see none of its sources stays held back.
func TestEmbargoesWaitForSources(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	source := s.done(t, admin, "createSource", "source { id }", map[string]any{"title": "Wire"})["source"].(map[string]any)["id"]
	event := s.done(t, admin, "createEvent", "event { id }", map[string]any{"title": "Soon", "citations": []any{map[string]any{"source": map[string]any{"id": source}}}})["event"].(map[string]any)["id"]
	soon := time.Now().Add(300 * time.Millisecond).UTC().Format(time.RFC3339Nano)
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": []any{event}, "includeSources": true, "embargoedUntil": soon})
	s.done(t, admin, "withdrawContent", "revision", map[string]any{"ids": []any{source}, "publicNote": "Not yet."})
	sees := func() bool {
		return strings.Contains(s.get(fmt.Sprintf(`{ event(id: %q) { title } }`, event), "").Body.String(), "Soon")
	}
	time.Sleep(400 * time.Millisecond)
	if _, err := s.store.LiftEmbargoes(t.Context()); err == nil || !strings.Contains(err.Error(), `event "soon" without its sources: source "wire" (WITHHELD)`) || sees() {
		t.Errorf("the embargo lifts without the source: %v, %t", err, sees())
	}
	s.done(t, admin, "publishContent", "revision", map[string]any{"ids": []any{source}})
	if _, err := s.store.LiftEmbargoes(t.Context()); err != nil || !sees() {
		t.Errorf("the embargo does not lift with the source: %v", err)
	}
}
