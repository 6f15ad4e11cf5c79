package store

import (
	"fmt"
	"strings"
	"testing"

	"parley/content"
)

// TestSeenChanges follows what readers without a token are told of an event to which a withheld mediator is added: nothing, until the
// mediator is published; then the event is told as changed, and again where the mediator is withdrawn.
func TestSeenChanges(t *testing.T) {
	s := open(t)
	key := func(name, slug string) content.Key { return content.NamedKey(name, content.Slug(slug)) }
	host := content.Ref{Type: "Mediator", Key: key("Mediator", "host")}
	mediator := content.Item{
		Type: content.TypeNamed("Mediator"), Key: host.Key, Slug: "host", Values: map[string]any{"name": "Host"},
		Publication: &content.Publication{Status: content.PubWithheld},
	}
	event := content.Item{Type: content.TypeNamed("Event"), Key: key("Event", "meeting"), Slug: "meeting", Values: map[string]any{"title": "Meeting"}}
	apply := func(set content.ChangeSet) {
		t.Helper()
		set.Author, set.Reason = "test", "UPDATE"
		if _, err := s.Apply(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	told := func(after content.Revision) string {
		t.Helper()
		page, err := s.Changes(t.Context(), content.Changes{After: after, Size: 10})
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		fmt.Fprint(&text, page.Head, ":")
		for _, c := range page.Changes {
			fmt.Fprint(&text, " ", c.Op, " ", c.Ref.Type, " ", c.Fields)
		}
		return text.String()
	}
	wants := func(after content.Revision, want string) {
		t.Helper()
		if got := told(after); got != want {
			t.Errorf("after revision %d readers are told %q, want %q", after, got, want)
		}
	}
	apply(content.ChangeSet{Items: []content.Item{mediator, event}})
	wants(0, "1: CREATED Event []")
	event.Values["mediators"] = []content.Ref{host}
	apply(content.ChangeSet{Items: []content.Item{event}})
	wants(1, "1:")
	event.Values["title"] = "A meeting"
	event.Values["mediators"] = nil
	delete(event.Values, "mediators")
	apply(content.ChangeSet{Items: []content.Item{event}})
	wants(1, "3: UPDATED Event [title]")
	event.Values["mediators"] = []content.Ref{host}
	apply(content.ChangeSet{Items: []content.Item{event}})
	wants(3, "3:")
	publish := content.Change{Op: content.Publish, Type: mediator.Type, Key: host.Key}
	apply(content.ChangeSet{Changes: []content.Change{publish}})
	wants(3, "5: UPDATED Event [mediators] CREATED Mediator []")
	publish.Op = content.Withdraw
	apply(content.ChangeSet{Changes: []content.Change{publish}})
	wants(5, "6: UPDATED Event [mediators] DELETED Mediator []")
	wants(0, "6: CREATED Event []")
	heads, err := s.Heads(t.Context())
	if err != nil || heads != (content.Heads{Newest: 6, Public: 6}) {
		t.Errorf("the newest revisions are %+v, %v", heads, err)
	}
	apply(content.ChangeSet{Changes: []content.Change{{Op: content.Delete, Type: event.Type, Key: event.Key}}})
	wants(6, "7: DELETED Event []")
}
