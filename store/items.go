package store

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// pageOfItems is how many whole items are read in one transaction.
const pageOfItems = 500

// current is the revision at which a row is read as it is now, whichever revision wrote it.
const current = content.Revision(math.MaxInt64)

// Items hands the items of a type, as the record had them at a revision, to a function, in the order of their slugs; 0
// is the newest revision. They are whole: every field that has a value, invisible items too. They are read in pages,
// with no transaction open while the function runs. The first error ends it.
func (s *Store) Items(ctx context.Context, at content.Revision, t *content.Type, each func(content.Item) error) error {
	if at == 0 {
		head, err := s.Head(ctx)
		if err != nil {
			return err
		}
		at = head
	}
	after := ""
	for {
		var page []content.Item
		err := s.snapshot(ctx, func(query queryFunc) (err error) {
			page, err = wholeItems(ctx, query, at, t, "x.slug > $2", after)
			return err
		})
		if err != nil {
			return fmt.Errorf("read %s: %w", t.Plural, err)
		}
		for _, item := range page {
			if err := each(item); err != nil {
				return err
			}
		}
		if len(page) < pageOfItems {
			return nil
		}
		after = string(page[len(page)-1].Slug)
	}
}

// Find returns those of a type's items, as they are now, that have one of the keys. They are whole, and invisible ones
// are among them.
func (s *Store) Find(ctx context.Context, t *content.Type, keys []content.Key) (map[content.Key]content.Item, error) {
	found := make(map[content.Key]content.Item, len(keys))
	for len(keys) > 0 {
		some := keys[:min(len(keys), pageOfItems)]
		keys = keys[len(some):]
		err := s.snapshot(ctx, func(query queryFunc) error {
			page, err := wholeItems(ctx, query, current, t, "x.id IN (SELECT value FROM json_each($2))", keyList(some))
			for _, item := range page {
				found[item.Key] = item
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", t.Plural, err)
		}
	}
	return found, nil
}

// queryFunc runs a statement of a transaction and calls the function for each of its rows.
type queryFunc func(ctx context.Context, text string, args []any, each func(*row) error) error

// snapshot runs reads that see one revision of the record.
func (s *Store) snapshot(ctx context.Context, read func(queryFunc) error) error {
	session, err := s.sessions.take(ctx)
	if err != nil {
		return err
	}
	defer s.sessions.give(session)
	return session.use(ctx, func(n *snapshot) error {
		if err := checkSchema(ctx, &n.statements, s.schema); err != nil {
			return err
		}
		return read(n.query)
	})
}

// readItem reads one whole item as it is now, through a transaction that may be a writer's; content.ErrNotFound where
// there is none.
func readItem(ctx context.Context, query queryFunc, t *content.Type, key content.Key) (content.Item, error) {
	page, err := wholeItems(ctx, query, current, t, "x.id = $2", int64(key))
	switch {
	case err != nil:
		return content.Item{}, fmt.Errorf("read %s: %w", content.NewID(t.Name, key), err)
	case len(page) == 0:
		return content.Item{}, content.ErrNotFound
	}
	return page[0], nil
}

// wholeItems reads a page of the items that a condition on x, with $2 as its operand, chooses at a revision.
func wholeItems(ctx context.Context, query queryFunc, at content.Revision, t *content.Type, chosen string, operand any) ([]content.Item, error) {
	names, cols := []string{"slug", "pubStatus", "embargoedUntil"}, []string{"x.slug", "x.pub_status", "x.embargoed_until"}
	for i := range t.Fields {
		if c := sqlgen.DeclaredColumns(&t.Fields[i]); !sqlgen.InOwnTable(&t.Fields[i]) {
			names, cols = append(names, t.Fields[i].Name), append(cols, c...)
		}
	}
	text := versions(sqlgen.Snake(t.Base), "x.id, x.from_rev, "+strings.Join(cols, ", "), where(chosen, capacityAt(t))) +
		fmt.Sprintf("\nORDER BY slug\nLIMIT %d", pageOfItems)
	var items []content.Item
	err := eachRow(ctx, query, text, []any{int64(at), operand}, func(raw []any) error {
		item, err := itemOf(t, names, raw)
		items = append(items, item)
		return err
	})
	if err != nil || len(items) == 0 {
		return nil, err
	}
	for i := range t.Fields {
		if sqlgen.InOwnTable(&t.Fields[i]) {
			if err := readLists(ctx, query, at, t, &t.Fields[i], items); err != nil {
				return nil, fmt.Errorf("%s: %w", t.Fields[i].Name, err)
			}
		}
	}
	return items, nil
}

// versions selects the rows of a table as they were at the revision $1: those that are older than it, and the former
// ones that ended after it.
func versions(table, cols, conditions string) string {
	return "SELECT " + cols + "\nFROM " + table + " AS x\nWHERE x.from_rev <= $1\n  AND " + conditions +
		"\nUNION ALL\nSELECT " + cols + "\nFROM " + table + "_history AS x\nWHERE x.from_rev <= $1\n  AND x.to_rev > $1\n  AND " + conditions
}

// capacityAt is the condition that an actor had the capacity of the type at the revision $1.
func capacityAt(t *content.Type) string {
	if t.Base == t.Name {
		return "TRUE"
	}
	name := sqlgen.Snake(t.Name)
	return "(EXISTS (SELECT 1 FROM " + name + " AS c WHERE c.id = x.id AND c.from_rev <= $1)\n  OR EXISTS (SELECT 1 FROM " +
		name + "_history AS c WHERE c.id = x.id AND c.from_rev <= $1 AND c.to_rev > $1))"
}

// itemOf makes an item of the columns of its row: the key, the revision, and those of the named fields.
func itemOf(t *content.Type, names []string, raw []any) (content.Item, error) {
	key, _ := raw[0].(int64)
	rev, _ := raw[1].(int64)
	slug, _ := raw[2].(string)
	status, _ := raw[3].(string)
	item := content.Item{
		Type: t, Key: content.Key(key), Slug: content.Slug(slug), Values: map[string]any{},
		Publication: &content.Publication{Status: content.PubStatus(status)}, Revision: content.Revision(rev),
	}
	if text, ok := raw[4].(string); ok {
		until, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return item, fmt.Errorf("read the embargo of %s: %w", slug, err)
		}
		item.Publication.EmbargoedUntil = until.UTC()
	}
	return item, setValues(t, names[3:], raw[5:], item.Values)
}

// setValues reads the columns of named fields into values; fields without a value are left out.
func setValues(t *content.Type, names []string, raw []any, values map[string]any) error {
	for _, name := range names {
		n := len(sqlgen.ColumnsOf(t, name, content.View{}))
		v, err := value(t, name, raw[:n])
		if err != nil {
			return fmt.Errorf("read %s.%s: %w", t.Name, name, err)
		}
		if raw = raw[n:]; v != nil {
			values[name] = v
		}
	}
	return nil
}

// readLists reads the elements that a field of the items has in its own table, in their order.
func readLists(ctx context.Context, query queryFunc, at content.Revision, t *content.Type, f *content.Field, items []content.Item) error {
	byKey := make(map[content.Key]content.Item, len(items))
	keys := make([]content.Key, len(items))
	for i, item := range items {
		byKey[item.Key], keys[i] = item, item.Key
	}
	row, names, cols := elementColumns(t, f)
	text := versions(sqlgen.Snake(t.Base)+"_"+sqlgen.Snake(f.Name), "x.owner_id, x.position, "+strings.Join(cols, ", "),
		"x.owner_id IN (SELECT value FROM json_each($2))") + "\nORDER BY owner_id, position"
	return eachRow(ctx, query, text, []any{int64(at), keyList(keys)}, func(raw []any) error {
		owner, _ := raw[0].(int64)
		return addElement(row, f, names, raw[2:], byKey[content.Key(owner)].Values)
	})
}

// elementColumns returns what the elements of a list are read from: their type, its fields and the columns of those.
func elementColumns(t *content.Type, f *content.Field) (row *content.Type, names, cols []string) {
	row = &content.Type{Name: t.Name + "." + f.Name, Fields: f.Fields}
	if f.Kind == content.RefList {
		cols = []string{"x.ref_id"}
	}
	for i := range f.Fields {
		names, cols = append(names, f.Fields[i].Name), append(cols, sqlgen.DeclaredColumns(&f.Fields[i])...)
	}
	return row, names, cols
}

// addElement adds the element of a list that columns hold to the values of its owner.
func addElement(row *content.Type, f *content.Field, names []string, raw []any, values map[string]any) error {
	if f.Kind == content.RefList {
		list, _ := values[f.Name].([]content.Ref)
		values[f.Name] = append(list, ref(f.To[0], raw[0]))
		return nil
	}
	element := map[string]any{}
	list, _ := values[f.Name].([]map[string]any)
	values[f.Name] = append(list, element)
	return setValues(row, names, raw, element)
}

// eachRow runs a statement and hands over the columns of each of its rows; the next row takes their place.
func eachRow(ctx context.Context, query queryFunc, text string, args []any, each func([]any) error) error {
	var raw []any
	return query(ctx, text, args, func(row *row) error {
		raw = raw[:0]
		for _, column := range row.columns {
			raw = append(raw, column)
		}
		return each(raw)
	})
}

// Deleted returns the revisions that deleted those of a type's items, by their keys, that are not in the record now but were
// once: the last of each.
func (s *Store) Deleted(ctx context.Context, t *content.Type, keys []content.Key) (map[content.Key]content.Revision, error) {
	gone := map[content.Key]content.Revision{}
	table := sqlgen.Snake(t.Name)
	text := "SELECT id, MAX(to_rev) FROM " + table + "_history\nWHERE id IN (SELECT value FROM json_each($1))\n  AND id NOT IN (SELECT id FROM " + table + ")\nGROUP BY id"
	err := s.snapshot(ctx, func(query queryFunc) error {
		return query(ctx, text, []any{keyList(keys)}, func(row *row) error {
			var key content.Key
			var at content.Revision
			err := row.Scan(&key, &at)
			gone[key] = at
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("find deleted %s: %w", t.Plural, err)
	}
	return gone, nil
}

// Slugs returns the keys of the items of a type by their slugs, as they were at a revision; 0 is the newest.
func (s *Store) Slugs(ctx context.Context, at content.Revision, t *content.Type) (map[content.Slug]content.Key, error) {
	if at == 0 {
		at = current
	}
	slugs := map[content.Slug]content.Key{}
	text := versions(sqlgen.Snake(t.Base), "x.id, x.slug", capacityAt(t))
	err := s.snapshot(ctx, func(query queryFunc) error {
		return query(ctx, text, []any{int64(at)}, func(row *row) error {
			var slug content.Slug
			var key content.Key
			err := row.Scan(&key, &slug)
			slugs[slug] = key
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the slugs of %s: %w", t.Plural, err)
	}
	return slugs, nil
}
