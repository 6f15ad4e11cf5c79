package graph

import (
	"slices"
	"time"

	"parley/content"
)

// item is an item that was read for a payload. Whatever its revision, its id is the plain one: it was just written.
type item struct {
	sel *content.Selection
	res *content.Result
	row content.Row
}

// item finds the item with an id among the answers.
func (r *root) item(answers []*content.Result, id content.ID) (item, bool) {
	t, key, err := id.Split()
	if err != nil {
		return item{}, false
	}
	for i, sel := range r.sels {
		if l := answers[i].Lists[key]; sel.Type == t && l != nil {
			return item{sel, answers[i], l.Rows[0]}, true
		}
	}
	return item{}, false
}

// itemIDs are the ids of the items that there are, each once.
func itemIDs(refs []content.Ref) []string {
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

// outcome writes what a payload says of the revision.
func (e *encoder) outcome(set content.ChangeSet, maxAge time.Duration, done content.ApplyResult, f *field) error {
	ids := func(refs []content.Ref) error {
		return e.list(len(refs), func(i int) error { return e.value(content.NewID(refs[i].Type, refs[i].Key)) })
	}
	switch f.name {
	case "readers":
		return e.notice(set, done, f)
	case "deletedIds":
		return ids(append(slices.Clone(done.Deleted), undone(done, true)...))
	case "revertedIds":
		return ids(undone(done, false))
	case "kept":
		return e.list(len(done.Kept), func(i int) error { return e.kept(done.Kept[i], f) })
	case "reached":
		return e.reached(done.Redacted, f)
	case "unreached":
		list := unreached(done.Redacted, done.Revision, maxAge)
		return e.list(len(list), func(i int) error { return e.string(list[i]) })
	case "movedIds":
		return ids(done.PublicationChanged)
	case "created":
		var named []int
		for i, c := range set.Changes {
			if c.ClientKey != "" && i < len(done.Refs) {
				named = append(named, i)
			}
		}
		return e.list(len(named), func(i int) error {
			return e.object(f, func(sub *field) error {
				if sub.name == "key" {
					return e.value(set.Changes[named[i]].ClientKey)
				}
				return e.value(content.NewID(done.Refs[named[i]].Type, done.Refs[named[i]].Key))
			})
		})
	default:
		return e.value(int64(done.Revision))
	}
}

// undone are the items of a revision that was undone: those that it created and that are deleted now, or the others.
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
func (e *encoder) kept(k content.Kept, f *field) error {
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "nodeId":
			return e.value(content.NewID(k.Ref.Type, k.Ref.Key))
		case "slug":
			return e.string(string(k.Slug))
		case "keptReason":
			return e.string(string(k.Reason))
		case "sinceRevision":
			if k.Revision == 0 {
				return e.null()
			}
			return e.value(int64(k.Revision))
		case "referrerIds":
			return e.list(len(k.Referrers), func(i int) error { return e.value(content.NewID(k.Referrers[i].Type, k.Referrers[i].Key)) })
		default:
			return e.string(k.Message)
		}
	})
}
