package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// named is an item by the table that it is in and its slug.
type named struct {
	table string
	slug  content.Slug
}

// newKey finds the slug and the key of an item to be. The key follows from the slug, so that the same content has the
// same ids on every machine, unless an item has it that is called otherwise now.
func (w *writer) newKey(ctx context.Context, e *edit) error {
	e.slug = e.Slug
	if e.slug == "" {
		var err error
		if e.slug, err = w.newSlug(ctx, e); err != nil {
			return err
		}
	}
	for n := range 1000 {
		name := e.slug
		if n > 0 {
			name += content.Slug("~" + strconv.Itoa(n))
		}
		e.ref.Key = content.NamedKey(e.Type.Name, name)
		var there bool
		err := w.scan(ctx, "SELECT EXISTS (SELECT 1 FROM "+sqlgen.Snake(e.Type.Base)+" WHERE id = $1)", []any{int64(e.ref.Key)}, []any{&there})
		if err != nil {
			return fmt.Errorf("find the key: %w", err)
		}
		if !there || slices.ContainsFunc(sqlgen.CapacitiesOf(e.Type), func(name string) bool { return w.deleting[content.Ref{Type: name, Key: e.ref.Key}] }) {
			return nil
		}
	}
	return fmt.Errorf("every key of %q is taken", e.slug)
}

// slugWords are the values of the fields that a slug follows from, items by their slugs, joined by "on".
func (w *writer) slugWords(ctx context.Context, e *edit) (string, error) {
	var words []string
	for _, name := range e.Type.SlugFields() {
		var ref content.Ref
		switch v := e.Values[name].(type) {
		case string:
			words = append(words, v)
			continue
		case content.Ref:
			ref = v
		case content.Target:
			var err error
			if ref, err = w.resolve(ctx, v); err != nil {
				if _, wrong := errors.AsType[*content.Error](err); wrong { // it is reported once the item is put
					continue
				}
				return "", err
			}
		default:
			continue
		}
		slug, err := w.slugOf(ctx, ref)
		if err != nil {
			return "", err
		}
		words = append(words, slug)
	}
	return strings.Join(words, " on "), nil
}

// newSlug returns a slug of the name of an item; a number makes it unique.
func (w *writer) newSlug(ctx context.Context, e *edit) (content.Slug, error) {
	words, err := w.slugWords(ctx, e)
	if err != nil {
		return "", err
	}
	base := content.SlugOf(words)
	for n := 1; ; n++ {
		slug := base
		if n > 1 {
			end := "-" + strconv.Itoa(n)
			slug = content.Slug(strings.TrimRight(string(base)[:min(len(base), content.MaxSlug-len(end))], "-") + end)
		}
		taken, err := w.slugHolder(ctx, e.Type, slug)
		if err != nil {
			return "", err
		}
		if _, soon := w.slugs[named{e.Type.Base, slug}]; taken == 0 && !soon {
			return slug, nil
		}
	}
}

// slugOf returns the slug of an item that is there or is being created, or an empty one.
func (w *writer) slugOf(ctx context.Context, ref content.Ref) (string, error) {
	t := content.TypeNamed(ref.Type)
	var slug string
	err := w.scan(ctx, "SELECT slug FROM "+sqlgen.Snake(t.Base)+" WHERE id = $1", []any{int64(ref.Key)}, []any{&slug})
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return slug, err
	}
	for n, key := range w.slugs {
		if n.table == t.Base && key == ref.Key {
			return string(n.slug), nil
		}
	}
	return "", nil
}

// slugHolder returns the key of the row that has a slug now, 0 where none has.
func (w *writer) slugHolder(ctx context.Context, t *content.Type, slug content.Slug) (content.Key, error) {
	var key content.Key
	err := w.scan(ctx, "SELECT id FROM "+sqlgen.Snake(t.Base)+" WHERE slug = $1", []any{string(slug)}, []any{&key})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("find the slug %q: %w", slug, err)
	}
	return key, nil
}

// resolve finds the item that a target names. One that is not there is a content.Error with code NOT_FOUND.
func (w *writer) resolve(ctx context.Context, target content.Target) (content.Ref, error) {
	ref := content.Ref{Type: target.Type.Name, Key: target.Key}
	kind := strings.ToLower(target.Type.Name)
	missing := func(format string, args ...any) error {
		problem := content.Errorf(content.NotFound, format, args...)
		problem.Field = target.Path
		return problem
	}
	switch {
	case target.ClientKey != "":
		local, ok := w.locals[target.ClientKey]
		if !ok {
			return ref, missing("no change of this call creates an item with the key %q", target.ClientKey)
		}
		if local.Type != ref.Type && (!target.Type.IsView() || !w.created[content.Ref{Type: ref.Type, Key: local.Key}]) {
			return ref, missing("the key %q names a %s, but a %s is required here", target.ClientKey, strings.ToLower(local.Type), kind)
		}
		ref.Key = local.Key
		return ref, nil
	case target.External != nil:
		key, found, err := w.byExternal(ctx, target.Type, *target.External)
		if err == nil && !found {
			return ref, missing("no %s has the identifier %q of %s as EXACT", kind, target.External.Value, target.External.Scheme)
		}
		ref.Key = key
		return ref, err
	case target.Slug != "":
		return w.bySlug(ctx, ref, target, missing)
	}
	there, err := w.exists(ctx, ref)
	if err == nil && !there {
		return ref, missing("there is no %s %s", kind, content.NewID(ref.Type, ref.Key))
	}
	return ref, err
}

