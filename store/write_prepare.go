package store

import (
	"fmt"

	"parley/content"
	"parley/store/sqlgen"
)

// prepared is an item with all that its writing needs and that can be computed before it is its turn.
type prepared struct {
	content.Item
	row    []cell              // of the item's table, without the columns of visibility
	lists  map[string][][]cell // the elements of the fields that are rows of their own
	inline []cell              // those of them that its own row holds too
	names  []itemName
	texts  []wording
	found  []textPlan // what searches are to find of it
	quotes quotePlan  // likewise
	packed *packed    // in a stream, of an event
	lacks  bool       // whether a text of it is to be derived outside the write queue
}

// wording is the text of an item in one language, and once that is wanted, its words as searches look for them.
type wording struct {
	locale string
	text   document
	words  *document
}

// prepare computes what the writing of an item needs.
func prepare(item content.Item, texts *derivedTexts) (*prepared, error) {
	p := &prepared{Item: item, lists: map[string][][]cell{}}
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if text, _ := item.Values[f.Name].(string); f.Required && text == "" {
			return nil, content.Errorf(content.BadUserInput, "%s is missing: it is the title of the item", f.Name)
		}
	}
	var err error
	if p.row, err = cells(item.Type.Fields, item.Values); err != nil {
		return nil, err
	}
	p.row = append(p.row, cell{"slug", "slug", string(item.Slug)})
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if !sqlgen.InOwnTable(f) {
			continue
		}
		if p.lists[f.Name], err = elements(item, f); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	p.inline = inlineCells(p)
	p.lacks, err = texts.whole(p.derive)
	return p, err
}

// derive computes what the item is found by. In the write queue it leaves out the words for search, which are wanted where they
// differ alone.
func (p *prepared) derive(texts *derivedTexts) (err error) {
	if p.names, err = names(p.Item, texts); err != nil {
		return err
	}
	if p.texts, err = wordings(p.Item, texts); err != nil || texts.queued {
		return err
	}
	for i := range p.texts {
		if p.texts[i].words, err = p.texts[i].text.words(texts); err != nil {
			return err
		}
	}
	for _, q := range quotesOf(p.Item) {
		if _, err := texts.words(q.text); err != nil {
			return err
		}
	}
	return nil
}

// sortKey is the column that the items of a type with names are sorted by, in their own language.
func (p *prepared) sortKey() []cell {
	if p.names == nil {
		return nil
	}
	return []cell{{"sort_key", "", p.names[0].key}}
}
