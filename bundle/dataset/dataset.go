// Package dataset reads published data sets of peace agreements and ceasefires as content. Codes that a data set's own
// documents explain become values of the content model; the others are kept, as they are, in a note. What is not known
// stays unknown, what contradicts itself is imported as disputed, and what is ambiguous is listed and not guessed.
package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"parley/content"
)

// Record is what a data set is read for: actors are looked for in it, and what the data set does not speak of stays.
type Record interface {
	// Items hands the whole items of a type to a function, in the order of their slugs; 0 is the newest revision.
	Items(ctx context.Context, at content.Revision, t *content.Type, each func(content.Item) error) error
	// Find returns those of a type's items, as they are now, that have one of the keys.
	Find(ctx context.Context, t *content.Type, keys []content.Key) (map[content.Key]content.Item, error)
	// Identifiers returns the items of a type, as they are now, by the identifiers that match them exactly.
	Identifiers(ctx context.Context, t *content.Type) (map[content.ExternalID]content.Key, error)
}

// Result is what a data set says.
type Result struct {
	// Items are all that it says, as it is to be in the record.
	Items []content.Item
	// Title names the data set and its version.
	Title string
	// Rows counts the rows that were read.
	Rows int
	// Skipped are the rows without usable content; Disputed the rows that contradict themselves or others, which
	// are imported as disputed; Ambiguous the actors that could be several; LeftOut what leads nowhere or is too much. Each
	// has its row and the reason.
	Skipped, Disputed, Ambiguous, LeftOut []string
}

// reading is a data set that is being read.
type reading struct {
	ctx    context.Context //nolint:containedctx // of the one call of Read
	record Record
	rows   *rows
	actors *actors
	source content.Ref
	Result
	own map[content.Ref]int // the index of an item in Items
}

// sets are the data sets by name.
func sets() map[string]func(*reading) error {
	return map[string]func(*reading) error{
		"ucdp-peace-agreements": readUCDP,
		"eth-prio-ceasefires":   readETHPRIO,
	}
}

// Names returns the names of the data sets that can be read.
func Names() []string { return slices.Sorted(maps.Keys(sets())) }

// Read reads the file of a data set. A file that is another, or is damaged, is an error that says where.
func Read(ctx context.Context, name string, file io.Reader, record Record) (Result, error) {
	read, ok := sets()[name]
	if !ok {
		return Result{}, fmt.Errorf("there is no data set %q: the data sets are %s", name, strings.Join(Names(), ", "))
	}
	table, err := newRows(file)
	if err != nil {
		return Result{}, fmt.Errorf("read %s: %w", name, err)
	}
	r := &reading{ctx: ctx, record: record, rows: table, own: map[content.Ref]int{}}
	if r.actors, err = newActors(ctx, record); err != nil {
		return Result{}, err
	}
	if err := read(r); err != nil {
		return Result{}, fmt.Errorf("read %s: %w", name, err)
	}
	for _, item := range r.actors.items() {
		r.add(item)
	}
	r.Ambiguous = append(r.Ambiguous, r.actors.ambiguous...)
	if err := r.keep(); err != nil {
		return r.Result, err
	}
	return r.Result, r.contested()
}

// put adds an item of a slug; what it says later adds to what it said.
func (r *reading) put(t string, slug content.Slug, values map[string]any) content.Ref {
	ref := content.Ref{Type: t, Key: content.NamedKey(t, slug)}
	r.add(content.Item{Type: content.TypeNamed(t), Key: ref.Key, Slug: slug, Values: values})
	return ref
}

func (r *reading) add(item content.Item) {
	ref := content.Ref{Type: item.Type.Name, Key: item.Key}
	if at, ok := r.own[ref]; ok {
		maps.Copy(r.Items[at].Values, item.Values)
		return
	}
	r.own[ref] = len(r.Items)
	r.Items = append(r.Items, item)
}

// keep gives the items the slugs that the record has them under, and has them say no more than the data set speaks of: the
// record keeps what editors wrote in other fields.
func (r *reading) keep() error {
	keys := map[*content.Type][]content.Key{}
	for _, item := range r.Items {
		keys[item.Type] = append(keys[item.Type], item.Key)
	}
	for t, list := range keys {
		found, err := r.record.Find(r.ctx, t, list)
		if err != nil {
			return err
		}
		for i, item := range r.Items {
			if was, ok := found[item.Key]; ok && item.Type == t {
				r.Items[i].Slug = was.Slug
			}
		}
	}
	for i, item := range r.Items {
		r.Items[i].Given = content.Given{}
		for name := range item.Values {
			r.Items[i].Given[name] = true
		}
	}
	return nil
}

// contested returns an error that lists the identifiers of the data set that other items of the record have.
func (r *reading) contested() error {
	held := map[*content.Type]map[content.ExternalID]content.Key{}
	var wrong []error
	for _, item := range r.Items {
		if held[item.Type] == nil {
			var err error
			if held[item.Type], err = r.record.Identifiers(r.ctx, item.Type); err != nil {
				return err
			}
		}
		for _, id := range item.ExactIDs() {
			if key, taken := held[item.Type][id]; taken && key != item.Key {
				wrong = append(wrong, fmt.Errorf("%s in the database has the identifier %q of %s, which belongs to %s %q here: give it another matchKind, such as PART_OF",
					content.NewID(item.Type.Name, key), id.Value, id.Scheme, strings.ToLower(item.Type.Name), item.Slug))
			}
		}
	}
	return errors.Join(wrong...)
}

// externalID is an element of the field externalIds.
func externalID(scheme, value, kind string) map[string]any {
	return map[string]any{"scheme": scheme, "value": value, "matchKind": kind}
}

// cite is the citation of a row of the data set.
func (r *reading) cite(locator string) map[string]any {
	return map[string]any{"source": r.source, "locator": short(locator, 1000), "citationStance": "SUPPORTS"}
}

// disputed notes what contradicts what.
func (r *reading) disputed(row, format string, args ...any) string {
	text := fmt.Sprintf(format, args...)
	r.Disputed = append(r.Disputed, row+": "+text)
	return text
}
