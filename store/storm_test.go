package store

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/content"
)

// storm is how long TestStorm lasts: two seconds while one works, a minute at night.
var storm = flag.Duration("storm", 2*time.Second, "how long writers and readers work at once")

// TestStorm has 8 writers and 32 readers work at once. Writers add one to a number that all of them share, each from the
// revision that it read: a lost update shows in the sum. Each revision writes the number in two items: a torn read shows
// in a reader that sees them differ.
func TestStorm(t *testing.T) {
	s := openTest(t)
	refs := apply(t, s, create("Talk", "", map[string]any{"title": "A", "summary": "0"}), create("Issue", "", map[string]any{"title": "B", "summary": "0"})).Refs
	whole := t.Context()
	ctx, cancel := context.WithTimeout(whole, *storm)
	defer cancel()
	var written, conflicts, reads atomic.Int64
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			for ctx.Err() == nil {
				number, at, err := pair(whole, s, refs)
				if err != nil {
					t.Errorf("writer %d: %v", n, err)
					return
				}
				next := map[string]any{"summary": strconv.Itoa(number + 1)}
				a, b := of(content.Update, refs[0], next), of(content.Update, refs[1], next)
				a.IfRevision, b.IfRevision = at, at
				_, err = s.Apply(whole, content.ChangeSet{Author: strconv.Itoa(n), Reason: "UPDATE", Changes: []content.Change{a, b}})
				var problems content.Problems
				switch {
				case err == nil:
					written.Add(1)
				case errors.As(err, &problems) && problems[0].Code == content.Conflict:
					conflicts.Add(1)
				default:
					t.Errorf("writer %d: %v", n, err)
					return
				}
			}
		})
	}
	for n := range 32 {
		all.Go(func() {
			for ctx.Err() == nil {
				if _, _, err := pair(whole, s, refs); err != nil {
					t.Errorf("reader %d: %v", n, err)
					return
				}
				reads.Add(1)
			}
		})
	}
	all.Wait()
	number, at, err := pair(whole, s, refs)
	if err != nil || int64(number) != written.Load() || int64(at) != written.Load()+1 {
		t.Errorf("%d updates were acknowledged; the number is %d at revision %d, %v", written.Load(), number, at, err)
	}
	if written.Load() == 0 || reads.Load() == 0 {
		t.Error("nobody did anything")
	}
	t.Logf("%d writes, %d conflicts, %d reads", written.Load(), conflicts.Load(), reads.Load())
}

// pair reads the number that two items hold, and the revision; it is an error if they differ.
func pair(ctx context.Context, s *Store, refs []content.Ref) (int, content.Revision, error) {
	sels := make([]*content.Selection, len(refs))
	for i, ref := range refs {
		sels[i] = &content.Selection{Type: content.TypeNamed(ref.Type), Keys: []content.Key{ref.Key}, Rows: true, Fields: []string{"summary", "revision"}}
	}
	results, head, err := s.Read(ctx, content.View{Audience: content.Staff}, sels)
	if err != nil {
		return 0, 0, err
	}
	a, b := results[0].Lists[refs[0].Key].Rows[0].Values, results[1].Lists[refs[1].Key].Rows[0].Values
	if fmt.Sprint(a) != fmt.Sprint(b) {
		return 0, 0, fmt.Errorf("a torn read at revision %d: %v and %v", head, a, b)
	}
	number, err := strconv.Atoi(fmt.Sprint(a[0]))
	return number, head, err
}
