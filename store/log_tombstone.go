package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// tombstone reads what is left of an item that the public saw and sees no more, found by its key or by the last slug that
// it had then. There is no row where the public sees the item, or never did.
func (r *reader) tombstone(ctx context.Context, sel *content.Selection) (*content.Result, error) {
	t, key := sel.Of, "$1"
	operand := any(string(sel.Slug))
	if sel.Keys != nil {
		operand = int64(sel.Keys[0])
	} else {
		key = "(SELECT v.id FROM " + visibleVersions(t) + " WHERE v.slug = $1 ORDER BY " + ended(t) + " DESC LIMIT 1)"
	}
	res := &content.Result{Lists: map[content.Key]*content.List{0: {}}}
	text := "SELECT v.id, v.slug, " + ended(t) + " AS ended, r.at, r.note\nFROM " + visibleVersions(t) + "\nLEFT JOIN revision AS r ON r.number = " + ended(t) +
		"\nWHERE v.id = " + key + "\nORDER BY ended DESC\nLIMIT 1"
	err := r.run(ctx, text, []any{operand}, func(row *row) error {
		stone := content.Tombstone{Ref: content.Ref{Type: t.Name}}
		var at *int64
		var note *string
		if err := row.Scan(&stone.Ref.Key, &stone.Slug, &stone.Revision, &at, &note); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if at == nil {
			return nil // the public sees it
		}
		stone.At, stone.PublicNote = time.UnixMilli(*at).UTC(), *note
		res.Lists[0].Rows = []content.Row{{Key: stone.Ref.Key, Values: []any{stone}}}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the tombstone: %w", err)
	}
	return res, nil
}

// visibleVersions are the versions v of items of a type that the public saw; those of actors with the times a that they were
// of the type.
func visibleVersions(t *content.Type) string {
	table, until := sqlgen.Snake(t.Base), strconv.FormatInt(sqlgen.Standing, 10)
	text := "(SELECT id, slug, from_rev, " + until + " AS to_rev FROM " + table + " WHERE visible = 1 UNION ALL SELECT id, slug, from_rev, to_rev FROM " + table +
		"_history WHERE visible = 1) AS v"
	if t.Base == t.Name {
		return text
	}
	name := sqlgen.Snake(t.Name)
	return text + "\nJOIN (SELECT id, from_rev, " + until + " AS to_rev FROM " + name + " UNION ALL SELECT id, from_rev, to_rev FROM " + name +
		"_history) AS a ON a.id = v.id AND a.from_rev < v.to_rev AND v.from_rev < a.to_rev"
}

// ended is the revision that took a version v from public sight.
func ended(t *content.Type) string {
	if t.Base == t.Name {
		return "v.to_rev"
	}
	return "MIN(v.to_rev, a.to_rev)"
}
