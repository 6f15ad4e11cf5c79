package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// rowVersion names a row of an item's own table, the current one or a former one, by the revision that ended it.
type rowVersion struct {
	key   content.Key
	until int64
}

// state holds the values of an item in one version: its fields by name, with slug, pubStatus and embargoedUntil.
type state struct {
	from   int64 // the revision that began it
	values map[string]any
}

// states reads whole items of a type at some of their versions. Of the lists that are rows of their own it reads those
// that are wanted.
func (r *reader) states(ctx context.Context, t *content.Type, wanted map[rowVersion]bool, list func(field string) bool) (map[rowVersion]state, error) {
	names, cols := []string{"slug", "pubStatus", "embargoedUntil"}, []string{"x.slug", "x.pub_status", "x.embargoed_until"}
	for i := range t.Fields {
		if c := sqlgen.DeclaredColumns(&t.Fields[i]); !sqlgen.InOwnTable(&t.Fields[i]) {
			names, cols = append(names, t.Fields[i].Name), append(cols, c...)
		}
	}
	former, now := [][2]int64{}, []content.Key{}
	for v := range wanted {
		if v.until == sqlgen.Standing {
			now = append(now, v.key)
		} else {
			former = append(former, [2]int64{int64(v.key), v.until})
		}
	}
	table := sqlgen.Snake(t.Base)
	text := fmt.Sprintf("SELECT x.id, %d, x.from_rev, %s\nFROM %s AS x\nWHERE x.id IN (SELECT value FROM json_each($1))", int64(sqlgen.Standing), strings.Join(cols, ", "), table) +
		"\nUNION ALL\nSELECT x.id, x.to_rev, x.from_rev, " + strings.Join(cols, ", ") + "\nFROM json_each($2) AS p\nCROSS JOIN " + table +
		"_history AS x ON x.id = json_extract(p.value, '$[0]') AND x.to_rev = json_extract(p.value, '$[1]')"
	pairs, err := json.Marshal(former)
	if err != nil {
		return nil, fmt.Errorf("name the versions: %w", err)
	}
	found := make(map[rowVersion]state, len(wanted))
	err = r.run(ctx, text, []any{keyList(now), string(pairs)}, func(row *row) error {
		v, raw := versionOf(row)
		from, _ := raw[0].(int64)
		s := state{from, map[string]any{}}
		found[v] = s
		return setVersion(t, names, raw[1:], s.values)
	})
	if err != nil {
		return nil, fmt.Errorf("read versions of %s: %w", t.Plural, err)
	}
	for i := range t.Fields {
		if f := &t.Fields[i]; sqlgen.InOwnTable(f) && list(f.Name) {
			if err := r.lists(ctx, t, f, found); err != nil {
				return nil, fmt.Errorf("read versions of %s of %s: %w", f.Name, t.Plural, err)
			}
		}
	}
	return found, nil
}

// versionOf takes the key and the end off a row, and returns the rest of its columns.
func versionOf(row *row) (rowVersion, []any) {
	raw := make([]any, len(row.columns))
	for i, c := range row.columns {
		raw[i] = c
	}
	key, _ := raw[0].(int64)
	until, _ := raw[1].(int64)
	return rowVersion{content.Key(key), until}, raw[2:]
}

// setVersion reads columns into values. A column that is not a field of the type is kept as it is.
func setVersion(t *content.Type, names []string, raw []any, values map[string]any) error {
	for i, name := range names[:3] {
		if raw[i] != nil {
			values[name] = raw[i]
		}
	}
	return setValues(t, names[3:], raw[3:], values)
}

// lists reads the elements of a field that has its own table, as they were when versions of their owners began.
func (r *reader) lists(ctx context.Context, t *content.Type, f *content.Field, found map[rowVersion]state) error {
	spans := map[content.Key][3]int64{}
	owners := map[content.Key][]state{}
	for v, s := range found {
		span, ok := spans[v.key]
		if !ok {
			span = [3]int64{int64(v.key), s.from, s.from}
		}
		spans[v.key] = [3]int64{int64(v.key), min(span[1], s.from), max(span[2], s.from)}
		owners[v.key] = append(owners[v.key], s)
	}
	list := make([][3]int64, 0, len(spans))
	for _, span := range spans {
		list = append(list, span)
	}
	operand, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("name the versions: %w", err)
	}
	of, names, cols := elementColumns(t, f)
	within := func(table, until string) string {
		return "SELECT x.owner_id, " + until + ", x.from_rev, x.position, " + strings.Join(cols, ", ") + "\nFROM json_each($1) AS p\nCROSS JOIN " + table +
			" AS x ON x.owner_id = json_extract(p.value, '$[0]')\n  AND x.from_rev <= json_extract(p.value, '$[2]')"
	}
	table := sqlgen.RowTable(t, f)
	text := within(table, strconv.FormatInt(sqlgen.Standing, 10)) + "\nUNION ALL\n" + within(table+"_history", "x.to_rev") +
		"\n  AND x.to_rev > json_extract(p.value, '$[1]')\nORDER BY 1, 4"
	return r.run(ctx, text, []any{string(operand)}, func(element *row) error {
		v, raw := versionOf(element)
		from, _ := raw[0].(int64)
		for _, s := range owners[v.key] {
			if s.from < from || s.from >= v.until {
				continue
			}
			if err := addElement(of, f, names, raw[2:], s.values); err != nil {
				return err
			}
		}
		return nil
	})
}
