// Package intake takes content into a record: it finds out what differs, and makes one revision of that or tells it.
package intake

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"parley/bundle"
	"parley/content"
)

// Record is what content is taken into.
type Record interface {
	bundle.Contents
	// Head returns the newest revision, 0 where nothing was written.
	Head(ctx context.Context) (content.Revision, error)
	// Find returns those of a type's items, as they are now, that have one of the keys.
	Find(ctx context.Context, t *content.Type, keys []content.Key) (map[content.Key]content.Item, error)
	// Apply makes one revision of the change set, all of it or nothing.
	Apply(ctx context.Context, set content.ChangeSet) (content.Written, error)
}

// Options say how content is taken in.
type Options struct {
	// Author, Reason and Note are those of the revision.
	Author string
	Reason content.RevisionReason
	Note   string
	// Prune deletes the items of the record that are not among those taken in.
	Prune bool
	// DryRun writes nothing.
	DryRun bool
	// Differs is told of each item that differs: of a new one with no changes, of one that goes with Gone; nil where
	// nobody wants to know.
	Differs func(Difference)
	// Each is called for every item that was looked at; nil where nobody wants to know.
	Each func()
}

// Difference is what taking in would do to one item.
type Difference struct {
	Item content.Item
	// Changes are its fields that differ; none where the item is new or goes.
	Changes []content.FieldChange
	// New and Gone tell that the item is made, or deleted.
	New, Gone bool
}

// Report counts what became of the items.
type Report struct {
	Created, Changed, Unchanged, Deleted int
	// Revision is the one that was made; 0 where nothing differs, or nothing was to be written.
	Revision content.Revision
}

// Items is how many items were looked at.
func (r Report) Items() int { return r.Created + r.Changed + r.Unchanged }

// Take makes one revision of those items that differ from what the record says of them, all of them or nothing. Items
// that are the same are not written, and where all are there is no revision.
func Take(ctx context.Context, record Record, items iter.Seq2[content.Item, error], o Options) (Report, error) {
	t := &taking{ctx: ctx, record: record, Options: o, taken: map[content.Ref]bool{}}
	head, err := record.Head(ctx)
	if err != nil {
		return t.report, err
	}
	t.empty = head == 0
	set := content.ChangeSet{Author: o.Author, Reason: o.Reason, Note: o.Note, Stream: t.differing(items)}
	if o.Prune || o.DryRun { // what goes is known once all is read
		if set, err = t.gather(set); err != nil {
			return t.report, err
		}
		if o.DryRun || len(set.Items) == 0 && len(set.Changes) == 0 {
			return t.report, nil
		}
	}
	done, err := record.Apply(ctx, set)
	if err != nil {
		return t.report, fmt.Errorf("nothing was written: %w", err)
	}
	if done.Revision > head {
		t.report.Revision = done.Revision
	}
	return t.report, nil
}

// gather reads the stream of a set, and adds the deletions. A dry run keeps nothing.
func (t *taking) gather(set content.ChangeSet) (content.ChangeSet, error) {
	for item, err := range set.Stream {
		if err != nil {
			return set, err
		}
		if !t.DryRun {
			set.Items = append(set.Items, item)
		}
	}
	set.Stream = nil
	if !t.Prune {
		return set, nil
	}
	var err error
	set.Changes, err = t.gone()
	return set, err
}

// lookAhead is how many items are looked up in the record at once.
const lookAhead = 500

// taking is what is known while items are taken in.
type taking struct {
	ctx    context.Context //nolint:containedctx // of the one call of Take
	record Record
	Options
	empty  bool
	taken  map[content.Ref]bool // only where what is not taken is deleted
	report Report
}

// differing gives those items that differ from the record, in their order.
func (t *taking) differing(items iter.Seq2[content.Item, error]) iter.Seq2[content.Item, error] {
	return func(yield func(content.Item, error) bool) {
		batch := make([]content.Item, 0, lookAhead)
		flush := func() bool {
			different, err := t.compare(batch)
			batch = batch[:0]
			if err != nil {
				yield(content.Item{}, err)
				return false
			}
			for _, item := range different {
				if !yield(item, nil) {
					return false
				}
			}
			return true
		}
		for item, err := range items {
			if err == nil {
				err = t.ctx.Err()
			}
			if err != nil {
				yield(content.Item{}, err)
				return
			}
			if batch = append(batch, item); len(batch) == lookAhead && !flush() {
				return
			}
		}
		flush()
	}
}

// compare returns those of the items that differ from the record, and counts all of them.
func (t *taking) compare(batch []content.Item) ([]content.Item, error) {
	former, err := t.former(batch)
	if err != nil {
		return nil, err
	}
	var different []content.Item
	for _, item := range batch {
		ref := content.Ref{Type: item.Type.Name, Key: item.Key}
		if t.Prune {
			t.taken[ref] = true
		}
		d := Difference{Item: item}
		if was, ok := former[ref]; ok {
			item = content.MarkStale(was, item)
			d.Changes = content.Differences(was, item)
		} else {
			d.New = true
		}
		switch {
		case d.New:
			t.report.Created++
		case len(d.Changes) > 0:
			t.report.Changed++
		default:
			t.report.Unchanged++
		}
		if d.New || len(d.Changes) > 0 {
			different = append(different, item)
			t.tell(d)
		}
		if t.Each != nil {
			t.Each()
		}
	}
	return different, nil
}

// former returns what the record has of the items.
func (t *taking) former(batch []content.Item) (map[content.Ref]content.Item, error) {
	if t.empty {
		return nil, nil //nolint:nilnil // it has nothing
	}
	keys := map[*content.Type][]content.Key{}
	for _, item := range batch {
		keys[item.Type] = append(keys[item.Type], item.Key)
	}
	former := map[content.Ref]content.Item{}
	for typ, list := range keys {
		found, err := t.record.Find(t.ctx, typ, list)
		if err != nil {
			return nil, err
		}
		for key, item := range found {
			former[content.Ref{Type: typ.Name, Key: key}] = item
		}
	}
	return former, nil
}

// gone are the deletions of what the record has and was not taken in.
func (t *taking) gone() ([]content.Change, error) {
	var changes []content.Change
	for _, typ := range content.Types() {
		slugs, err := t.record.Slugs(t.ctx, 0, typ)
		if err != nil {
			return nil, err
		}
		for _, slug := range slices.Sorted(maps.Keys(slugs)) {
			key := slugs[slug]
			if t.taken[content.Ref{Type: typ.Name, Key: key}] {
				continue
			}
			t.report.Deleted++
			t.tell(Difference{Item: content.Item{Type: typ, Key: key, Slug: slug}, Gone: true})
			changes = append(changes, content.Change{Op: content.Delete, Type: typ, Key: key, Slug: slug})
		}
	}
	return changes, nil
}

func (t *taking) tell(d Difference) {
	if t.Differs != nil {
		t.Differs(d)
	}
}
