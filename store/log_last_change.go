package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/content"
)

// lastChange reads, for each talk, the newest revision that made or changed an item that belongs to it and that the audience
// sees, or that moved one elsewhere. For staff it may have deleted one too.
func (r *reader) lastChange(ctx context.Context, sel *content.Selection, keys []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	text := "SELECT p.value, r.number, r.at\nFROM json_each($1) AS p\nJOIN revision AS r ON r.number = (SELECT MAX(rev) FROM (" +
		indent(strings.Join(r.changesOf(!sel.Self), "\nUNION ALL ")) + "))"
	err := r.query(ctx, text, []any{keyList(keys)}, func(row *row) error {
		var key content.Key
		var last content.LastChange
		var at int64
		if err := row.Scan(&key, &last.Revision, &at); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		last.At = time.UnixMilli(at).UTC()
		res.Lists[key] = &content.List{Rows: []content.Row{{Key: key, Values: []any{last}}}}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the last change: %w", err)
	}
	return res, nil
}

// changesOf are the statements that select the newest revision rev in which an item of each type began to be as it is, or
// stopped to be as it was, under the talk p.
func (r *reader) changesOf(tree bool) []string {
	var parts []string
	for _, m := range members(tree, r.view) {
		parts = append(parts, "SELECT MAX(o."+seenRev(r.view)+") AS rev FROM "+m.from+" WHERE "+oneLine(m.conditions))
		parts = append(parts, r.vanished("h", m.former, m.were, m.of))
	}
	// Articles that no longer name the talk, and talks that were deleted, or moved elsewhere with what is above them.
	talk, talks, under := "p.value", "", "TRUE"
	if tree {
		talk, talks, under = "t.descendant", "talk_tree AS t CROSS JOIN ", "t.ancestor = p.value"
		moved := where("d.ancestor = p.value", "h.id = d.descendant", "h.from_rev < d.to_rev")
		parts = append(parts, r.vanished("d", "talk_tree_history AS d CROSS JOIN talk AS h", moved, content.TreeType().Name),
			r.vanished("d", "talk_tree_history AS d CROSS JOIN talk_history AS h", where(moved, "h.to_rev >= d.to_rev"), content.TreeType().Name))
	}
	for pairs, t := range namingTalks() {
		parts = append(parts, r.vanished("h", talks+pairs+"_history AS j CROSS JOIN "+snake(t.Base)+"_history AS h",
			where(under, "j.ref_id = "+talk, "h.id = j.owner_id", "h.to_rev = j.to_rev"), t.Name))
	}
	return parts
}

// vanished selects the newest end of former versions h, as the row of the given name has it: for the public of those that it
// saw, of items that it sees now, so that nothing follows from what was withdrawn. In a view of the past they ended by then.
func (r *reader) vanished(row, from, conditions, of string) string {
	if r.view.Audience == content.Public {
		conditions = where(conditions, "h.visible = 1", toldOf(of, "h.id", row+".to_rev"), "EXISTS (SELECT 1 FROM "+snake(of)+" AS n WHERE n.id = h.id AND n.visible = 1)")
	}
	if r.view.At != 0 {
		conditions = where(conditions, row+".to_rev <= "+atMark)
	}
	return "SELECT MAX(" + row + ".to_rev) FROM " + from + " WHERE " + oneLine(conditions)
}

// toldOf is the condition that readers saw an item change in a revision. A move of what is above a talk is no change of it.
func toldOf(of, key, revision string) string {
	if revision == "d.to_rev" {
		return ""
	}
	return "EXISTS (SELECT 1 FROM change AS c WHERE c.type = '" + of + "' AND c.item_id = " + key + " AND c.revision = " + revision + " AND c.seen IS NOT NULL)"
}

// oneLine writes conditions without breaks.
func oneLine(conditions string) string { return strings.ReplaceAll(conditions, "\n  AND", " AND") }
