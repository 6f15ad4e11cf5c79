// Package intake imports content into a record: it finds the differences, and writes them as one revision or reports them.
package intake

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

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
	// Deleted returns the revisions that deleted those of a type's items, by their keys, that were in the record once.
	Deleted(ctx context.Context, t *content.Type, keys []content.Key) (map[content.Key]content.Revision, error)
	// Citing returns the items that cite a source, an actor in one of its capacities.
	Citing(ctx context.Context, source content.Key) ([]content.Ref, error)
	// Identifiers returns the keys of the items of a type by the identifiers in other systems that match them exactly.
	Identifiers(ctx context.Context, t *content.Type) (map[content.ExternalID]content.Key, error)
	// Ahead derives what takes long to derive of the items that a stream of Apply begins with, before it locks the record.
	Ahead(ctx context.Context, items []content.Item) error
	// Apply makes one revision of the change set, all of it or nothing.
	Apply(ctx context.Context, set content.ChangeSet) (content.ApplyResult, error)
}

// Options say how content is taken in.
type Options struct {
	// Author, Reason and Note are those of the revision.
	Author string
	Reason content.RevisionReason
	Note   string
	// Prune deletes the items of the record that are not among those taken in.
	Prune bool
	// Overwrite imports items that changed in the record after the revision of the file; without it they are [Conflicts].
	Overwrite bool
	// Withheld publishes nothing: new items are withheld, and an item that is there stays as visible as it is, or becomes
	// less visible.
	Withheld bool
	// DryRun writes nothing.
	DryRun bool
	// Now is the time by which a dry run judges embargoes.
	Now time.Time
	// Differs is called for each item that differs: for a new one with no changes, for a deleted one with Gone; it
	// may be nil.
	Differs func(Difference)
	// Each is called for every item that was looked at; it may be nil.
	Each func()
}

// Difference is what taking in would do to one item.
type Difference struct {
	Item content.Item
	// Changes are its fields that differ; none where the item is new or goes, unless an actor gets a second capacity.
	Changes []content.FieldChange
	// Cleared are the values that go without another in their place.
	Cleared []content.FieldChange
	// New and Gone report that the item is created, or deleted.
	New, Gone bool
	// Conflict reports that the item changed in the record after the revision that it knows.
	Conflict bool
}

// Report counts what became of the items.
type Report struct {
	Created, Changed, Unchanged, Deleted int
	// Cleared counts the values that went without another in their place.
	Cleared int
	// Revision is the one that was made; 0 where nothing differs, or nothing was to be written.
	Revision content.Revision
}

// Items is how many items were looked at.
func (r Report) Items() int { return r.Created + r.Changed + r.Unchanged }

// Take makes one revision of those items that differ from what the record says of them, all of them or nothing. Items
// that are the same are not written, and where all are there is no revision. Items that changed in the record after the
// revision that they know are [Conflicts], all of them at once, and then nothing is written.
//
// Items are compared while the record is written to, which no other write comes between.
func Take(ctx context.Context, record Record, items iter.Seq2[content.Item, error], o Options) (Report, error) {
	t := &taking{ctx: ctx, record: record, Options: o, taken: map[content.Ref]bool{}}
	if o.DryRun {
		t.sources = newSourceRule(o.Now)
		return t.report, t.look(items)
	}
	items, stop, err := readAhead(ctx, record, items)
	if err != nil {
		return t.report, err
	}
	defer stop()
	set := content.ChangeSet{Author: o.Author, Reason: o.Reason, Note: o.Note, Stream: t.differing(items)}
	if o.Prune { // what goes is known once all is read
		set.Rest = func(context.Context) ([]content.Change, error) { return t.gone() }
	}
	done, err := record.Apply(ctx, set)
	if err != nil {
		return t.report, fmt.Errorf("nothing was written: %w", err)
	}
	if done.Revision > t.head {
		t.report.Revision = done.Revision
	}
	return t.report, nil
}

// look reads the items and reports the differences.
func (t *taking) look(items iter.Seq2[content.Item, error]) error {
	var failed error
	for _, err := range t.differing(items) {
		failed = err
	}
	if failed == nil && t.head > 0 { // the first revision is exempt
		problems, err := t.sources.settle(t.ctx, t.record)
		if err != nil {
			return err
		}
		if problems != nil {
			failed = problems
		}
	}
	if _, conflicts := errors.AsType[Conflicts](failed); failed != nil && !conflicts || !t.Prune {
		return failed
	}
	_, err := t.gone()
	return errors.Join(failed, err)
}

// lookAhead is how many items are looked up in the record at once.
const lookAhead = 500

// taking is what is known while items are taken in.
type taking struct {
	ctx    context.Context //nolint:containedctx // of the one call of Take
	record Record
	Options
	taken     map[content.Ref]bool // only where what is not taken is deleted
	conflicts Conflicts
	problems  content.Problems // of parts of items together with what the record has
	sources   *sourceRule      // only where nothing is written
	report    Report
	head      content.Revision // the newest before the items
}

