package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"parley/content"
	"parley/store/sqlgen"
)

// Bounds of what is held in memory.
const (
	maxCachedRows   = 20_000
	maxCachedBytes  = 4 << 20 // of one type and one set of fields
	maxCachedTables = 16      // of those
)

// cachedTable are the visible rows of a small type, with some of its fields, as they were at a revision and are until a later
// one changes the type. They are never changed.
type cachedTable struct {
	rows map[content.Key]content.Row // nil where they are too many
	// since is the revision that a row is as it is from, the newest of them at last.
	since map[content.Key]content.Revision
	last  content.Revision
	from  content.Revision
	// until is a revision up to which the type is known not to have changed.
	until atomic.Int64
}

// tableCache keeps the cached tables.
type tableCache struct {
	mu  sync.Mutex
	all map[string]*cachedTable
}

// cachedRows returns the rows of now that a selection asks for, as they are in the reader's snapshot. Rows in memory are used
// only where the log says that the type has not changed since.
func (r *reader) cachedRows(ctx context.Context, sel *content.Selection) (*cachedTable, error) {
	name := sel.Type.Name + ":" + strings.Join(sel.Fields, ",")
	h := r.store.tables.get(name)
	if h != nil && h.from <= r.head {
		same, err := r.unchanged(ctx, h, sel.Type)
		if err != nil || same {
			return h, err
		}
	}
	h, err := r.cacheTable(ctx, sel)
	if err == nil {
		r.store.tables.put(name, h)
	}
	return h, err
}

// wasCached returns the rows of a selection with those keys as they were at the revision of the past that is read: from
// memory where they have not changed since; the function reads the others.
func (h *cachedTable) wasCached(at content.Revision, keys []content.Key, read func(changed []content.Key) (map[content.Key]content.Row, error)) (map[content.Key]content.Row, error) {
	if h.last <= at {
		return h.rows, nil
	}
	var changed []content.Key
	for _, key := range keys {
		if h.since[key] > at {
			changed = append(changed, key)
		}
	}
	if len(changed) == 0 {
		return h.rows, nil
	}
	was, err := read(changed)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if row, ok := h.rows[key]; ok && h.since[key] <= at {
			was[key] = row
		}
	}
	return was, nil
}

// unchanged reports whether no revision changed the type after what is held, up to the reader's.
func (r *reader) unchanged(ctx context.Context, h *cachedTable, t *content.Type) (bool, error) {
	until := h.until.Load()
	if int64(r.head) <= until {
		return true, nil
	}
	names := "'" + t.Name + "'"
	if t.Base == "Actor" {
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

// cacheTable reads the visible rows of a type.
func (r *reader) cacheTable(ctx context.Context, sel *content.Selection) (*cachedTable, error) {
	view := r.view
	view.At = 0
	q, err := newRowReader(&content.Selection{Type: sel.Type, Fields: sel.Fields, Rows: true}, view)
	if err != nil {
		return nil, err
	}
	h := &cachedTable{rows: map[content.Key]content.Row{}, since: map[content.Key]content.Revision{}, from: r.head}
	h.until.Store(int64(r.head))
	bytes := 0
	since := "x.from_rev"
	if sel.Type.IsView() { // what is seen as a mediator or a party may be so from later on
		since = "MAX(x.from_rev, c.from_rev)"
	}
	rows := &sqlgen.Select{
		Cols: append(sqlgen.Texts(since), q.ColumnList()...), From: sqlgen.Source(sel.Type), Where: sqlgen.Visible(sel.Type, view), Limit: sqlgen.Text(strconv.Itoa(maxCachedRows + 1)),
	}
	err = r.snapshot.query(ctx, sqlgen.Render(rows), nil, func(found *row) error {
		rev, _ := found.columns[0].(int64)
		row, _, err := q.scan(&row{found.columns[1:]})
		for _, v := range row.Values {
			text, _ := v.(string)
			bytes += len(text) + 16
		}
		h.rows[row.Key], h.since[row.Key] = row, content.Revision(rev)
		h.last = max(h.last, content.Revision(rev))
		return err
	})
	if len(h.rows) > maxCachedRows || bytes > maxCachedBytes {
		h.rows = nil
	}
	if err != nil {
		return nil, fmt.Errorf("hold %s: %w", sel.Type.Plural, err)
	}
	return h, nil
}

func (h *tableCache) get(name string) *cachedTable {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all[name]
}

func (h *tableCache) put(name string, rows *cachedTable) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil || len(h.all) >= maxCachedTables && h.all[name] == nil {
		h.all = map[string]*cachedTable{}
	}
	h.all[name] = rows
}
