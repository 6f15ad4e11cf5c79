package store

import (
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// maxNamed is how many items an answer depends on by name; beyond it their types are named instead.
const maxNamed = 64

// Depends returns what the results of selections follow from.
func (s *Store) Depends(view content.View, sels []*content.Selection, results []*content.Result) []content.Dependency {
	d := &dependencies{view: view, seen: map[content.Dependency]bool{}}
	for i, sel := range sels {
		d.root(sel, results[i])
	}
	if d.anything || view.Audience != content.Public {
		return []content.Dependency{content.OnAll(view.Audience)}
	}
	return d.list
}

// dependencies gathers what an answer follows from. A change of an item touches whatever led to it: its key, its slug,
// the timelines that it is in, or its type. So the values of an item need no further dependency.
type dependencies struct {
	view     content.View
	list     []content.Dependency
	seen     map[content.Dependency]bool
	named    int
	anything bool
}

func (d *dependencies) on(list ...content.Dependency) {
	for _, x := range list {
		if !d.seen[x] {
			d.seen[x] = true
			d.list = append(d.list, x)
		}
	}
}

// item depends on one item, or on its type where too many are named.
func (d *dependencies) item(t *content.Type, key content.Key) {
	on := content.OnItem(t, key)
	if d.seen[on] {
		return
	}
	if d.named++; d.named > maxNamed {
		on = content.OnType(t)
	}
	d.on(on)
}

func (d *dependencies) root(sel *content.Selection, res *content.Result) {
	switch {
	case content.TypeNamed(sel.Type.Name) == nil || sel.At != 0: // searches, the log, what was
		d.anything = true
		return
	case sel.Keys != nil:
		for _, key := range sel.Keys {
			d.item(sel.Type, key)
		}
	case sel.Slug != "":
		d.on(content.OnSlug(sel.Type, sel.Slug))
		for _, row := range allRows(res) {
			d.item(sel.Type, row.Key)
		}
	default:
		d.on(content.OnType(sel.Type))
		d.chosen(sel)
	}
	d.rows(sel, res)
}

// chosen depends on what decides which rows a list has, and in which order, beside the rows themselves.
func (d *dependencies) chosen(sel *content.Selection) {
	d.filter(sel.Filter)
	switch {
	case sel.Sort.Field == "latestEventOn":
		d.on(content.OnType(content.TypeNamed("Event")))
	case sel.Type.Name == "Position" && sel.Filter != nil:
		d.on(content.OnType(content.TypeNamed("Issue"))) // which its label names
	}
}

// filter depends on all items of the types that a condition reaches across relations.
func (d *dependencies) filter(f *content.Filter) {
	if f == nil {
		return
	}
	if f.Type != nil && content.TypeNamed(f.Type.Name) != nil {
		d.on(content.OnType(f.Type))
	}
	if f.Type != nil && f.Type.Name == "Actor" {
		d.on(content.OnType(content.TypeNamed("Mediator")))
	}
	for _, of := range f.Of {
		d.filter(of)
	}
}

// rows depends on what the rows of a result show that is not theirs, and on what hangs from them.
func (d *dependencies) rows(sel *content.Selection, res *content.Result) {
	for _, name := range sel.Fields {
		d.field(sel.Type, name)
	}
	for i, child := range sel.Children {
		if i < len(res.Children) {
			d.child(sel, child, res, res.Children[i])
		}
	}
}

// field depends on other items that a field follows from.
func (d *dependencies) field(t *content.Type, name string) {
	switch {
	case t.Name == "Position" && name == "label":
		d.on(content.OnType(content.TypeNamed("Issue")))
	case t.Name == "Talk" && name == "process":
		d.on(content.OnTree)
	case t.Name == "Position" && name == "supersededBy":
		d.on(content.OnType(t))
	case t.Field(name) == nil && !slices.Contains([]string{
		"slug", "label", "pubStatus", "embargoedUntil", "locale", "revision", "createdAt", "updatedAt",
		"asMediator", "asParty", "talk", "agreement", "event",
	}, name):
		d.anything = true
	}
}

func (d *dependencies) child(sel, child *content.Selection, parent, res *content.Result) {
	if child.Type.Name == "TrackRecord" || child.Type.Name == "FollowUp" {
		d.on(content.OnType(content.TypeNamed("Event")), content.OnTree)
		d.rows(child, res)
		return
	}
	rel, listed := sqlgen.Link(sel.Type, child)
	switch {
	case child.Type.Name == "LastChange":
		d.belonging()
		return
	case child.Type.Name == "Citing":
		for _, t := range content.Types() {
			d.on(content.OnType(t))
		}
		d.rows(child, res)
		return
	case rel.Cites:
		d.belonging()
		d.on(content.OnType(child.Type))
	case child.Type.Name == "Participation": // their order follows the names of actors
		d.on(content.OnType(content.TypeNamed("Talk")), content.OnType(content.TypeNamed("Mediator")))
	case child.Type.Name == "Provision":
		d.on(content.OnType(content.TypeNamed("Agreement")))
	case content.TypeNamed(child.Type.Name) == nil:
		d.anything = true
		return
	case listed && rel.Events != sqlgen.NoTimeline:
		d.timelines(rel, parent)
	case listed:
		d.on(content.OnType(child.Type))
		if rel.Tree {
			d.on(content.OnType(sel.Type)) // the pairs of descendants are theirs
		}
	default:
		for _, key := range references(sel, child, parent) {
			d.item(child.Type, key)
		}
	}
	d.chosen(child)
	d.rows(child, res)
}

// belonging depends on all that may belong to a talk.
func (d *dependencies) belonging() {
	for _, m := range sqlgen.MembersOf(true, d.view, "p.value") {
		d.on(content.OnType(content.TypeNamed(m.Of)))
	}
	d.on(content.OnTree)
}

// timelines depends on the timelines of all parents: whatever way the events of a parent are ordered and chosen, they
// are in its timeline.
func (d *dependencies) timelines(rel sqlgen.Relation, parent *content.Result) {
	keys := parents(parent)
	if len(keys) > maxNamed {
		d.on(content.OnType(content.TypeNamed("Event")))
	} else {
		for _, key := range keys {
			d.on(content.OnList(int(rel.Events), key))
		}
	}
	if rel.Events == sqlgen.TalkTimeline {
		d.on(content.OnTree)
	}
}
