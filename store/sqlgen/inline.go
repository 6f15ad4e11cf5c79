package sqlgen

import (
	"slices"

	"parley/content"
)

// Inlined returns the lists that the rows of their parents hold too, as JSON lists of keys, so that a page of parents
// needs no statement to know what its lists hold: those of talks as the public sees them. They follow from the tables of
// pairs: the writer derives them in the revision that changes those.
func Inlined() map[string][]string {
	lists := []string{"mediators", "parties", "issues"}
	return map[string][]string{content.TimelineType().Name: lists, content.TreeType().Name: lists}
}

// InlineColumn is the column of an inlined list.
func InlineColumn(relation string) string {
	return map[string]string{"mediators": "mediator_ids", "parties": "party_ids", "issues": "issue_ids"}[relation]
}

// InlineChildren are the children of a selection that are read from inlined lists: small lists, whole and in the editor's
// order. Those of now find their rows in memory; those of events in the past read theirs.
func InlineChildren(sel *content.Selection, view content.View) []*content.Selection {
	former := view.At != 0 && sel.Type.Timeline != ""
	if !former && (view.Audience != content.Public || view.At != 0 || len(view.Locales) > 0) {
		return nil
	}
	var list []*content.Selection
	for _, child := range sel.Children {
		plain := child.Filter == nil && child.Sort == (content.Sort{}) && child.Rows && !child.Total && len(child.Facets) == 0 && !child.Cursors && !child.Self &&
			child.Page.After == nil && child.Page.Before == nil && !child.Page.Backward
		if plain && slices.Contains(Inlined()[sel.Type.Name], child.Relation) && (former || Cacheable(child)) {
			list = append(list, child)
		}
	}
	return list
}

// cachedTypes are the types whose visible rows are held in memory, for the fields that are asked of them: there are few of
// them, and almost every answer names some.
func cachedTypes() []string { return []string{"Mediator", "Party", "Issue"} }

// Cacheable reports whether the rows of a selection may be held: those of a small type, with fields that are columns of
// their own row.
func Cacheable(sel *content.Selection) bool {
	return slices.Contains(cachedTypes(), sel.Type.Name) && !slices.ContainsFunc(sel.Fields, func(f string) bool { return !isPlain(sel.Type, f) })
}
