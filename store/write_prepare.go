package store

import (
	"fmt"

	"parley/content"
	"parley/internal/fold"
)

// prepared is an item with all that its writing needs and that can be computed before it is its turn.
type prepared struct {
	content.Item
	row    []cell              // of its own, but for who may see it
	lists  map[string][][]cell // the elements of the fields that are rows of their own
	inline []cell              // what of those stands in its own row too
	names  []itemName
	texts  []wording
	packed *packed // in a stream, of an event
}

// wording is the text of an item in one language, as it is and folded.
type wording struct {
	locale         string
	text, searched document
}

// prepare computes what the writing of an item needs.
func prepare(item content.Item, keys *fold.Keyer) (*prepared, error) {
	p := &prepared{Item: item, lists: map[string][][]cell{}, names: names(item, keys)}
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if text, _ := item.Values[f.Name].(string); f.Required && text == "" {
			return nil, content.Errorf(content.BadUserInput, "%s is missing: it is what the item is called", f.Name)
		}
	}
	var err error
	if p.row, err = cells(item.Type.Fields, item.Values); err != nil {
		return nil, err
	}
	p.row = append(p.row, cell{"slug", "slug", string(item.Slug)})
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if !apart(f) {
			continue
		}
		if p.lists[f.Name], err = elements(item, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	p.inline = inlineCells(p)
	p.texts, err = wordings(item)
	return p, err
}

// sortKey is the column that the items of a type with names are sorted by, in their own language.
func (p *prepared) sortKey() []cell {
	if p.names == nil {
		return nil
	}
	return []cell{{"sort_key", "", p.names[0].key}}
}
