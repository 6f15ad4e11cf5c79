package dataset

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
	"parley/internal/fold"
)

// The schemes of the ids of actors: those of UCDP, which other data sets use too, and those that ETH/PRIO gives to
// actors that UCDP did not have.
const (
	ucdpActor    = "ucdp-actor"
	ethPRIOActor = "eth-prio-actor"
)

// actorID is an id in its scheme.
type actorID struct{ scheme, value string }

func (id actorID) slug() content.Slug { return content.SlugOf(id.scheme + "-" + id.value) }

// actor is one that a data set speaks of, in one capacity or both.
type actor struct {
	key             content.Key
	slug            content.Slug
	values          map[string]any
	party, mediator bool
	own             bool             // whether it was made by a data set
	read            content.Revision // of the record, where it is from there
}

// actors are those of the record and of the data set.
type actors struct {
	list      []*actor
	byID      map[actorID]*actor
	byName    map[string][]*actor // by folded name and alias
	bySlug    map[content.Slug]*actor
	listed    map[string]bool // folded names that the data set lists with ids
	ambiguous []string
}

// newActors reads the actors of a record.
func newActors(ctx context.Context, record Record) (*actors, error) {
	a := &actors{byID: map[actorID]*actor{}, byName: map[string][]*actor{}, bySlug: map[content.Slug]*actor{}, listed: map[string]bool{}}
	seen := map[content.Key]bool{}
	for _, name := range []string{"Mediator", "Party"} {
		err := record.Items(ctx, 0, content.TypeNamed(name), func(item content.Item) error {
			if !seen[item.Key] {
				seen[item.Key] = true
				a.enter(&actor{key: item.Key, slug: item.Slug, values: item.Values, own: ours(item.Slug), read: item.Revision})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *actors) enter(x *actor) {
	a.list = append(a.list, x)
	a.bySlug[x.slug] = x
	for _, id := range x.ids() {
		a.byID[id] = x
	}
	name, _ := x.values["name"].(string)
	others, _ := x.values["aliases"].([]string)
	for _, n := range append([]string{name}, others...) {
		a.call(x, n)
	}
}

// call lets an actor be found by a name.
func (a *actors) call(x *actor, name string) {
	if key := fold.Text(name); !slices.Contains(a.byName[key], x) {
		a.byName[key] = append(a.byName[key], x)
	}
}

// ids are those of an actor in the schemes of data sets.
func (x *actor) ids() []actorID {
	var ids []actorID
	for _, id := range (content.Item{Values: x.values}).ExactIDs() {
		if id.Scheme == ucdpActor || id.Scheme == ethPRIOActor {
			ids = append(ids, actorID{id.Scheme, id.Value})
		}
	}
	return ids
}

// has reports whether the actor has an id of a scheme.
func (x *actor) has(scheme string) bool {
	return slices.ContainsFunc(x.ids(), func(id actorID) bool { return id.scheme == scheme })
}

// ours reports whether a data set made the actor of a slug.
func ours(slug content.Slug) bool {
	return strings.HasPrefix(string(slug), ucdpActor+"-") || strings.HasPrefix(string(slug), ethPRIOActor+"-")
}

// state is the name of the state whose government an actor is, or empty.
func state(name string) string {
	rest, ok := strings.CutPrefix(name, "Government of ")
	if !ok {
		return ""
	}
	return rest
}

// candidates are the actors that a name may mean: that have it, or are the state whose government it names, or the other
// way round.
func (a *actors) candidates(name string) []*actor {
	plain := cmp.Or(state(name), name)
	names := []string{name, plain, "Government of " + plain}
	if n, ok := wellKnownAs(plain); ok {
		for _, other := range append([]string{n.name}, n.aliases...) {
			names = append(names, other, "Government of "+other)
		}
	}
	var list []*actor
	for _, n := range names {
		for _, x := range a.byName[fold.Text(n)] {
			if !slices.Contains(list, x) {
				list = append(list, x)
			}
		}
	}
	return list
}

// numbered finds or makes the actor of an id: the one that has it, else the one that has the name and no other id of the
// scheme.
func (a *actors) numbered(id actorID, name string) *actor {
	a.listed[fold.Text(name)], a.listed[fold.Text(cmp.Or(state(name), name))] = true, true
	if x := a.byID[id]; x != nil {
		return x
	}
	free := slices.DeleteFunc(a.candidates(name), func(x *actor) bool { return x.has(id.scheme) })
	var x *actor
	switch len(free) {
	case 1:
		x = free[0]
	case 0:
		x = a.create(id.slug(), name)
	default:
		a.unclear("%s %s, %q, could be %s: it is imported as another", id.scheme, id.value, name, slugsOf(free))
		x = a.create(id.slug(), name)
	}
	list, _ := x.values["externalIds"].([]map[string]any)
	x.values["externalIds"] = append(slices.Clone(list), externalID(id.scheme, id.value, "EXACT"))
	a.byID[id] = x
	return x
}

// rename calls an actor that a data set made as the data set that gives the ids calls it now, unless another has that
// name.
func (a *actors) rename(x *actor, name string) {
	others := slices.DeleteFunc(a.candidates(name), func(other *actor) bool { return other == x || other.has(ucdpActor) })
	switch {
	case !x.own || x.values["name"] == usualName(name):
	case len(others) > 0:
		a.unclear("%s is %q here and %q in the record, and could be %s too: it keeps its name", x.slug, name, x.values["name"], slugsOf(others))
	default:
		x.values["name"] = short(usualName(name), 300)
		a.call(x, name)
	}
}

// called finds or makes the actor of a name; nil where several have it, which is listed.
func (a *actors) called(name, row string) *actor {
	list := a.candidates(name)
	switch len(list) {
	case 1:
		return list[0]
	case 0:
		slug := content.SlugOf(usualName(name))
		for n := 2; a.bySlug[slug] != nil; n++ {
			slug = content.SlugOf(fmt.Sprintf("%s %d", usualName(name), n))
		}
		return a.create(slug, name)
	default:
		a.unclear("row %s: %q could be %s: it is left out", row, name, slugsOf(list))
		return nil
	}
}

// create makes an actor.
func (a *actors) create(slug content.Slug, name string) *actor {
	x := &actor{key: content.NamedKey("Party", slug), slug: slug, values: map[string]any{"name": short(usualName(name), 300), "locale": "en"}, own: ours(slug)}
	if s := state(name); s != "" {
		x.values["actorKind"] = "STATE"
	}
	if n, ok := wellKnownAs(name); ok {
		x.values["actorKind"] = n.kind
		if len(n.aliases) > 0 {
			x.values["aliases"] = slices.Clone(n.aliases)
		}
	}
	a.enter(x)
	return x
}

// usualName is what an actor is called most: its full name, where data sets shorten it.
func usualName(name string) string {
	if n, ok := wellKnownAs(name); ok {
		return n.name
	}
	return name
}

// unclear lists what is not guessed, once.
func (a *actors) unclear(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(a.ambiguous, text) {
		a.ambiguous = append(a.ambiguous, text)
	}
}

func slugsOf(list []*actor) string {
	slugs := make([]string, len(list))
	for i, x := range list {
		slugs[i] = string(x.slug)
	}
	return strings.Join(slugs, " or ")
}

// asParty and asMediator are the actor in a capacity.
func (x *actor) asParty() content.Ref {
	x.party = true
	return content.Ref{Type: "Party", Key: x.key}
}

func (x *actor) asMediator() content.Ref {
	x.mediator = true
	return content.Ref{Type: "Mediator", Key: x.key}
}

// items are the actors that the data set speaks of.
func (a *actors) items() []content.Item {
	var items []content.Item
	for _, x := range a.list {
		if x.mediator {
			items = append(items, content.Item{Type: content.TypeNamed("Mediator"), Key: x.key, Slug: x.slug, Values: maps.Clone(x.values), Revision: x.read})
		}
		if x.party {
			items = append(items, content.Item{Type: content.TypeNamed("Party"), Key: x.key, Slug: x.slug, Values: maps.Clone(x.values), Revision: x.read})
		}
	}
	return items
}

// mediators are the actors that a list of third parties names, and those of them that are not named.
func (r *reading) mediators(text, row string) (refs []content.Ref, others []string) {
	names, others := namesIn(text, func(name string) bool {
		_, known := wellKnownAs(name)
		return known || r.actors.listed[fold.Text(name)]
	})
	for _, name := range names {
		x := r.actors.called(name, row)
		if x == nil {
			others = append(others, name)
			continue
		}
		if ref := x.asMediator(); !slices.Contains(refs, ref) && len(refs) < 50 {
			refs = append(refs, ref)
		}
	}
	return refs, others
}
