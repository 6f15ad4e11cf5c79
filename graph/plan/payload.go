package plan

import (
	"slices"
	"time"

	"parley/content"
	"parley/graph/operation"
)

// Item is an item that was read for a payload. Whatever its revision, its id is the plain one: it was just written.
type Item struct {
	Sel *content.Selection
	Res *content.Result
	Row content.Row
}

// Item finds the item with an id among the answers.
func (r *Root) Item(answers []*content.Result, id content.ID) (Item, bool) {
	t, key, err := id.Split()
	if err != nil {
		return Item{}, false
	}
	for i, sel := range r.Sels {
		if l := answers[i].Lists[key]; sel.Type == t && l != nil {
			return Item{sel, answers[i], l.Rows[0]}, true
		}
	}
	return Item{}, false
}

// ItemIDs are the ids of the items that there are, each once.
func ItemIDs(refs []content.Ref) []string {
	var ids []string
	seen := map[content.Ref]bool{{}: true}
	for _, ref := range refs {
		if !seen[ref] {
			seen[ref] = true
			ids = append(ids, string(content.NewID(ref.Type, ref.Key)))
		}
	}
	return ids
}

// Outcome writes what a payload says of the revision.
func (e *Encoder) Outcome(set content.ChangeSet, maxAge time.Duration, done content.ApplyResult, f *operation.Field) error {
	ids := func(refs []content.Ref) error {
		return e.List(len(refs), func(i int) error { return e.Value(content.NewID(refs[i].Type, refs[i].Key)) })
	}
	switch f.Name {
	case "readers":
		return e.notice(set, done, f)
	case "deletedIds":
		return ids(append(slices.Clone(done.Deleted), undone(done, true)...))
	case "revertedIds":
		return ids(undone(done, false))
	case "kept":
		return e.List(len(done.Kept), func(i int) error { return e.kept(done.Kept[i], f) })
	case "reached":
		return e.reached(done.Redacted, f)
	case "unreached":
		list := unreached(done.Redacted, done.Revision, maxAge)
		return e.List(len(list), func(i int) error { return e.String(list[i]) })
	case "publishedIds", "withdrawnIds", "movedIds":
		return ids(done.PublicationChanged)
	case "created":
		var named []int
		for i, c := range set.Changes {
			if c.ClientKey != "" && i < len(done.Refs) {
				named = append(named, i)
			}
		}
		return e.List(len(named), func(i int) error {
			return e.Object(f, func(sub *operation.Field) error {
				if sub.Name == "key" {
					return e.Value(set.Changes[named[i]].ClientKey)
				}
				return e.Value(content.NewID(done.Refs[named[i]].Type, done.Refs[named[i]].Key))
			})
		})
	default:
		return e.Value(int64(done.Revision))
	}
}

// undone returns the items of a revision that was undone: the created ones, which are deleted now, or the others.
func undone(done content.ApplyResult, created bool) []content.Ref {
	var refs []content.Ref
	for _, u := range done.Undone {
		if (u.Op == "CREATED") == created {
			refs = append(refs, u.Ref)
		}
	}
	return refs
}

// kept writes why an item of a revision that was undone stays as it is.
func (e *Encoder) kept(k content.Kept, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "nodeId":
			return e.Value(content.NewID(k.Ref.Type, k.Ref.Key))
		case "slug":
			return e.String(string(k.Slug))
		case "keptReason":
			return e.String(string(k.Reason))
		case "sinceRevision":
			if k.Revision == 0 {
				return e.Null()
			}
			return e.Value(int64(k.Revision))
		case "referrerIds":
			return e.List(len(k.Referrers), func(i int) error { return e.Value(content.NewID(k.Referrers[i].Type, k.Referrers[i].Key)) })
		default:
			return e.String(k.Message)
		}
	})
}
