package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/content"
)

var errBroken = errors.New("the disk is broken")

// breaking is a connection whose statements fail from one of them on, but for those that roll back. Where alone is set, one fails
// and those that follow do not; it fails as well when the transaction is tried again.
type breaking struct {
	driver.ExecerContext
	driver.ConnPrepareContext
	left  int // statements that do not fail; -1 for all
	ran   int
	alone bool
	each  func(n int)    // is called before each statement
	begun map[string]int // how often each text was run in this transaction
	first string         // the text that failed first
	turn  int            // and which of those of its transaction it was
}

func (b *breaking) fail(text string) error {
	if b.left < 0 && b.each == nil || strings.HasPrefix(strings.TrimPrefix(text, "prepare "), "ROLLBACK") {
		return nil
	}
	if b.ran++; b.each != nil {
		b.each(b.ran)
	}
	if b.ran == 1 || strings.HasPrefix(text, "BEGIN") {
		b.begun = map[string]int{}
	}
	b.begun[text]++
	switch {
	case b.left < 0 || b.ran <= b.left:
		return nil
	case b.ran == b.left+1:
		b.first, b.turn = text, b.begun[text]
	case b.alone && (text != b.first || b.begun[text] != b.turn):
		return nil
	}
	return errBroken
}

func (b *breaking) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if err := b.fail(text); err != nil {
		return nil, err
	}
	return b.ExecerContext.ExecContext(ctx, text, args)
}

func (b *breaking) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if err := b.fail("prepare " + text); err != nil {
		return nil, err
	}
	st, err := b.ConnPrepareContext.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return breakingStatement{st.(statement), b, text}, nil
}

type breakingStatement struct {
	statement
	of   *breaking
	text string
}

func (s breakingStatement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.of.fail(s.text); err != nil {
		return nil, err
	}
	return s.statement.ExecContext(ctx, args)
}

func (s breakingStatement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.of.fail(s.text); err != nil {
		return nil, err
	}
	return s.statement.QueryContext(ctx, args)
}

