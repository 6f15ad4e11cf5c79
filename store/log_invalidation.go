package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// maxInvalidations is how many changes are looked at for their dependencies; more than that touch everything.
const maxInvalidations = 1000

// InvalidatedSince returns what the revisions after one touched, each dependency with the last of them, and the newest revision; all
// is true where they were too many to list.
func (s *Store) InvalidatedSince(ctx context.Context, after content.Revision) (list []content.Invalidation, heads content.Heads, all bool, err error) {
	session, err := s.sessions.take(ctx)
	if err != nil {
		return nil, heads, false, err
	}
	defer s.sessions.give(session)
	err = session.use(ctx, func(n *snapshot) error {
		if err := n.query(ctx, newestOfAll, nil, func(row *row) error { return row.Scan(&heads.Newest, &heads.Public) }); err != nil {
			return fmt.Errorf("read the newest revision: %w", err)
		}
		var err error
		list, all, err = invalidatedSince(ctx, n, after)
		return err
	})
	return list, heads, all, err
}

// changeRow is a change as the log has it.
type changeRow struct {
	revision content.Revision
	item     *content.Type
	key      content.Key
	op       string
	fields   string // JSON
}

func invalidatedSince(ctx context.Context, n *snapshot, after content.Revision) ([]content.Invalidation, bool, error) {
	var redacted bool // the slugs that were blanked are gone, so that nothing says which answers they led to
	const redactions = "SELECT EXISTS (SELECT 1 FROM revision WHERE number > $1 AND reason = 'REDACTION')"
	err := n.query(ctx, redactions, []any{int64(after)}, func(row *row) error { return row.Scan(&redacted) })
	if err != nil || redacted {
		return nil, true, err
	}
	const text = `SELECT c.revision, c.type, c.item_id, c.op, c.fields
FROM change AS c
JOIN revision AS r ON r.number = c.revision
WHERE c.revision > $1
  AND (c.seen IS NOT NULL OR r.public = 1 AND c.type = 'Talk' AND INSTR(c.fields, '"parent"') > 0)
UNION ALL
SELECT revision, type, item_id, 'UPDATED', fields FROM seen_change WHERE revision > $1
ORDER BY 1
LIMIT $2`
	var log []changeRow
	err = n.query(ctx, text, []any{int64(after), maxInvalidations + 1}, func(row *row) error {
		var e changeRow
		var name string
		err := row.Scan(&e.revision, &name, &e.key, &e.op, &e.fields)
		e.item = content.TypeNamed(name)
		log = append(log, e)
		return err
	})
	if err != nil || len(log) > maxInvalidations {
		return nil, true, err
	}
	var list []content.Invalidation
	for _, e := range log {
		if e.item == nil {
			return nil, true, nil
		}
		touch := func(on content.Dependency) {
			list = append(list, content.Invalidation{Dependency: on, Revision: e.revision})
		}
		public, err := wasPublic(ctx, n, e)
		if err != nil {
			return nil, true, err
		}
		if public {
			touch(content.OnType(e.item))
			touch(content.OnItem(e.item, e.key))
		}
		if err := slugs(ctx, n, e, touch); err != nil {
			return nil, true, err
		}
		switch {
		case e.item.Timeline != "" && public:
			if err := timelineDependencies(ctx, n, e, touch); err != nil {
				return nil, true, err
			}
		case e.item.Tree != "" && (public && e.op == "CREATED" || e.op == "DELETED" || strings.Contains(e.fields, strconv.Quote(e.item.Tree)) && e.op == "UPDATED"):
			touch(content.OnTree)
		}
	}
	return list, false, nil
}

// wasPublic reports whether the public sees the item, or saw it until the change. What it never saw decides no answer of
// its own, and moves no tag.
func wasPublic(ctx context.Context, n *snapshot, e changeRow) (public bool, err error) {
	table := sqlgen.Snake(e.item.Base)
	text := "SELECT EXISTS (SELECT 1 FROM " + table + " WHERE id = $1 AND visible = 1)\n  OR EXISTS (SELECT 1 FROM " + table +
		"_history WHERE id = $1 AND to_rev = $2 AND visible = 1)"
	if err = n.query(ctx, text, []any{e.key, int64(e.revision)}, func(row *row) error { return row.Scan(&public) }); err != nil {
		err = fmt.Errorf("read the visibility of changes: %w", err)
	}
	return public, err
}

// slugs touches the slugs that an item has, and all that it ever had.
func slugs(ctx context.Context, n *snapshot, e changeRow, touch func(content.Dependency)) error {
	table := sqlgen.Snake(e.item.Base)
	text := "SELECT slug FROM " + table + " WHERE id = $1 UNION SELECT slug FROM " + table + "_history WHERE id = $1"
	err := n.query(ctx, text, []any{e.key}, func(row *row) error {
		var slug content.Slug
		err := row.Scan(&slug)
		touch(content.OnSlug(e.item, slug))
		return err
	})
	if err != nil {
		return fmt.Errorf("read changes of slugs: %w", err)
	}
	return nil
}

// timelineDependencies touches the timelines that an event is in, and the timelines that it left since the change.
func timelineDependencies(ctx context.Context, n *snapshot, e changeRow, touch func(content.Dependency)) error {
	const text = `SELECT list, parent_id FROM event_list WHERE event_id = $1
UNION SELECT list, parent_id FROM event_list_history WHERE event_id = $1 AND to_rev >= $2`
	err := n.query(ctx, text, []any{e.key, int64(e.revision)}, func(row *row) error {
		var list int
		var parent content.Key
		err := row.Scan(&list, &parent)
		touch(content.OnList(list, parent))
		return err
	})
	if err != nil {
		return fmt.Errorf("read changes of timelines: %w", err)
	}
	return nil
}
