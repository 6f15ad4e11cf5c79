package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// maxDepth is how many levels talks have: a process, its tracks, their rounds, and one more.
const maxDepth = 4

// check adds the problems of an item that is about to be put: those by the model and those by other items.
func (w *writer) check(ctx context.Context, e *edit, item content.Item) error {
	if !item.Slug.Valid() {
		w.addProblem(e.fieldError(content.BadUserInput, "slug",
			"%q is not a slug: use lower-case letters and digits joined by single hyphens, at most %d characters", item.Slug, content.MaxSlug))
	}
	w.checkFields(e, item.Type.Fields, item.Values, "")
	w.checkTranslations(e, item)
	w.checkItself(e, item)
	for _, wrong := range content.CheckSpans(item.Values) {
		w.addProblem(e.fieldError(wrong.Code, wrong.Field, "%s", wrong.Message))
	}
	for _, check := range []func(context.Context, *edit, content.Item) error{
		w.checkSlug, w.checkCitations, w.checkExternalIDs, w.checkParent, w.checkSupersedes,
	} {
		if err := check(ctx, e, item); err != nil {
			return err
		}
	}
	return nil
}

// checkFields adds problems for required fields without a value, values that no enumeration has, and lists that are too long.
func (w *writer) checkFields(e *edit, fields []content.Field, values map[string]any, under string) {
	for i := range fields {
		f := &fields[i]
		v, path := values[f.Name], under+f.Name
		text, isText := v.(string)
		switch {
		case f.Required && (v == nil || isText && strings.TrimSpace(text) == ""):
			w.addProblem(e.fieldError(content.BadUserInput, path, "%s is missing: it is the title of the item", f.Name))
		case f.Kind == content.Enum && isText && text != "" && !slices.Contains(f.Enum, text):
			w.addProblem(e.fieldError(content.BadUserInput, path, "%q is not a value of %s", text, f.Name))
		}
		n := 0
		switch list := v.(type) {
		case []string:
			n = len(list)
		case []content.Ref:
			n = len(list)
		case []map[string]any:
			n = len(list)
			for j, element := range list[:min(n, max(f.Max, 1))] {
				w.checkFields(e, f.Fields, element, fmt.Sprintf("%s.%d.", path, j))
			}
		}
		if f.Max > 0 && n > f.Max {
			w.addProblem(e.fieldError(content.BadUserInput, path, "%s has %d elements: at most %d are allowed", f.Name, n, f.Max))
		}
	}
}

// checkTranslations adds problems for languages that have two translations, and a translation in the language of the item itself, of the
// item and of the elements of its lists.
func (w *writer) checkTranslations(e *edit, item content.Item) {
	own, _ := item.Values["locale"].(string)
	for under, v := range content.Translated(item.Type.Fields, item.Values) {
		seen := map[string]bool{own: own != ""}
		list, _ := v.Values["translations"].([]map[string]any)
		for i, t := range list {
			locale, _ := t["locale"].(string)
			if seen[locale] {
				w.addProblem(e.fieldError(content.BadUserInput, e.translationPath(under, locale, i),
					"the texts of the item itself are in %q", locale))
			}
			seen[locale] = true
		}
	}
}

// translationPath returns the input path of the language of a translation at a place of the list under a path:
// an update names some of them alone, or changes the language of the item to that of one.
func (e *edit) translationPath(under, locale string, place int) string {
	if e.Op != content.Create && e.Op != content.Update {
		return fmt.Sprintf("%stranslations.%d.locale", under, place)
	}
	for path, v := range content.Translated(e.Type.Fields, e.Values) {
		given, _ := v.Values["translations"].([]map[string]any)
		at := slices.IndexFunc(given, func(t map[string]any) bool { return t["locale"] == locale })
		if path == under && at >= 0 {
			return fmt.Sprintf("%stranslations.%d.locale", under, at)
		}
	}
	return "locale"
}

// checkItself adds problems for lists by which an item would lead to itself: an issue that blocks itself, say.
func (w *writer) checkItself(e *edit, item content.Item) {
	itself := content.Ref{Type: item.Type.Name, Key: item.Key}
	for _, f := range item.Type.Fields {
		list, _ := item.Values[f.Name].([]map[string]any)
		for i, element := range list {
			for _, of := range f.Fields {
				if element[of.Name] == itself {
					w.addProblem(e.fieldError(content.BadUserInput, fmt.Sprintf("%s.%d.%s", f.Name, i, of.Name),
						"%s leads to the item itself", f.Name))
				}
			}
		}
	}
}

