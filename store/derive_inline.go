package store

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// inlineLists sets the inlined lists of the rows of a type, as they follow from the tables of pairs.
func inlineLists(typeName string) string {
	var sets []string
	for _, set := range inlineSets(typeName) {
		sets = append(sets, "\n  "+set.column+" = "+set.list)
	}
	return "UPDATE " + sqlgen.Snake(typeName) + " SET" + strings.Join(sets, ",")
}

// inlineSet is the column of an inlined list, and the expression that it follows from.
type inlineSet struct{ column, list string }

// inlineSets are the inlined lists of the rows of a type.
func inlineSets(typeName string) []inlineSet {
	table := sqlgen.Snake(typeName)
	var sets []inlineSet
	for _, name := range sqlgen.Inlined()[typeName] {
		r := sqlgen.Relations()[typeName+"."+name]
		place, pairs := "MIN(j.position)", r.Table+" AS j\n    WHERE j."+r.Parent+" = "+table+".id"
		if r.Tree {
			place = "MIN(1000 * t.depth + j.position)"
			pairs = "talk_tree AS t CROSS JOIN talk AS o ON o.id = t.descendant CROSS JOIN " + r.Table + " AS j ON j." + r.Parent + " = t.descendant\n    WHERE t.ancestor = " + table + ".id AND o.visible = 1"
		}
		sets = append(sets, inlineSet{sqlgen.InlineColumn(name), "(SELECT json_group_array(id) FROM (SELECT j." + r.Child + " AS id\n    FROM " + pairs + sqlgen.AndAlso(r.Only) +
			"\n    GROUP BY 1 ORDER BY " + place + ", 1))"})
	}
	return sets
}

// inlineCells are the inlined lists of an event, which follow from its own lists alone.
func inlineCells(p *prepared) []cell {
	if p.Type.Timeline == "" {
		return nil
	}
	var list []cell
	for _, name := range sqlgen.Inlined()[p.Type.Name] {
		keys := make([]int64, 0, len(p.lists[name]))
		for _, row := range p.lists[name] {
			if key, ok := row[0].value.(int64); ok && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
		list = append(list, cell{sqlgen.InlineColumn(name), "", jsonList(keys)})
	}
	return list
}

// jsonList writes numbers as a JSON list.
func jsonList(numbers []int64) string {
	b := []byte{'['}
	for i, n := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(append(b, ']'))
}

// deriveInlined derives the inlined lists of the written talks, and of the talks that they belong to.
func (w *writer) deriveInlined(ctx context.Context) error {
	if len(w.holders) == 0 {
		return nil
	}
	const above = "\nWHERE id IN (SELECT t.ancestor FROM talk_tree AS t WHERE t.descendant IN (SELECT value FROM json_each($1)))"
	if _, err := w.exec(ctx, inlineLists(content.TreeType().Name)+above, keyList(slices.Sorted(maps.Keys(w.holders)))); err != nil {
		return fmt.Errorf("list the items of talks: %w", err)
	}
	return nil
}

// cachedOrByKey returns the rows that inlined lists name, by key: from memory, or in the past, where they have changed since
// or are not held, those that are read for it; nil where the rows of now are not held.
func (r *reader) cachedOrByKey(ctx context.Context, child *content.Selection, parents []content.Row, at int) (map[content.Key]content.Row, error) {
	var h *cachedTable
	if sqlgen.Cacheable(child) && r.view.Audience == content.Public && len(r.view.Locales) == 0 {
		var err error
		if h, err = r.cachedRows(ctx, child); err != nil {
			return nil, err
		}
	}
	if r.view.At == 0 {
		return h.rows, nil
	}
	keys := inlinedKeys(parents, at)
	read := func(keys []content.Key) (map[content.Key]content.Row, error) {
		rows := map[content.Key]content.Row{}
		if len(keys) == 0 {
			return rows, nil
		}
		return rows, r.rowsByKey(ctx, child, keys, func(row content.Row) { rows[row.Key] = row })
	}
	if h == nil || h.rows == nil {
		return read(keys)
	}
	return h.wasCached(r.view.At, keys, read)
}

// inlinedKeys are the keys in the inlined lists of rows, each once, in the order that they come.
func inlinedKeys(parents []content.Row, at int) []content.Key {
	seen := map[content.Key]bool{}
	var keys []content.Key
	for _, p := range parents {
		for _, key := range appendKeys(nil, p.Values[at]) {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// appendKeys adds the keys of an inlined list, as a row or a covering row holds it.
func appendKeys(keys []content.Key, list any) []content.Key {
	switch list := list.(type) {
	case *packedKeys:
		for rest := *list; len(rest) >= 8; rest = rest[8:] {
			keys = append(keys, keyAt(rest))
		}
	case string:
		for key := range keysIn(list) {
			keys = append(keys, key)
		}
	}
	return keys
}

// keysIn gives the keys of a JSON list of them, in their order.
func keysIn(list string) iter.Seq[content.Key] {
	return func(yield func(content.Key) bool) {
		key, digits := content.Key(0), false
		for _, c := range []byte(list) {
			switch {
			case c >= '0' && c <= '9':
				key, digits = key*10+content.Key(c-'0'), true
			case digits:
				if !yield(key) {
					return
				}
				key, digits = 0, false
			}
		}
	}
}

// inline makes the lists of a child from the inlined lists of its parents and the rows that are held in memory, and
// returns how many rows they have.
func (r *reader) inline(parents []content.Row, at int, child *content.Selection, held map[content.Key]content.Row) (*content.Result, int) {
	res := &content.Result{Lists: make(map[content.Key]*content.List, len(parents))}
	keys, ends := r.keys[:0], make([]int, len(parents))
	for i, p := range parents {
		keys = appendKeys(keys, p.Values[at])
		ends[i] = len(keys)
	}
	r.keys = keys
	lists, rows, next := make([]content.List, len(parents)), make([]content.Row, 0, len(keys)), 0
	for i, p := range parents {
		start := len(rows)
		for ; next < ends[i]; next++ {
			if row, ok := held[keys[next]]; ok && (child.Page.Size == 0 || len(rows)-start < child.Page.Size) {
				rows = append(rows, row)
			}
		}
		lists[i].Rows = rows[start:len(rows):len(rows)]
		res.Lists[p.Key] = &lists[i]
	}
	return res, len(rows)
}
