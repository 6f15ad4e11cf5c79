package store

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"parley/content"
)

// TestNoItemTakesThePlaceOfAnother makes, renames and deletes items under a few slugs, several in a call, and holds that each
// of those that are there says what it was made with, and that what is refused is a problem of the input.
func TestNoItemTakesThePlaceOfAnother(t *testing.T) {
	s := openTest(t)
	rng := rand.New(rand.NewPCG(5, 6))
	live := map[content.Ref]string{} // by what they are called
	made := 0
	for range 1000 {
		set, names := slugSet(rng, live)
		done, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: set})
		if _, refused := errors.AsType[content.Problems](err); refused {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		for i, c := range set {
			if c.Op == content.Delete {
				delete(live, content.Ref{Type: c.Type.Name, Key: c.Key})
			}
			if c.Op == content.Create {
				made++
				live[done.Refs[i]] = names[i]
			}
		}
		for ref, name := range live {
			item, err := itemNow(t, s, content.TypeNamed(ref.Type), ref.Key)
			if err != nil {
				t.Fatalf("%s %v: %v", name, ref, err)
			}
			if got := item.Values[item.Type.Title()]; got != name {
				t.Fatalf("%s is %v", name, got)
			}
		}
	}
	if made == 0 {
		t.Error("all was refused")
	}
	checkRecord(t, s)
}

// slugSet makes some changes of items that are there and of new ones, whose names it returns by their places.
func slugSet(rng *rand.Rand, live map[content.Ref]string) (set []content.Change, names map[int]string) {
	names = map[int]string{}
	refs := make([]content.Ref, 0, len(live))
	for ref := range live {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b content.Ref) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Type, b.Type)) })
	for i := range 1 + rng.IntN(4) {
		slug := content.Slug(fmt.Sprintf("s-%d", rng.IntN(4)))
		switch op := rng.IntN(4); {
		case op < 2 || len(refs) == 0:
			typ := content.TypeNamed([]string{"Source", "Mediator", "Party"}[rng.IntN(3)])
			names[i] = fmt.Sprintf("%s %d", typ.Name, rng.Uint32())
			c := create(typ.Name, strconv.Itoa(i), map[string]any{typ.Title(): names[i]})
			c.Slug, c.Publication = slug, &content.Publication{Status: content.PubUsable}
			set = append(set, c)
		case op == 2:
			c := of(content.Update, refs[rng.IntN(len(refs))], nil)
			c.Slug = slug
			set = append(set, c)
		default:
			set = append(set, of(content.Delete, refs[rng.IntN(len(refs))], nil))
		}
	}
	return set, names
}

// TestSlugOfTitle creates items without a slug: the title gives the one that bundles derive too.
func TestSlugOfTitle(t *testing.T) {
	s := openTest(t)
	for i, title := range []string{"La réunion à Genève", "La re\u0301union a\u0300 Gene\u0300ve"} {
		done := apply(t, s, create("Source", fmt.Sprint("s", i), map[string]any{"title": title, "locale": "fr"}))
		slugs, err := s.Slugs(t.Context(), 0, content.TypeNamed("Source"))
		if want := []content.Slug{"la-reunion-a-geneve", "la-reunion-a-geneve-2"}[i]; err != nil || slugs[want] != done.Refs[0].Key {
			t.Errorf("%q: %v, %v; want the slug %s", title, slugs, err, want)
		}
	}
}
