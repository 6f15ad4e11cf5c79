package content

import "strconv"

// Dependency names something that an answer follows from: as long as no revision touches any of them, a new answer would
// be the same bytes. A dependency may be touched without need, and never the other way round.
type Dependency string

// The dependencies that cover many items.
const (
	OnAnything Dependency = "*" // every revision touches it
	// OnAnythingPublic is touched by every revision in which readers without a token see anything change.
	OnAnythingPublic Dependency = "+"
	OnTree           Dependency = "tree" // which talk belongs to which
)

// OnType is touched by every change of an item of the type; mediators and parties are one.
func OnType(t *Type) Dependency { return Dependency("t:" + t.Base) }

// OnAll is touched by every revision in which an audience sees anything change.
func OnAll(a Audience) Dependency {
	if a == Public {
		return OnAnythingPublic
	}
	return OnAnything
}

// OnItem is touched by every change of one item, also when it comes and goes.
func OnItem(t *Type, key Key) Dependency {
	return Dependency("n:" + t.Base + ":" + strconv.FormatInt(int64(key), 36))
}

// OnSlug is touched when the item changes that has the slug, or had it.
func OnSlug(t *Type, slug Slug) Dependency { return Dependency("s:" + t.Name + ":" + string(slug)) }

// OnList is touched by every change of an item that a list of a parent holds, or held: lists are numbered by who keeps
// them.
func OnList(list int, parent Key) Dependency {
	return Dependency("l:" + strconv.Itoa(list) + ":" + strconv.FormatInt(int64(parent), 36))
}

// Invalidation is the last revision that touched a dependency.
type Invalidation struct {
	Dependency Dependency
	Revision   Revision
}