// broken puts a connection that can be broken in the place of the writer's.
func broken(t *testing.T, s *Store) *breaking {
	t.Helper()
	b := &breaking{left: -1}
	err := s.queue.do(t.Context(), func(_ context.Context, w *writer) error {
		b.ExecerContext, _ = w.driven.(driver.ExecerContext)
		b.ConnPrepareContext, _ = w.driven.(driver.ConnPrepareContext)
		clear(w.kept)
		w.driven = b
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFailedStatementsRefuseWrites has the database fail at each statement of a write in turn, alone and with all that follow it:
// the write is refused with that error and nothing of it is kept. Then it is made.
func TestFailedStatementsRefuseWrites(t *testing.T) {
	s := openTest(t)
	refs := sample(t, s)
	mediator := content.TypeNamed("Mediator")
	before := apply(t, s, of(content.Update, refs["round"], map[string]any{"title": "Round of Zebulon", "summary": "Zebulon spoke"})).Revision
	redact, revert := of(content.Redact, refs["round"], nil), of(content.Revert, refs["event"], nil)
	redact.Text, revert.To = "Zebulon", 2
	embargo := of(content.Publish, refs["position"], nil)
	embargo.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: time.Now().Add(time.Hour)}
	remove := of(content.Delete, refs["round"], nil)
	remove.Cascade = true
	renamed := of(content.Update, refs["process"], map[string]any{"title": "Doha process"})
	renamed.Slug = "doha-process"
	for _, c := range []struct {
		name  string
		set   content.ChangeSet
		write func() (content.ApplyResult, error) // nil applies the set
		keeps bool                                // that it makes no revision
	}{
		{name: "items of each kind", set: content.ChangeSet{Changes: []content.Change{
			create("Talk", "t", map[string]any{"title": "Second round", "parent": slugged("Talk", "cairo-process"), "issues": []content.Target{slugged("Issue", "hostages")}}),
			create("Position", "p", map[string]any{"holder": "The other side", "issue": slugged("Issue", "hostages"), "citations": cite(slugged("Source", "a-report"))}),
			create("Event", "e", map[string]any{
				"title": "A meeting", "talk": local("Talk", "t"), "occurredOn": edtf(t, "2024"), "citations": cite(refs["source"]), "place": map[string]any{"name": "Cairo"},
				"mediators":    []content.Target{{Type: mediator, External: &content.ExternalID{Scheme: "wikidata", Value: "Q79"}}},
				"translations": []map[string]any{titled("fr", "Une rencontre")},
			}),
			create("Agreement", "a", map[string]any{"title": "An accord", "talk": local("Talk", "t"), "provisions": []map[string]any{{"title": "First"}}}),
		}}},
		{name: "whole items", set: content.ChangeSet{Items: []content.Item{
			{Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", "visit"), Slug: "visit", Values: map[string]any{
				"title": "A visit", "talk": content.Ref{Type: "Talk", Key: refs["process"].Key}, "occurredOn": edtf(t, "2022"),
				"externalIds": []map[string]any{{"scheme": "wikidata", "value": "Q1"}}, "translations": []map[string]any{titled("fr", "Une visite")},
			}},
		}}},
		{name: "one field", set: content.ChangeSet{Changes: []content.Change{of(content.Update, refs["event"], map[string]any{"title": "Another statement", "occurredOn": edtf(t, "2023-12-01")})}}},
		{name: "a talk", set: content.ChangeSet{Changes: []content.Change{of(content.Update, refs["event"], map[string]any{"talk": refs["process"]})}}},
		{name: "a name", set: content.ChangeSet{Changes: []content.Change{of(content.Update, refs["egypt"], map[string]any{"name": "Arab Republic of Egypt", "aliases": []string{"Misr"}})}}},
		{name: "a slug", set: content.ChangeSet{Changes: []content.Change{renamed}}},
		{name: "an actor in another capacity", set: content.ChangeSet{Changes: []content.Change{{
			Op: content.Create, Type: content.TypeNamed("Party"), Values: map[string]any{"name": "Egypt"}, ExistingActor: &content.Target{Type: mediator, Key: refs["egypt"].Key}, Path: "input",
		}}}},
		{name: "an embargo", set: content.ChangeSet{Changes: []content.Change{embargo}}},
		{name: "an embargo that ends", write: func() (done content.ApplyResult, err error) {
			s.now = func() time.Time { return time.Now().Add(2 * time.Hour) }
			done.Revision, err = s.LiftEmbargoes(t.Context())
			return done, err
		}},
		{name: "rebuilt", keeps: true, write: func() (content.ApplyResult, error) { return content.ApplyResult{}, s.Rebuild(t.Context()) }},
		{name: "withdrawn", set: content.ChangeSet{Changes: []content.Change{of(content.Withdraw, refs["event"], nil)}}},
		{name: "an old version", set: content.ChangeSet{Changes: []content.Change{revert}}},
		{name: "an undone revision", set: content.ChangeSet{Undo: before}},
		{name: "a redaction", set: content.ChangeSet{Changes: []content.Change{redact}}},
		{name: "a note", set: content.ChangeSet{Annotate: &content.Annotation{Revision: 1, Note: "Noted", Noted: true}}},
		{name: "deleted", set: content.ChangeSet{Changes: []content.Change{of(content.Delete, refs["position"], nil)}}},
		{name: "deleted with what belongs to it", set: content.ChangeSet{Changes: []content.Change{remove}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			write := c.write
			if write == nil {
				c.set.Author, c.set.Reason = "Nadia", "UPDATE"
				write = func() (content.ApplyResult, error) { return s.Apply(t.Context(), c.set) }
			}
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b := broken(t, s)
			for i := 0; ; i++ {
				n := i / 2
				b.ran, b.left, b.alone = 0, n, i%2 == 0
				done, err := write()
				whole := b.ran <= n
				b.left = -1
				if whole {
					if err != nil || !c.keeps && done.Revision != head+1 || n < 5 {
						t.Fatalf("after %d statements: %+v, %v", n, done, err)
					}
					return
				}
				if err == nil && done.Redacted != nil && !done.Redacted.Rewritten { // it is committed, and the file is rewritten later
					return
				}
				if !errors.Is(err, errBroken) {
					t.Errorf("statement %d fails, alone: %t, and the write ends with %v: %s", n+1, b.alone, err, b.first)
				}
				if after, err := s.Head(t.Context()); after != head || err != nil {
					t.Fatalf("statement %d fails, alone: %t, and revision %d is there after %d, %v: %s", n+1, b.alone, after, head, err, b.first)
				}
			}
		})
	}
}

// TestInterruptedWritesAreWhole has the caller of a write go away at each of its statements: the write is made whole, or nothing of
// it is.
func TestInterruptedWritesAreWhole(t *testing.T) {
	item := func(slug content.Slug) content.Item {
		return content.Item{Type: content.TypeNamed("Source"), Key: content.NamedKey("Source", slug), Slug: slug, Values: map[string]any{"title": string(slug)}}
	}
	add := func(slug string) content.Change { return create("Source", slug, map[string]any{"title": slug}) }
	for name, set := range map[string]content.ChangeSet{
		"items":   {Items: []content.Item{item("a"), item("b"), item("c")}},
		"changes": {Changes: []content.Change{add("a"), add("b"), add("c")}},
		"a stream": {Stream: func(yield func(content.Item, error) bool) {
			_ = yield(item("a"), nil) && yield(item("b"), nil) && yield(item("c"), nil)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			set.Author, set.Reason = "Nadia", "UPDATE"
			s := openTest(t)
			b := broken(t, s)
			for n := 1; ; n++ {
				ctx, cancel := context.WithCancel(t.Context())
				b.ran, b.each = 0, func(ran int) {
					if ran == n {
						cancel()
					}
				}
				_, err := s.Apply(ctx, set)
				cancel()
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Fatalf("the caller goes at statement %d: %v", n, err)
				}
				made := count(t, s, "SELECT COUNT(*) FROM source")
				if want := map[bool]int{true: 3}[err == nil]; made != want {
					t.Fatalf("the caller goes at statement %d, %v, and %d sources are made", n, err, made)
				}
				if err == nil {
					return
				}
			}
		})
	}
}
