package cache

import (
	"strings"
	"testing"

	"parley/content"
)

// TestSurrogatesAreBounded holds that many items are named by their type alone, so that headers stay short.
func TestSurrogatesAreBounded(t *testing.T) {
	sel := &content.Selection{Key: "event", Type: content.TypeNamed("Event"), Keys: []content.Key{}}
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for i := range content.Key(100) {
		sel.Keys = append(sel.Keys, i)
		res.Lists[i] = &content.List{Rows: []content.Row{{Key: i}}}
	}
	s := SurrogatesOf([]*content.Selection{sel}, []*content.Result{res})
	text := strings.Join(s.Keys, " ")
	if s.Objects != 100 || strings.Count(text, "event_") != maxSurrogates || !strings.HasSuffix(text, " event") || len(text) > 2000 {
		t.Errorf("%d objects are purged by %d bytes: %s", s.Objects, len(text), text)
	}
}
