package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// maxReferrers bounds how many referrers a refusal lists.
const maxReferrers = 20

// owned returns the fields by which items belong to one of a type, each after its type: see [content.Traits].Owners.
func owned(owner string) [][2]string {
	var list [][2]string
	for _, t := range sqlgen.InTreeFirst() {
		for _, name := range t.Owners {
			if t.Field(name).To[0] == owner {
				list = append(list, [2]string{t.Name, name})
			}
		}
	}
	return list
}

// belonging returns what belongs to an item directly.
func (w *writer) belonging(ctx context.Context, ref content.Ref) ([]content.Ref, error) {
	var list []content.Ref
	for _, o := range owned(ref.Type) {
		err := w.query(ctx, "SELECT id FROM "+sqlgen.Snake(o[0])+" WHERE "+sqlgen.Snake(o[1])+"_id = $1 ORDER BY id", []any{int64(ref.Key)}, func(row *row) error {
			r := content.Ref{Type: o[0]}
			err := row.Scan(&r.Key)
			list = append(list, r)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read what belongs to %s: %w", content.NewID(ref.Type, ref.Key), err)
		}
	}
	return list, nil
}

// referrer is an item that refers to another, and the field that does.
type referrer struct {
	content.Ref
	slug, field string
}

// referrers finds the items that refer to an item, but for those of a set.
func (w *writer) referrers(ctx context.Context, to content.Ref, but map[content.Ref]bool) ([]referrer, error) {
	var list []referrer
	for _, t := range content.Stored() {
		for i := range t.Fields {
			f := &t.Fields[i]
			condition, arg := refersBy(t, f, to)
			if condition == "" {
				continue
			}
			text := fmt.Sprintf("SELECT x.id, x.slug FROM %s AS x WHERE %s LIMIT %d", sqlgen.Snake(t.Base), condition, maxReferrers+len(but))
			err := w.query(ctx, text, []any{arg}, func(row *row) error {
				r := referrer{Ref: content.Ref{Type: t.Name}, field: f.Name}
				err := row.Scan(&r.Key, &r.slug)
				if !but[r.Ref] {
					list = append(list, r)
				}
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("read the references to %s by %s.%s: %w", content.NewID(to.Type, to.Key), t.Name, f.Name, err)
			}
		}
	}
	return list[:min(len(list), maxReferrers)], nil
}

// inOrder returns the items that a map has, by type and key: what is done with them in turn, and what is wrong with them, does
// not change from run to run.
func inOrder[V any](of map[content.Ref]V) []content.Ref {
	return slices.SortedFunc(maps.Keys(of), func(a, b content.Ref) int {
		return cmp.Or(strings.Compare(a.Type, b.Type), cmp.Compare(a.Key, b.Key))
	})
}

// referrersOf finds the items that refer to those of a set, by the item that they refer to: with one statement for each field
// that can, whatever the size of the set.
func (w *writer) referrersOf(ctx context.Context, set map[content.Ref]bool) (map[content.Ref][]referrer, error) {
	keys := map[string][]content.Key{}
	for ref := range set {
		keys[ref.Type] = append(keys[ref.Type], ref.Key)
	}
	found := map[content.Ref][]referrer{}
	for _, t := range content.Stored() {
		for i := range t.Fields {
			for to, list := range keys {
				for _, text := range refersToMany(t, &t.Fields[i], to) {
					err := w.query(ctx, text, []any{keyList(list)}, func(row *row) error {
						r, ref := referrer{Ref: content.Ref{Type: t.Name}, field: t.Fields[i].Name}, content.Ref{Type: to}
						err := row.Scan(&r.Key, &r.slug, &ref.Key)
						found[ref] = append(found[ref], r)
						return err
					})
					if err != nil {
						return nil, fmt.Errorf("read the references by %s.%s: %w", t.Name, t.Fields[i].Name, err)
					}
				}
			}
		}
	}
	return found, nil
}

// refersToMany are the statements that select the items which refer by a field to items of a type with the keys $1: their keys
// and slugs, and the key that each refers to.
func refersToMany(t *content.Type, f *content.Field, to string) []string {
	table := sqlgen.Snake(t.Base)
	const among = " IN (SELECT value FROM json_each($1))"
	inList := func(x string, sub *content.Field, from string) string {
		at := "json_extract(e.value, '$." + sub.Name
		return "SELECT x.id, x.slug, " + at + ".key') FROM " + from + ", json_each(" + x + ") AS e WHERE " + at + ".type') = '" + to + "' AND " + at + ".key')" + among
	}
	var texts []string
	switch f.Kind { //nolint:exhaustive // the others refer to nothing
	case content.SingleRef:
		if one := oneAmong("x."+sqlgen.Snake(f.Name), f, to, among); one != "" {
			texts = append(texts, "SELECT x.id, x.slug, x."+sqlgen.Snake(f.Name)+"_id FROM "+table+" AS x WHERE "+one)
		}
	case content.RefList:
		if slices.Contains(f.To, to) {
			texts = append(texts, "SELECT x.id, x.slug, r.ref_id FROM "+sqlgen.RowTable(t, f)+" AS r JOIN "+table+" AS x ON x.id = r.owner_id WHERE r.ref_id"+among)
		}
	case content.JSONList:
		for i := range f.Fields {
			if sub := &f.Fields[i]; slices.Contains(sub.To, to) {
				texts = append(texts, inList("x."+sqlgen.Snake(f.Name), sub, table+" AS x"))
			}
		}
	case content.ChildRows:
		rows := sqlgen.RowTable(t, f) + " AS r JOIN " + table + " AS x ON x.id = r.owner_id"
		for i := range f.Fields {
			sub := &f.Fields[i]
			if one := oneAmong("r."+sqlgen.Snake(sub.Name), sub, to, among); one != "" {
				texts = append(texts, "SELECT x.id, x.slug, r."+sqlgen.Snake(sub.Name)+"_id FROM "+rows+" WHERE "+one)
			}
			for j := range sub.Fields {
				if slices.Contains(sub.Fields[j].To, to) {
					texts = append(texts, inList("r."+sqlgen.Snake(sub.Name), &sub.Fields[j], rows))
				}
			}
		}
	}
	return texts
}

// oneAmong is the condition that a column holds one of several keys of items of a type; empty where the field holds no such.
func oneAmong(column string, f *content.Field, to, among string) string {
	switch {
	case f.Kind != content.SingleRef || !slices.Contains(f.To, to):
		return ""
	case len(f.To) > 1:
		return column + "_id" + among + " AND " + column + "_type = '" + to + "'"
	default:
		return column + "_id" + among
	}
}

// refersBy is the condition on x that a field of it refers to an item, and its operand; empty where the field never does.
func refersBy(t *content.Type, f *content.Field, to content.Ref) (string, any) {
	column := sqlgen.Snake(f.Name)
	switch f.Kind { //nolint:exhaustive // the others refer to nothing
	case content.SingleRef:
		return oneRefers("x."+column, f, to), int64(to.Key)
	case content.RefList:
		if !slices.Contains(f.To, to.Type) {
			return "", nil
		}
		return "x.id IN (SELECT owner_id FROM " + sqlgen.RowTable(t, f) + " WHERE ref_id = $1)", int64(to.Key)
	case content.JSONList:
		if !slices.ContainsFunc(f.Fields, func(sub content.Field) bool { return slices.Contains(sub.To, to.Type) }) {
			return "", nil
		}
		return "INSTR(x." + column + ", $1) > 0", refText(to)
	case content.ChildRows:
		for i := range f.Fields {
			sub := &f.Fields[i]
			rows := "x.id IN (SELECT r.owner_id FROM " + sqlgen.RowTable(t, f) + " AS r WHERE "
			if one := oneRefers("r."+sqlgen.Snake(sub.Name), sub, to); one != "" {
				return rows + one + ")", int64(to.Key)
			}
			if condition, arg := refersBy(t, sub, to); sub.Kind == content.JSONList && condition != "" {
				return rows + strings.ReplaceAll(condition, "x.", "r.") + ")", arg
			}
		}
	}
	return "", nil
}

// oneRefers is the condition that a column holds the key of an item, $1; empty where the field holds no such.
func oneRefers(column string, f *content.Field, to content.Ref) string {
	switch {
	case f.Kind != content.SingleRef || !slices.Contains(f.To, to.Type):
		return ""
	case len(f.To) > 1:
		return column + "_id = $1 AND " + column + "_type = '" + to.Type + "'"
	default:
		return column + "_id = $1"
	}
}

// refText returns the form of a reference in lists that are stored inside their item.
func refText(ref content.Ref) string { return fmt.Sprintf(`{"type":%q,"key":%d}`, ref.Type, ref.Key) }
