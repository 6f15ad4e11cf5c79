package service_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/content"
	"parley/internal/parleytest"
	"parley/store"
)

// TestEmbargoesLift holds a talk back, once for a moment of the running server and once for one that the server slept
// through, and waits for it to be public: a revision made that so.
func TestEmbargoesLift(t *testing.T) {
	for _, slept := range []bool{false, true} {
		db := filepath.Join(t.TempDir(), "parley.db")
		st, err := store.Open(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		until := time.Now().Add(300 * time.Millisecond)
		if _, err := st.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: []content.Change{{
			Op: content.Create, Type: content.TypeNamed("Talk"), Values: map[string]any{"title": "Held back"},
			Publication: &content.Publication{Status: content.PubUsable, EmbargoedUntil: until},
		}}}); err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		if slept {
			<-time.After(time.Until(until))
		}
		url := parleytest.Start(t, "--db", db)
		var answer string
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline) && !strings.Contains(answer, "held-back"); {
			answer = parleytest.Ask(t, url, "{ talks { nodes { slug embargoedUntil } } service { revision } }")
			if strings.Contains(answer, "held-back") && time.Now().Before(until) {
				t.Errorf("public before its time: %s", answer)
			}
		}
		if want := `{"data":{"talks":{"nodes":[{"slug":"held-back","embargoedUntil":null}]},"service":{"revision":2}}}`; answer != want {
			t.Errorf("slept %t: %s; want %s", slept, answer, want)
		}
	}
}
