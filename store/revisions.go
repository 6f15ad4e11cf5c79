package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// revisions reads a page of the revisions of the record, the newest first. The public sees those with a line that it
// sees.
func (r *reader) revisions(ctx context.Context, sel *content.Selection) (*content.Result, error) {
	l := &content.List{HasPrevious: sel.Page.After != nil}
	before, told := int64(sqlgen.Standing), ""
	if len(sel.Page.After) == 1 {
		before, _ = sel.Page.After[0].(int64)
	}
	if r.view.Audience == content.Public {
		told = "EXISTS (SELECT 1 FROM change AS c WHERE c.revision = r.number\n  AND " + toldToAll() + ")"
	}
	text := "SELECT r.number, r.at, r.author, r.reason, r.note\nFROM revision AS r\nWHERE " + where("r.number < $1", told) + "\nORDER BY r.number DESC\nLIMIT $2"
	err := r.run(ctx, text, []any{before, sel.Page.Size + 1}, func(row *row) error {
		var e content.RevisionEntry
		var at int64
		var author string
		if err := row.Scan(&e.Number, &at, &author, &e.Reason, &e.PublicNote); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if e.At, e.By = time.UnixMilli(at).UTC(), r.authorOf(author); e.Reason == "" {
			e.Reason = "UPDATE"
		}
		l.Rows = append(l.Rows, content.Row{Key: content.Key(e.Number), Values: []any{e}, Order: []any{int64(e.Number)}})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the revisions: %w", err)
	}
	trim(l, sel.Page)
	res := &content.Result{Lists: map[content.Key]*content.List{0: l}}
	return res, r.children(ctx, sel, res)
}

// toldToAll is the condition that the public sees a line c of the log: it saw the item after it, and sees it now.
func toldToAll() string {
	var parts []string
	for _, t := range content.Types() {
		now := "EXISTS (SELECT 1 FROM " + sqlgen.Snake(t.Base) + " AS n WHERE n.id = c.item_id AND n.visible = 1)"
		if t.Base != t.Name {
			now += "\n  AND EXISTS (SELECT 1 FROM " + sqlgen.Snake(t.Name) + " AS n WHERE n.id = c.item_id)"
		}
		parts = append(parts, "("+where("c.type = '"+t.Name+"'", now, visibleAt(t, "c.revision"))+")")
	}
	return "c.seen IS NOT NULL\n  AND (" + strings.Join(parts, "\n  OR ") + ")"
}

// revisionChanges reads what revisions did to items: of each the first few. A change of what the public may not see is not
// shown to it.
func (r *reader) revisionChanges(ctx context.Context, sel *content.Selection, revisions []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	l := lines{from: "change AS c", types: slices.Clone(content.Types()), before: sqlgen.Standing}
	l.chosen = where("c.revision = p.value", "c.revision < $2")
	if r.view.Audience == content.Public {
		l.chosen = where(l.chosen, toldToAll())
	}
	entries, err := r.entries(ctx, l, nil, sel.Page.Size, revisions)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		c := content.ItemChange{At: e.At, Op: e.op, ChangePosition: content.ChangePosition{Revision: e.Revision, Ref: content.Ref{Type: e.of.Name, Key: e.key}}}
		if r.view.Audience == content.Public {
			if c.Op = "UPDATED"; e.before.until != int64(e.Revision) {
				c.Op = "CREATED" // it came into sight
			}
		}
		if c.Op == "UPDATED" {
			for _, f := range e.Changes {
				c.Fields = append(c.Fields, f.Field)
			}
			if slices.Sort(c.Fields); c.Fields == nil && len(e.fields) > 0 && r.view.Audience == content.Public {
				continue
			}
		}
		list := res.Lists[e.parent]
		if list == nil {
			list = &content.List{}
			res.Lists[e.parent] = list
		}
		list.Rows = append(list.Rows, content.Row{Key: e.key, Values: []any{c.Ref, c}})
	}
	return res, r.children(ctx, sel, res)
}
