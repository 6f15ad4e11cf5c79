package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"parley/content"
)

// Bounds of what is held in memory.
const (
	maxHeldRows  = 20_000
	maxHeldBytes = 4 << 20 // of one type and one set of fields
	maxHeld      = 16      // of those
)

// small are the types whose visible rows are held in memory, for the fields that are asked of them: there are few of
// them, and almost every answer names some.
func small() []string { return []string{"Mediator", "Party", "Issue"} }

// held are the visible rows of a small type, with some of its fields, as they were at a revision and are until a later
// one changes the type. They are never changed.
type held struct {
	rows map[content.Key]content.Row // nil where they are too many
	from content.Revision
	// until is a revision up to which the type is known not to have changed.
	until atomic.Int64
}

// holder keeps what is held.
type holder struct {
	mu  sync.Mutex
	all map[string]*held
}

// holdable reports whether the rows of a selection may be held: those of a small type, with fields that are columns of
// their own row.
func holdable(sel *content.Selection) bool {
	return slices.Contains(small(), sel.Type.Name) && !slices.ContainsFunc(sel.Fields, func(f string) bool { return !isPlain(sel.Type, f) })
}

// held returns the rows that a selection asks for, by key, as they are in the reader's snapshot; nil where they are too
// many. What is in memory is used only where the log says that the type has not changed since.
func (r *reader) held(ctx context.Context, sel *content.Selection) (map[content.Key]content.Row, error) {
	name := sel.Type.Name + ":" + strings.Join(sel.Fields, ",")
	h := r.store.holder.get(name)
	if h != nil && h.from <= r.head {
		same, err := r.unchanged(ctx, h, sel.Type)
		if err != nil || same {
			return h.rows, err
		}
	}
	h, err := r.hold(ctx, sel)
	if err != nil {
		return nil, err
	}
	r.store.holder.put(name, h)
	return h.rows, nil
}

// unchanged reports whether no revision changed the type after what is held, up to the reader's.
func (r *reader) unchanged(ctx context.Context, h *held, t *content.Type) (bool, error) {
	until := h.until.Load()
	if int64(r.head) <= until {
		return true, nil
	}
	names := "'" + t.Name + "'"
	if t.Table == "Actor" {
		names = "'Mediator', 'Party'"
	}
	changed := false
	text := "SELECT 1 FROM change WHERE revision > $1 AND type IN (" + names + ") LIMIT 1"
	err := r.snapshot.query(unwatched(ctx), text, []any{until}, func(*row) error {
		changed = true
		return nil
	})
	if err == nil && !changed {
		h.until.CompareAndSwap(until, int64(r.head))
	}
	return !changed, err
}

// hold reads the visible rows of a type.
func (r *reader) hold(ctx context.Context, sel *content.Selection) (*held, error) {
	q, err := newQuery(&content.Selection{Type: sel.Type, Fields: sel.Fields, Rows: true}, r.view)
	if err != nil {
		return nil, err
	}
	h := &held{rows: map[content.Key]content.Row{}, from: r.head}
	h.until.Store(int64(r.head))
	bytes := 0
	text := "SELECT " + q.columnList() + "\nFROM " + source(sel.Type) + "\nWHERE " + visible(sel.Type, r.view) + fmt.Sprintf("\nLIMIT %d", maxHeldRows+1)
	err = r.snapshot.query(ctx, text, nil, func(found *row) error {
		row, _, err := q.scan(found)
		for _, v := range row.Values {
			text, _ := v.(string)
			bytes += len(text) + 16
		}
		h.rows[row.Key] = row
		return err
	})
	if len(h.rows) > maxHeldRows || bytes > maxHeldBytes {
		h.rows = nil
	}
	if err != nil {
		return nil, fmt.Errorf("hold %s: %w", sel.Type.Plural, err)
	}
	return h, nil
}

func (h *holder) get(name string) *held {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[name]
}

func (h *holder) put(name string, rows *held) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil || len(h.all) >= maxHeld && h.all[name] == nil {
		h.all = map[string]*held{}
	}
	h.all[name] = rows
}