// checkSlug adds a problem for a slug that another item has.
func (w *writer) checkSlug(ctx context.Context, e *edit, item content.Item) error {
	key, err := w.slugHolder(ctx, item.Type, item.Slug)
	made := e.Op == content.Create && e.ExistingActor == nil
	switch {
	case err != nil:
		return err
	case key == 0 || key == item.Key && !made:
	case e.Op == content.Revert && w.leaves(item.Type, key):
	case made && item.Type.IsView():
		w.addProblem(e.fieldError(content.Conflict, "slug",
			"an actor has the slug %q already: to give that actor this capacity too, reference it as the mediator or party that it is", item.Slug))
	default:
		w.addProblem(e.fieldError(content.Conflict, "slug", "the slug %q is taken: %s has it; choose another",
			item.Slug, content.NewID(item.Type.Name, key)))
	}
	return nil
}

// leaves reports whether the row with a key goes before the items that take its place are written.
func (w *writer) leaves(t *content.Type, key content.Key) bool {
	for _, name := range sqlgen.CapacitiesOf(t) {
		if w.deleting[content.Ref{Type: name, Key: key}] {
			return true
		}
	}
	return false
}

// checkCitations adds a problem for an event, a position or an agreement that would be public without a source.
func (w *writer) checkCitations(ctx context.Context, e *edit, item content.Item) error {
	if content.LacksCitation(item, content.PubUsable) == nil {
		return nil
	}
	status := content.PubUsable // what a put makes
	if item.Publication != nil {
		status = item.Publication.Status
	} else if former, err := w.former(ctx, item); err != nil {
		return err
	} else if text, ok := former["pub_status"].(string); ok {
		status = content.PubStatus(text)
	}
	if problem := content.LacksCitation(item, status); problem != nil {
		problem.Field = e.at("citations")
		w.addProblem(problem)
	}
	return nil
}

// checkExternalIDs adds problems for identifiers that the item has twice.
func (w *writer) checkExternalIDs(_ context.Context, e *edit, item content.Item) error {
	list, _ := item.Values["externalIds"].([]map[string]any)
	seen := map[content.ExternalID]bool{}
	for i, x := range list {
		id, _ := content.ExactID(x)
		if seen[id] {
			w.addProblem(e.fieldError(content.BadUserInput, fmt.Sprintf("externalIds.%d", i),
				"the item has the identifier %q of %s twice", id.Value, id.Scheme))
		}
		seen[id] = true
	}
	return nil
}

// checkParent adds a problem for a parent that a talk cannot have: itself, one beneath it, or one too deep.
func (w *writer) checkParent(ctx context.Context, e *edit, item content.Item) error {
	parent, ok := item.Values[item.Type.Tree].(content.Ref)
	if !ok || parent.Key == 0 {
		return nil
	}
	above := 0
	for key := parent.Key; key != 0; above++ {
		if key == item.Key {
			w.addProblem(e.fieldError(content.BadUserInput, "parent",
				"a talk cannot be part of itself: this parent is the talk, or a descendant of it"))
			return nil
		}
		if above >= maxDepth {
			break
		}
		var next sql.NullInt64
		err := w.scan(ctx, "SELECT parent_id FROM talk WHERE id = $1", []any{int64(key)}, []any{&next})
		if err != nil && !errors.Is(err, sql.ErrNoRows) { // one that is yet to be made is looked at then
			return fmt.Errorf("read the parent: %w", err)
		}
		key = content.Key(next.Int64)
	}
	const levels = `WITH RECURSIVE below (id, depth) AS (
  SELECT $1, 1
  UNION ALL
  SELECT talk.id, below.depth + 1 FROM below JOIN talk ON talk.parent_id = below.id WHERE below.depth <= 4
)
SELECT MAX(depth) FROM below`
	var beneath int
	if err := w.scan(ctx, levels, []any{int64(item.Key)}, []any{&beneath}); err != nil {
		return fmt.Errorf("read the levels of a talk: %w", err)
	}
	if above+beneath > maxDepth {
		w.addProblem(e.fieldError(content.BadUserInput, "parent",
			"talks are nested at most %d levels deep: with this parent there would be %d", maxDepth, above+beneath))
	}
	return nil
}

// checkSupersedes adds a problem for a position that would supersede itself, directly or by others.
func (w *writer) checkSupersedes(ctx context.Context, e *edit, item content.Item) error {
	former, ok := item.Values["supersedes"].(content.Ref)
	if !ok || former.Key == 0 {
		return nil
	}
	leads := `WITH RECURSIVE before (id) AS (
  SELECT $1
  UNION
  SELECT p.supersedes_id FROM before JOIN ` + sqlgen.Snake(item.Type.Base) + ` AS p ON p.id = before.id WHERE p.supersedes_id IS NOT NULL
)
SELECT EXISTS (SELECT 1 FROM before WHERE id = $2)`
	var itself bool
	if err := w.scan(ctx, leads, []any{int64(former.Key), int64(item.Key)}, []any{&itself}); err != nil {
		return fmt.Errorf("read the superseded position: %w", err)
	}
	if itself {
		w.addProblem(e.fieldError(content.BadUserInput, "supersedes", "a %s does not supersede itself, directly or by others",
			strings.ToLower(item.Type.Name)))
	}
	return nil
}
