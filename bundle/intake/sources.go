package intake

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"parley/content"
)

// sourceRule finds what a record refuses to show without a source, of items that are not written: those that would become public
// without one, and public ones that would lose the last one. The record itself judges what is written.
type sourceRule struct {
	now     time.Time
	sources map[content.Key]content.Item // that are taken in
	hides   []content.Key                // sources among them that go from sight
	taken   map[content.Ref]content.Item // items that cite, with their effective publication
	shown   []content.Ref                // those of them that readers see from now on, or that cite otherwise
}

func newSourceRule(now time.Time) *sourceRule {
	return &sourceRule{now: now, sources: map[content.Key]content.Item{}, taken: map[content.Ref]content.Item{}}
}

// take notes an item as it would be, and what it was; the zero Item where it is new.
func (r *sourceRule) take(was content.Item, d Difference) {
	item, before := d.Item, content.Publication{}
	if was.Publication != nil {
		before = *was.Publication
	}
	if item.Publication == nil {
		item.Publication = &content.Publication{Status: content.PubUsable}
		if was.Type != nil {
			item.Publication = &before
		}
	}
	if item.Type.Source {
		r.sources[item.Key] = item
		if was.Type != nil && before.VisibleAt(r.now) && !item.Publication.VisibleAt(r.now) {
			r.hides = append(r.hides, item.Key)
		}
	}
	lists := content.CitedSources(item)
	if len(lists) == 0 {
		return
	}
	ref := refOf(item)
	r.taken[ref] = item
	fields := []string{"pubStatus", "embargoedUntil"}
	for _, f := range item.Type.CitationFields() {
		fields = append(fields, f.Name)
	}
	changes := slices.ContainsFunc(d.Changes, func(c content.FieldChange) bool { return slices.Contains(fields, c.Field) })
	if item.Publication.Status == content.PubUsable && (was.Type == nil || changes) {
		r.shown = append(r.shown, ref)
	}
}

// settle returns what the record would refuse.
func (r *sourceRule) settle(ctx context.Context, record Record) (content.Problems, error) {
	if err := r.read(ctx, record, r.shown); err != nil {
		return nil, err
	}
	var problems content.Problems
	for _, key := range r.hides {
		lost, err := r.bereft(ctx, record, key)
		if err != nil {
			return nil, err
		}
		if len(lost) > 0 {
			problems = append(problems, content.LastSource(string(r.sources[key].Slug), lost))
		}
	}
	for _, ref := range r.shown {
		item := r.taken[ref]
		if lists := content.CitedSources(item); r.lacking(item, lists) != nil {
			problems = append(problems, content.Unsourced(item.Type, string(item.Slug), r.hiddenOf(item, lists)))
		}
	}
	return problems, nil
}

// read reads the sources of some items that are not taken in.
func (r *sourceRule) read(ctx context.Context, record Record, of []content.Ref) error {
	wanted := map[content.Key]bool{}
	for _, ref := range of {
		for _, list := range content.CitedSources(r.taken[ref]) {
			for _, key := range list {
				if _, known := r.sources[key]; !known {
					wanted[key] = true
				}
			}
		}
	}
	found, err := record.Find(ctx, content.SourceType(), slices.Sorted(maps.Keys(wanted)))
	if err != nil {
		return fmt.Errorf("find sources: %w", err)
	}
	maps.Copy(r.sources, found)
	return nil
}

// lacking returns the first list of citations of an item of which readers see no source once they see the item.
func (r *sourceRule) lacking(item content.Item, lists [][]content.Key) []content.Key {
	for _, list := range lists {
		if !slices.ContainsFunc(list, func(key content.Key) bool { return r.seen(item, key) }) {
			return list
		}
	}
	return nil
}

func (r *sourceRule) seen(item content.Item, source content.Key) bool {
	s, ok := r.sources[source]
	return ok && s.Publication.SeenWith(*item.Publication, r.now)
}

// hiddenOf returns the sources of an item that readers do not see once they see it, in the order of their keys.
func (r *sourceRule) hiddenOf(item content.Item, lists [][]content.Key) []content.Item {
	var hidden []content.Item
	keys := slices.Concat(lists...)
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if s, ok := r.sources[key]; ok && !r.seen(item, key) {
			hidden = append(hidden, s)
		}
	}
	return hidden
}

// bereft returns the public items that would be left without a source that readers see in a list of citations that names the source.
func (r *sourceRule) bereft(ctx context.Context, record Record, source content.Key) ([]content.Citing, error) {
	refs, err := record.Citing(ctx, source)
	if err != nil {
		return nil, fmt.Errorf("find the citations of a source: %w", err)
	}
	var unknown []content.Ref
	for _, ref := range refs {
		if _, taken := r.taken[ref]; taken {
			continue
		}
		found, err := record.Find(ctx, content.TypeNamed(ref.Type), []content.Key{ref.Key})
		if err != nil {
			return nil, fmt.Errorf("find the citations of a source: %w", err)
		}
		if item, ok := found[ref.Key]; ok {
			r.taken[ref] = item
			unknown = append(unknown, ref)
		}
	}
	if err := r.read(ctx, record, unknown); err != nil {
		return nil, err
	}
	var lost []content.Citing
	for _, ref := range refs {
		item, ok := r.taken[ref]
		if !ok || !item.Publication.VisibleAt(r.now) {
			continue
		}
		if list := r.lacking(item, content.CitedSources(item)); slices.Contains(list, source) && !slices.Contains(r.shown, ref) {
			lost = append(lost, content.Citing{Ref: ref, Slug: string(item.Slug)})
		}
	}
	return lost, nil
}

// CheckSources returns what a record that is not empty would refuse of items that are new to it: those that readers would see
// without a source.
func CheckSources(ctx context.Context, items []content.Item, now time.Time) (content.Problems, error) {
	r := newSourceRule(now)
	for _, item := range items {
		r.take(content.Item{}, Difference{Item: item, New: true})
	}
	return r.settle(ctx, Empty{})
}