// bySlug finds the item that has a slug, or had it last.
func (w *writer) bySlug(ctx context.Context, ref content.Ref, target content.Target, missing func(string, ...any) error) (content.Ref, error) {
	if key, ok := w.slugs[named{target.Type.Base, target.Slug}]; ok && w.created[content.Ref{Type: ref.Type, Key: key}] {
		ref.Key = key
		return ref, nil
	}
	table := sqlgen.Snake(target.Type.Base)
	text := "SELECT id FROM " + table + " WHERE slug = $1\nUNION ALL\nSELECT * FROM (SELECT h.id FROM " + table + "_history AS h JOIN " + table +
		" AS x ON x.id = h.id WHERE h.slug = $1 ORDER BY h.to_rev DESC LIMIT 1)\nLIMIT 1"
	err := w.scan(ctx, text, []any{string(target.Slug)}, []any{&ref.Key})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return ref, fmt.Errorf("find the slug %q: %w", target.Slug, err)
	}
	there := err == nil
	if there {
		if there, err = w.exists(ctx, ref); err != nil {
			return ref, err
		}
	}
	if !there {
		return ref, missing("no %s has the slug %q", strings.ToLower(ref.Type), target.Slug)
	}
	return ref, nil
}

// exists reports whether an item is there, or is to be.
func (w *writer) exists(ctx context.Context, ref content.Ref) (bool, error) {
	if w.created[ref] {
		return true, nil
	}
	table := sqlgen.Snake(ref.Type)
	var found bool
	err := w.scan(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+" WHERE id = $1)", []any{int64(ref.Key)}, []any{&found})
	return found, err
}

// resolveAll returns the values of an item with references in place of targets. Those that lead nowhere are noted.
func (w *writer) resolveAll(ctx context.Context, e *edit, item content.Item) (map[string]any, error) {
	values := make(map[string]any, len(item.Values))
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		v, ok := item.Values[f.Name]
		if !ok || v == nil {
			continue
		}
		var err error
		if values[f.Name], err = w.resolveValue(ctx, v, e.at(f.Name)); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// resolveValue resolves the targets in a value; path is where the input has it.
func (w *writer) resolveValue(ctx context.Context, v any, path string) (any, error) {
	switch v := v.(type) {
	case content.Target:
		if v.Path == "" {
			v.Path = path
		}
		ref, err := w.resolve(ctx, v)
		if problem, ok := errors.AsType[*content.Error](err); ok {
			w.addProblem(problem)
			return content.Ref{}, nil
		}
		return ref, err
	case *content.Target:
		return w.resolveValue(ctx, *v, path)
	case content.Ref:
		if v.Key == 0 {
			return v, nil
		}
		there, err := w.exists(ctx, v)
		if err == nil && !there {
			problem := content.Errorf(content.NotFound, "there is no %s %s", strings.ToLower(v.Type), content.NewID(v.Type, v.Key))
			problem.Field = path
			w.addProblem(problem)
		}
		return v, err
	case []content.Target:
		return w.resolveRefs(ctx, len(v), path, func(i int) any { return v[i] })
	case []content.Ref:
		return w.resolveRefs(ctx, len(v), path, func(i int) any { return v[i] })
	case []map[string]any:
		list := make([]map[string]any, len(v))
		for i, element := range v {
			list[i] = make(map[string]any, len(element))
			for name, e := range element {
				var err error
				if list[i][name], err = w.resolveValue(ctx, e, fmt.Sprintf("%s.%d.%s", path, i, name)); err != nil {
					return nil, err
				}
			}
		}
		return list, nil
	default:
		return v, nil
	}
}

// resolveRefs resolves a list; an item that is in it twice stays once.
func (w *writer) resolveRefs(ctx context.Context, n int, path string, at func(int) any) ([]content.Ref, error) {
	list := make([]content.Ref, 0, n)
	for i := range n {
		v, err := w.resolveValue(ctx, at(i), fmt.Sprintf("%s.%d", path, i))
		if err != nil {
			return nil, err
		}
		if ref, ok := v.(content.Ref); ok && ref.Key != 0 && !slices.Contains(list, ref) {
			list = append(list, ref)
		}
	}
	return list, nil
}

// addProblem adds a problem of the input.
func (w *writer) addProblem(p *content.Error) { w.problems = append(w.problems, p) }

// texts reads a JSON list of texts; other values give an empty list.
func texts(list string) []string {
	var out []string
	if err := json.Unmarshal([]byte(list), &out); err != nil {
		return nil
	}
	return out
}
