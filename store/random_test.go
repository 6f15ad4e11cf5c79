package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// TestRandomChangesKeepTheRecordWhole applies random changes, many of which are refused, and checks the record after each
// few: a refusal leaves no trace, and what follows from the rows follows.
func TestRandomChangesKeepTheRecordWhole(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			s := openTest(t)
			r := &randomChanges{Rand: rand.New(rand.NewPCG(seed, 7))}
			made, refused := 0, 0
			for i := range 120 {
				list := make([]content.Change, 1+r.IntN(4))
				for j := range list {
					list[j] = r.change(fmt.Sprint("l", j))
				}
				before, _ := s.Head(t.Context())
				done, err := s.Apply(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Changes: list})
				after, _ := s.Head(t.Context())
				var problems content.Problems
				switch {
				case err == nil:
					made++
					r.learn(done)
				case errors.As(err, &problems):
					if refused++; after != before {
						t.Fatalf("a refusal made revision %d: %v", after, err)
					}
				default:
					t.Fatalf("change %d: %v", i, err)
				}
				if i%40 == 39 {
					checkRecord(t, s)
				}
			}
			if made < 20 || refused < 5 {
				t.Errorf("%d change sets were made and %d refused: neither is tried enough", made, refused)
			}
		})
	}
}

// randomChanges makes changes of the items that it knows.
type randomChanges struct {
	*rand.Rand
	items []content.Ref
}

// learn takes in what became of changes.
func (r *randomChanges) learn(done content.ApplyResult) {
	gone := map[content.Ref]bool{}
	for _, ref := range done.Deleted {
		gone[ref] = true
	}
	kept := r.items[:0]
	for _, ref := range r.items {
		if !gone[ref] {
			kept = append(kept, ref)
		}
	}
	r.items = kept
next:
	for _, ref := range done.Refs {
		for _, have := range r.items {
			if have == ref {
				continue next
			}
		}
		if ref.Key != 0 && !gone[ref] {
			r.items = append(r.items, ref)
		}
	}
}

// some picks an item of a type, or sometimes one of any type, as a target; false where there is none.
func (r *randomChanges) some(typeName string) (content.Ref, bool) {
	var list []content.Ref
	for _, ref := range r.items {
		if typeName == "" || ref.Type == typeName {
			list = append(list, ref)
		}
	}
	if len(list) == 0 {
		return content.Ref{}, false
	}
	return list[r.IntN(len(list))], true
}

func (r *randomChanges) change(local string) content.Change {
	types := content.Types()
	ref, ok := r.some("")
	if !ok || r.IntN(3) == 0 {
		typ := types[r.IntN(len(types))]
		c := create(typ.Name, local, r.values(typ, true))
		if r.IntN(3) > 0 {
			c.Publication = &content.Publication{Status: content.PubUsable}
		}
		if typ.Base == "Actor" && r.IntN(2) == 0 {
			other := map[string]string{"Mediator": "Party", "Party": "Mediator"}[typ.Name]
			if ref, ok := r.some(other); ok {
				c.ExistingActor = &content.Target{Type: content.TypeNamed(other), Key: ref.Key}
			}
		}
		return c
	}
	c := of([]content.ChangeOp{content.Update, content.Update, content.Update, content.Delete, content.Publish, content.Withdraw, content.Revert, content.Redact}[r.IntN(8)], ref, nil)
	c.Cascade = r.IntN(2) == 0
	switch c.Op {
	case content.Update:
		c.Values = r.values(c.Type, false)
		if r.IntN(4) == 0 {
			c.Slug = content.Slug(fmt.Sprintf("slug-%d", r.IntN(20)))
		}
	case content.Revert:
		c.To = content.Revision(r.IntN(60))
	case content.Redact:
		c.Text = r.word()
	case content.Publish:
		if r.IntN(3) == 0 {
			c.Publication = &content.Publication{Status: content.PubUsable, EmbargoedUntil: time.Now().Add(time.Hour)}
		}
	}
	return c
}

func (r *randomChanges) word() string {
	return []string{"Doha", "Cairo", "ceasefire", "هدنة", "hostage"}[r.IntN(5)]
}

// values makes some values of a type; an item to be has all that it needs, most of the time.
func (r *randomChanges) values(typ *content.Type, whole bool) map[string]any {
	values := map[string]any{}
	for i := range typ.Fields {
		f := &typ.Fields[i]
		needed := whole && (f.Required || f.Name == "citations")
		if !needed && r.IntN(3) > 0 {
			continue
		}
		if v := r.value(f); v != nil || r.IntN(2) == 0 {
			values[f.Name] = v
		}
	}
	return values
}

func (r *randomChanges) value(f *content.Field) any {
	switch f.Kind {
	case content.Text, content.RichText:
		if f.Name == "locale" {
			return []string{"en", "ar"}[r.IntN(2)]
		}
		return strings.TrimSpace(r.word() + " " + r.word())
	case content.Enum:
		return f.Enum[r.IntN(len(f.Enum))]
	case content.Date:
		d, _ := content.ParseEDTF([]string{"2023", "2023-11", "2024-03-03", "2023-11/2024-02", "2025~"}[r.IntN(5)])
		return d.WithVerbatim([]string{"", "in Doha"}[r.IntN(2)])
	case content.Bool:
		return r.IntN(2) == 0
	case content.Int:
		return int64(r.IntN(9))
	case content.Place:
		return map[string]any{"name": r.word(), "translations": r.elements(f.Field("translations"))}
	case content.SingleRef:
		if ref, ok := r.some(f.To[r.IntN(len(f.To))]); ok {
			return ref
		}
	case content.StringList:
		if f.Enum != nil {
			return []string{f.Enum[r.IntN(len(f.Enum))]}
		}
		return []string{r.word(), r.word()}
	case content.RefList:
		var list []content.Ref
		for range r.IntN(3) {
			if ref, ok := r.some(f.To[0]); ok {
				list = append(list, ref)
			}
		}
		return list
	case content.JSONList, content.ChildRows:
		return r.elements(f)
	}
	return nil
}

func (r *randomChanges) elements(f *content.Field) any {
	var list []map[string]any
	for n := range 1 + r.IntN(2) {
		element := map[string]any{}
		for i := range f.Fields {
			if v := r.value(&f.Fields[i]); v != nil {
				element[f.Fields[i].Name] = v
			}
		}
		switch f.Name {
		case "translations":
			element["locale"] = []string{"fr", "he"}[n]
			element["text"] = []map[string]any{{"field": "title", "value": r.word()}}
		case "externalIds":
			element["scheme"], element["value"] = "test", strconv.Itoa(r.IntN(40))
			delete(element, "url")
		}
		list = append(list, element)
	}
	return list
}
