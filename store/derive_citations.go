package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// The table citation says which items cite a source, in their own citations or in those of their participations and
// provisions: it is found by the source, where the rows are found by the item. It follows from the columns citations of the
// rows, and is derived in the revision that writes them.

// citing are the tables with citations: of the items of a type, and of the rows that belong to them.
func citing() map[string][]string {
	tables := map[string][]string{}
	for _, t := range content.Types() {
		list := []string{sqlgen.Snake(t.Base)}
		for i := range t.Fields {
			if f := &t.Fields[i]; f.Kind == content.ChildRows && f.Field("citations") != nil {
				list = append(list, sqlgen.RowTable(t, f))
			}
		}
		tables[t.Base] = list
	}
	return tables
}

// citations selects which items cite which sources as it follows from the rows of all tables, now and before: source_id,
// type, item_id, from_rev and to_rev, one row for each time without a gap. A condition chooses among tables, rows o and
// their keys, by the function.
func citations(of func(table, key string) (condition string, ok bool)) string {
	return withoutGaps(times(citing(), "", of), "source_id", "type", "item_id")
}

// times selects the citations c in rows o of some tables, now and before, with the time that each row held; an expression of a
// citation comes before the time where there is one.
func times(tables map[string][]string, more string, of func(table, key string) (condition string, ok bool)) string {
	if more != "" {
		more = ", " + more
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		for i, table := range tables[name] {
			key := "o.owner_id"
			if i == 0 {
				key = "o.id"
			}
			condition, ok := of(table, key)
			if !ok {
				continue
			}
			for _, rows := range [][2]string{{table, strconv.FormatInt(sqlgen.Standing, 10)}, {table + "_history", "o.to_rev"}} {
				parts = append(parts, "SELECT json_extract(c.value, '$.source.key'), '"+name+"', "+key+more+", o.from_rev, "+rows[1]+
					" FROM "+rows[0]+" AS o, json_each(o.citations) AS c"+condition)
			}
		}
	}
	return strings.Join(parts, "\n  UNION ALL ")
}

// withoutGaps makes one row of those of a statement that have the same columns and whose times touch; an empty text is left out.
func withoutGaps(times string, columns ...string) string {
	all := strings.Join(columns, ", ")
	same, filled := "PARTITION BY "+all+" ORDER BY from_rev, to_rev", "source_id IS NOT NULL"
	if slices.Contains(columns, "text") {
		filled += " AND text <> ''"
	}
	return "WITH version (" + all + ", from_rev, to_rev) AS (\n  " + times + `
), first AS (
  SELECT *, from_rev > IFNULL(MAX(to_rev) OVER (` + same + ` ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS begins
  FROM version
  WHERE ` + filled + `
), time AS (
  SELECT *, SUM(begins) OVER (` + same + `) AS time
  FROM first
)
SELECT ` + all + `, MIN(from_rev) AS from_rev, MAX(to_rev) AS to_rev
FROM time
GROUP BY ` + all + `, time`
}

// whole chooses all rows.
func whole(string, string) (string, bool) { return "", true }

// ofItem chooses the rows in some tables of the item whose key is $1 and whose type is $2.
func ofItem(tables []string) func(table, key string) (string, bool) {
	return func(table, key string) (string, bool) {
		return " WHERE " + key + " = $1 AND $2 <> ''", slices.Contains(tables, table)
	}
}

// sourcesOf are the sources that an item cites, each once.
func sourcesOf(item content.Item) map[content.Key]bool {
	sources := map[content.Key]bool{}
	add := func(v any) {
		list, _ := v.([]map[string]any)
		for _, c := range list {
			if ref, ok := c["source"].(content.Ref); ok {
				sources[ref.Key] = true
			}
		}
	}
	add(item.Values["citations"])
	for i := range item.Type.Fields {
		if f := &item.Type.Fields[i]; f.Kind == content.ChildRows {
			rows, _ := item.Values[f.Name].([]map[string]any)
			for _, row := range rows {
				add(row["citations"])
			}
		}
	}
	return sources
}

// cite writes the sources that an item cites, and its quotations; citations that it no longer has go to the history.
func (w *writer) cite(ctx context.Context, item *prepared, existed bool) error {
	now, name := sourcesOf(item.Item), item.Type.Base
	if existed {
		var gone []content.Key
		err := w.query(ctx, "SELECT source_id FROM citation WHERE type = $1 AND item_id = $2", []any{name, int64(item.Key)}, func(row *row) error {
			var key content.Key
			err := row.Scan(&key)
			if !now[key] {
				gone = append(gone, key)
			}
			delete(now, key)
			return err
		})
		if err != nil {
			return fmt.Errorf("read citations: %w", err)
		}
		if len(gone) > 0 {
			const where = "type = $1 AND item_id = $2 AND source_id IN (SELECT value FROM json_each($3))"
			if err := w.archiveAndDelete(ctx, "citation", where, name, int64(item.Key), keyList(gone)); err != nil {
				return err
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(now)) {
		const insert = "INSERT INTO citation (source_id, type, item_id, from_rev) VALUES ($1, $2, $3, $4)"
		if _, err := w.exec(ctx, insert, int64(key), name, int64(item.Key), w.rev); err != nil {
			return fmt.Errorf("store citations: %w", err)
		}
	}
	return w.quote(ctx, item)
}

// recite derives which sources all items cite, now and before; or those of one item.
func (w *writer) recite(ctx context.Context, item *content.Item) error {
	of, rows, args := "TRUE", whole, []any{}
	if item != nil {
		of, args = "type = $2 AND item_id = $1", []any{int64(item.Key), item.Type.Base}
		rows = ofItem(citing()[item.Type.Base])
	}
	now, former := fmt.Sprintf("to_rev = %d", int64(sqlgen.Standing)), fmt.Sprintf("to_rev < %d", int64(sqlgen.Standing))
	for _, text := range []string{
		"DELETE FROM citation WHERE " + of,
		"DELETE FROM citation_history WHERE " + of,
		"INSERT INTO citation (source_id, type, item_id, from_rev)\nSELECT source_id, type, item_id, from_rev FROM (" + indent(citations(rows)) + ")\nWHERE " + now,
		"INSERT INTO citation_history (source_id, type, item_id, from_rev, to_rev)\nSELECT * FROM (" + indent(citations(rows)) + ")\nWHERE " + former,
	} {
		if _, err := w.exec(ctx, text, args...); err != nil {
			return fmt.Errorf("derive citations: %w", err)
		}
	}
	return w.requote(ctx, item)
}
