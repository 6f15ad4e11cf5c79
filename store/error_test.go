package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parley/content"
)

// TestTokensThatCannotBeRead holds that an error of the database is not taken for an unknown token.
func TestTokensThatCannotBeRead(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "parley.db"))
	token := created(t, s, "desk", content.Viewer, time.Time{})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, text := range []string{token, otherToken(t)} {
		if who, err := s.Authenticate(over, text); !errors.Is(err, context.Canceled) || code(err) == content.Unauthenticated || who != (content.Principal{}) {
			t.Errorf("%+v, %v", who, err)
		}
	}
	if _, err := s.Tokens(over); !errors.Is(err, context.Canceled) {
		t.Errorf("the list of tokens: %v", err)
	}
}

// TestReferencesThatCannotBeRead holds that an error of the database while a reference is looked for is not taken for a
// reference to nothing, of any form and in any place.
func TestReferencesThatCannotBeRead(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	mediator := content.TypeNamed("Mediator")
	slug, key := slugged("Mediator", "egypt"), content.Target{Type: mediator, Key: refs["egypt"].Key}
	external := content.Target{Type: mediator, External: &content.ExternalID{Scheme: "wikidata", Value: "Q79"}}
	for name, v := range map[string]any{
		"a slug": slug, "a pointer": &slug, "an id": key, "an identifier": external, "a reference": refs["egypt"],
		"slugs": []content.Target{slug}, "references": []content.Ref{refs["egypt"]},
		"an element": []map[string]any{{"actor": slug}},
	} {
		err := s.queue.do(t.Context(), func(_ context.Context, w *writer) error {
			_, err := w.resolveValue(over, v, "input.mediators")
			if len(w.problems) > 0 {
				t.Errorf("%s: %v", name, w.problems)
			}
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCommitsWakeWhoWaits holds that whoever waits for a revision of this process is woken by its commit, and not only by
// the look at what other processes wrote.
func TestCommitsWakeWhoWaits(t *testing.T) {
	s := openTest(t)
	for range 3 {
		woken := s.commits.wait()
		apply(t, s, create("Source", "a", map[string]any{"title": "A report"}))
		select {
		case <-woken:
		default:
			t.Fatal("the commit woke nobody")
		}
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Await(t.Context(), head-1); got.Newest != head || err != nil {
		t.Errorf("the revision that is there already: %d, %v; want %d", got.Newest, err, head)
	}
}

// TestFailedReads has each statement of a read fail in turn, while the others succeed: the read ends with that error and never with a
// part of what there is.
func TestFailedReads(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	between, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	apply(t, s, of(content.Update, refs["event"], map[string]any{"talk": refs["process"], "parties": []content.Ref{}}))
	reads := map[string]func(queryFunc) error{}
	for _, typ := range content.Types() {
		reads["whole "+typ.Plural] = func(query queryFunc) error {
			_, err := wholeItems(t.Context(), query, current, typ, "$2 = $2", 0)
			return err
		}
	}
	for name, q := range map[string]content.Changes{
		"all changes":                 {},
		"changes of types":            {Types: []*content.Type{content.TypeNamed("Talk"), content.TypeNamed("Event")}},
		"changes of a talk":           {Talk: refs["process"].Key},
		"newer changes of a talk":     {Talk: refs["process"].Key, After: between},
		"newer changes of a revision": {After: between, One: true},
	} {
		for _, audience := range []content.Audience{content.Public, content.Staff} {
			q.Audience, q.Size = audience, 100
			reads[fmt.Sprint(name, " for ", audience)] = func(query queryFunc) error { return (&changeReader{query: query, Changes: q}).read(t.Context()) }
		}
	}
	for name, read := range reads {
		for n, whole := 0, false; !whole; n++ {
			err := s.snapshot(t.Context(), func(query queryFunc) error {
				ran := 0
				err := read(func(ctx context.Context, text string, args []any, each func(*row) error) error {
					if ran++; ran == n+1 {
						return errBroken
					}
					return query(ctx, text, args, each)
				})
				whole = ran <= n
				return err
			})
			if !whole && !errors.Is(err, errBroken) || whole && err != nil {
				t.Errorf("statement %d of %s fails, and it ends with %v", n+1, name, err)
			}
		}
	}
}
