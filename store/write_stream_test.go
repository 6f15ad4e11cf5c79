package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// meetings streams talks and so many events, every one with a summary.
func meetings(n int, summary string, end error) func(func(content.Item, error) bool) {
	return func(yield func(content.Item, error) bool) {
		for i := range 3 {
			if !yield(talk(fmt.Sprintf("talk-%d", i), "Talk", ""), nil) {
				return
			}
		}
		for i := range n {
			slug := content.Slug(fmt.Sprintf("meeting-%d", i))
			day, err := content.ParseEDTF(fmt.Sprintf("2020-01-%02d", i%28+1))
			item := content.Item{Type: content.TypeNamed("Event"), Key: content.NamedKey("Event", slug), Slug: slug, Values: map[string]any{
				"title": fmt.Sprintf("Meeting %d", i), "summary": summary, "occurredOn": day, "locale": "en",
				"talk": content.Ref{Type: "Talk", Key: content.NamedKey("Talk", content.Slug(fmt.Sprintf("talk-%d", i%3)))},
			}}
			if !yield(item, err) {
				return
			}
		}
		if end != nil {
			yield(content.Item{}, end)
		}
	}
}

// TestBulkLoad holds that a long stream makes one revision that is as if it had been written item by item, that its
// indexes are there again, and that one that fails leaves nothing.
func TestBulkLoad(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	const indexes = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name"
	before := rowsOf(t, s, indexes)
	n := 2*batchAhead + 7
	broken := errors.New("the file is cut off")
	for _, step := range []struct {
		n       int
		summary string
		end     error
		want    content.Revision
	}{{n, "First.", broken, 0}, {n, "First.", nil, 1}, {n, "First.", nil, 1}, {n, "Second.", broken, 1}, {n, "Second.", nil, 2}, {5, "Third.", nil, 3}} {
		rev, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "IMPORT", Stream: meetings(step.n, step.summary, step.end)})
		if !errors.Is(err, step.end) {
			t.Fatalf("%+v: %v", step, err)
		}
		if head, _ := s.Head(t.Context()); head != step.want || err == nil && rev != step.want {
			t.Fatalf("%+v: revision %d, the newest is %d", step, rev, head)
		}
		if d := cmp.Diff(before, rowsOf(t, s, indexes)); d != "" {
			t.Fatalf("%+v: indexes (-want +got)\n%s", step, d)
		}
	}
	var changes, places int
	const count = "SELECT (SELECT COUNT(*) FROM change WHERE revision = 1), (SELECT COUNT(*) FROM event_list)"
	if err := s.readers.QueryRow(count).Scan(&changes, &places); err != nil || changes != n+3 || places != 2*n {
		t.Errorf("%d changes and %d places, %v; want %d and %d", changes, places, err, n+3, 2*n)
	}
	checkRecord(t, s)
}

// TestBulkLoadIsGivenUp holds that a load whose author goes away leaves the record as it was, while events come and while
// they are written, and that its temporary file is gone.
func TestBulkLoadIsGivenUp(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	const all = "SELECT name, sql FROM sqlite_schema UNION ALL SELECT number, at FROM revision UNION ALL SELECT item_id, fields FROM change ORDER BY 1, 2"
	before := rowsOf(t, s, all)
	n := 10 * batchAhead
	for _, after := range []int{batchAhead / 2, 2*batchAhead + 1, n + 3} {
		ctx, cancel := context.WithCancel(t.Context())
		i := 0
		items := func(yield func(content.Item, error) bool) {
			for item, err := range meetings(n, "Given up.", nil) {
				if i++; i == after {
					cancel()
				}
				if !yield(item, err) {
					return
				}
			}
		}
		if _, err := s.Write(ctx, content.ChangeSet{Author: "a", Reason: "IMPORT", Stream: items}); !errors.Is(err, context.Canceled) {
			t.Errorf("given up after %d items: %v", after, err)
		}
		if i > after+6*batchAhead {
			t.Errorf("given up after %d items, %d are read", after, i)
		}
		if d := cmp.Diff(before, rowsOf(t, s, all)); d != "" {
			t.Errorf("given up after %d items (-want +got)\n%s", after, d)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d temporary files are left: %v", len(left), err)
	}
	if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "IMPORT", Stream: meetings(n, "Taken.", nil)}); err != nil {
		t.Error(err)
	}
	checkRecord(t, s)
}

// TestStreamReachesWhatItRefersTo refuses a stream, short or long, with an event of a talk that is not there, and holds that
// SQLite looks after references again once a stream is over.
func TestStreamReachesWhatItRefersTo(t *testing.T) {
	s := openTest(t)
	for _, n := range []int{1, batchAhead + 1} {
		lost := func(yield func(content.Item, error) bool) {
			for item, err := range meetings(n, "Lost.", nil) {
				if item.Type.Name == "Event" && !yield(item, err) {
					return
				}
			}
		}
		rev, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "IMPORT", Stream: lost})
		if err == nil || !strings.Contains(err.Error(), "an item references talk_") {
			t.Errorf("%d events: revision %d, %v", n, rev, err)
		}
		if head, err := s.Head(t.Context()); err != nil || head != 0 {
			t.Errorf("%d events: the newest revision is %d, %v", n, head, err)
		}
		if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Items: slices.Collect(itemsOf(lost))[:1]}); err == nil {
			t.Errorf("%d events: SQLite does not look after references any more", n)
		}
	}
}

// itemsOf are the items of a stream that has no error.
func itemsOf(stream iter.Seq2[content.Item, error]) iter.Seq[content.Item] {
	return func(yield func(content.Item) bool) {
		for item := range stream {
			if !yield(item) {
				return
			}
		}
	}
}