// differing gives those items that differ from the record, in their order. From the first conflict on it gives no more, and
// the conflicts at the end.
func (t *taking) differing(items iter.Seq2[content.Item, error]) iter.Seq2[content.Item, error] {
	return func(yield func(content.Item, error) bool) {
		var err error
		if t.head, err = t.record.Head(t.ctx); err != nil {
			yield(content.Item{}, err)
			return
		}
		batch := make([]content.Item, 0, lookAhead)
		flush := func() bool {
			different, err := t.compare(batch)
			batch = batch[:0]
			if err != nil {
				yield(content.Item{}, err)
				return false
			}
			if t.refuses() != nil {
				return true
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
		if flush() && t.refuses() != nil {
			yield(content.Item{}, t.refuses())
		}
	}
}

// refuses is why nothing is written; nil where nothing speaks against it so far.
func (t *taking) refuses() error {
	switch {
	case t.problems != nil:
		return t.problems
	case t.conflicts != nil:
		return t.conflicts
	default:
		return nil
	}
}

// compare returns those of the items that differ from the record, whole, and counts all of them.
func (t *taking) compare(batch []content.Item) ([]content.Item, error) {
	there, err := t.there(batch)
	if err != nil {
		return nil, err
	}
	deleted, err := t.deleted(batch, there)
	if err != nil {
		return nil, err
	}
	var different []content.Item
	for _, item := range batch {
		ref := refOf(item)
		if t.Prune {
			t.taken[ref] = true
		}
		was, known := there.item(item)
		d := t.difference(was, item)
		_, is := there[ref]
		d.New = !is
		t.judge(&d, was, known, deleted[ref])
		switch {
		case d.New:
			t.report.Created++
		case len(d.Changes) > 0:
			t.report.Changed++
		default:
			t.report.Unchanged++
		}
		if d.New || len(d.Changes) > 0 {
			different = append(different, d.Item)
			t.publishes(was, d)
			t.tell(d)
		}
		if t.Each != nil {
			t.Each()
		}
	}
	return different, nil
}

// difference compares an item with the one that was there, the zero Item where none was.
func (t *taking) difference(was, item content.Item) Difference {
	if item.Given != nil {
		item = content.Complete(was, item)
		t.problems = append(t.problems, wrongWith(item)...)
	}
	if t.Withheld {
		item.Publication = withheld(was, item)
	}
	if was.Type == nil {
		return Difference{Item: item}
	}
	was.Type = item.Type // of an actor in another capacity
	item = content.MarkStale(was, item)
	d := Difference{Item: item, Changes: content.Differences(was, item)}
	d.Cleared = content.Cleared(d.Changes, item)
	return d
}

// publishes adds problems of the visibility of an item together with the sources that it cites.
func (t *taking) publishes(was content.Item, d Difference) {
	status := content.PubUsable // what is new is public
	switch {
	case d.Item.Publication != nil:
		status = d.Item.Publication.Status
	case was.Publication != nil:
		status = was.Publication.Status
	}
	if problem := content.LacksCitation(d.Item, status); problem != nil {
		problem.Message = strings.ToLower(d.Item.Type.Name) + "/" + string(d.Item.Slug) + ": " + problem.Message
		t.problems = append(t.problems, problem)
	}
	if t.sources != nil {
		t.sources.take(was, d)
	}
}

// wrongWith returns the problems of an item completed from the record, which its file alone does not show.
func wrongWith(item content.Item) content.Problems {
	var wrong content.Problems
	name := strings.ToLower(item.Type.Name) + "/" + string(item.Slug)
	for _, p := range content.CheckSpans(item.Values) {
		wrong = append(wrong, content.Errorf(p.Code, "%s: %s", name, p.Message))
	}
	list, _ := item.Values["translations"].([]map[string]any)
	for _, translation := range list {
		if translation["locale"] == item.Values["locale"] {
			wrong = append(wrong, content.Errorf(content.BadUserInput, "%s: the texts of the item itself are in %s: it has no translation into that", name, translation["locale"]))
		}
	}
	return wrong
}

// withheld returns the publication of an item where an import publishes nothing; nil leaves it unchanged.
func withheld(was, item content.Item) *content.Publication {
	p := item.Publication
	switch public := p == nil || p.Status == content.PubUsable; {
	case !public:
		return p
	case was.Type == nil:
		return &content.Publication{Status: content.PubWithheld}
	default:
		return nil
	}
}

// records are items of the record.
type records map[content.Ref]content.Item

// item returns what the record has of an item: of an actor that is new in one capacity, what it is in the other.
func (r records) item(item content.Item) (content.Item, bool) {
	for _, t := range viewsOf(item.Type) {
		if was, ok := r[content.Ref{Type: t.Name, Key: item.Key}]; ok {
			return was, true
		}
	}
	return content.Item{}, false
}

// viewsOf are the types whose items are stored as those of t are, t first.
func viewsOf(t *content.Type) []*content.Type {
	list := []*content.Type{t}
	for _, other := range content.Types() {
		if other.Base == t.Base && other != t {
			list = append(list, other)
		}
	}
	return list
}

// there returns what the record has of the items.
func (t *taking) there(batch []content.Item) (records, error) {
	keys := map[*content.Type][]content.Key{}
	for _, item := range batch {
		for _, view := range viewsOf(item.Type) {
			keys[view] = append(keys[view], item.Key)
		}
	}
	there := records{}
	for typ, list := range keys {
		found, err := t.record.Find(t.ctx, typ, list)
		if err != nil {
			return nil, err
		}
		for key, item := range found {
			there[content.Ref{Type: typ.Name, Key: key}] = item
		}
	}
	return there, nil
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

func refOf(item content.Item) content.Ref { return content.Ref{Type: item.Type.Name, Key: item.Key} }

func (t *taking) tell(d Difference) {
	t.report.Cleared += len(d.Cleared)
	if t.Differs != nil {
		t.Differs(d)
	}
}
