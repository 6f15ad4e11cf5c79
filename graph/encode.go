package graph

import (
	"context"

	"parley/content"
)

// encoder writes the bytes of an answer from the rows that were read, field by field as the program has them.
type encoder struct {
	buffer
	// ctx is that of the operation: encoding stops soon after it ended.
	ctx context.Context //nolint:containedctx // an encoder is made for one operation
	// objects is how many objects were begun; every so many of them ctx is looked at.
	objects int
	// texts are the rendered ones, last the one that was written last.
	texts *renderedTexts
	last  *renderedText
	// derived is how many texts were written that are rendered.
	derived int
	// at is the revision that ids carry; 0 is none.
	at content.Revision
	// locales are the languages that the operation wants, best first.
	locales []content.Locale
	// written is the locale whose direction was written last, which most rows share.
	written struct {
		locale    content.Locale
		direction string
	}
}

// direction writes the direction in which a locale is written.
func (e *encoder) direction(l content.Locale) error {
	if e.written.direction == "" || e.written.locale != l {
		e.written.locale, e.written.direction = l, l.Direction()
	}
	return e.string(e.written.direction)
}

// object writes an object with what a field asks of it, each value by the function.
func (e *encoder) object(f *field, each func(*field) error) error {
	return e.objectOf(f.named, f.fields(), each)
}

func (e *encoder) objectOf(typeName string, fields []*field, each func(*field) error) error {
	if err := e.goOn(); err != nil {
		return err
	}
	e.raw('{')
	for i, f := range fields {
		if i > 0 {
			e.raw(',')
		}
		e.text = append(e.text, f.head...)
		var err error
		if f.form == typeNameForm {
			err = e.string(typeName)
		} else {
			err = each(f)
		}
		if err == nil {
			err = e.room(0)
		}
		if err != nil {
			return err
		}
	}
	e.raw('}')
	return nil
}

// objectsPerLook is how many objects are written between two looks at the context.
const objectsPerLook = 64

// goOn returns an error once the operation has no time left, or nobody waits for its answer.
func (e *encoder) goOn() error {
	if e.objects++; e.objects%objectsPerLook != 0 {
		return nil
	}
	return e.ctx.Err() //nolint:wrapcheck // the caller's own
}

// list writes n elements.
func (e *encoder) list(n int, each func(i int) error) error {
	e.raw('[')
	for i := range n {
		if i > 0 {
			e.raw(',')
		}
		if err := each(i); err != nil {
			return err
		}
		if err := e.room(0); err != nil {
			return err
		}
	}
	e.raw(']')
	return nil
}

// node writes an item.
func (e *encoder) node(sel *content.Selection, res *content.Result, row content.Row, f *field) error {
	return e.objectOf(sel.Type.Name, f.of(sel.Type.Name), func(sub *field) error { return e.field(sel, res, row, sub) })
}

func (e *encoder) field(sel *content.Selection, res *content.Result, row content.Row, f *field) error {
	switch f.form {
	case idForm:
		id := content.NewID(sel.Type.Name, row.Key)
		if f.name == "id" {
			id = id.At(e.at)
		}
		return e.string(string(id))
	case directionForm:
		locale, _ := read(sel, row, "locale").(string)
		return e.direction(content.Locale(locale))
	case computedForm:
		child, answer := under(sel, res, f.path)
		l := answer.Lists[row.Key]
		if l == nil {
			return e.null()
		}
		switch r := l.Rows[0].Values[0].(type) {
		case content.TrackRecord:
			return e.trackRecord(r, f)
		case content.LastChange:
			return e.lastChange(r, f)
		}
		return e.followUp(child, answer, l.Rows[0], f)
	case citingForm:
		child, answer := under(sel, res, f.path)
		return e.citedBy(child, answer, answer.Lists[row.Key], f)
	case historyForm:
		child, answer := under(sel, res, f.path)
		return e.history(child, answer, answer.Lists[row.Key], f)
	case connectionForm:
		child, answer := under(sel, res, f.path)
		return e.connection(child, answer, answer.Lists[row.Key], f)
	case listForm:
		child, answer := under(sel, res, f.path)
		l := answer.Lists[row.Key]
		if l == nil {
			l = &content.List{}
		}
		return e.list(len(l.Rows), func(i int) error { return e.node(child, answer, l.Rows[i], f) })
	case elementsForm:
		return e.referred(sel, res, read(sel, row, f.name), f)
	case referenceForm:
		ref, ok := read(sel, row, f.name).(content.Ref)
		if !ok {
			return e.null()
		}
		return e.refer(sel, res, ref, f)
	default:
		var in language
		if len(f.objects) > 0 {
			in = languageOf(sel, row)
		}
		return e.plain(sel, res, read(sel, row, f.name), f, in)
	}
}

// read returns the value of a selected field.
func read(sel *content.Selection, row content.Row, name string) any {
	for i, f := range sel.Fields {
		if f == name {
			return row.Values[i]
		}
	}
	return nil
}

// under returns the child selection of that key with its answer.
func under(sel *content.Selection, res *content.Result, key string) (*content.Selection, *content.Result) {
	for i, c := range sel.Children {
		if c.Key == key {
			return c, res.Children[i]
		}
	}
	return nil, &content.Result{}
}

// found returns the child selection that reads what a field refers to, with the item, or nil where the audience may not
// see it.
func found(sel *content.Selection, res *content.Result, ref content.Ref, f *field) (*content.Selection, *content.Result, *content.List) {
	for i, c := range sel.Children {
		if c.Type.Name == ref.Type && len(c.Key) == len(f.path)+1+len(ref.Type) && c.Key[:len(f.path)] == f.path {
			return c, res.Children[i], res.Children[i].Lists[ref.Key]
		}
	}
	return nil, nil, nil
}

// refer writes the item that a reference points at, or null where the audience may not see it.
func (e *encoder) refer(sel *content.Selection, res *content.Result, ref content.Ref, f *field) error {
	child, answer, l := found(sel, res, ref, f)
	if l == nil {
		return e.null()
	}
	return e.node(child, answer, l.Rows[0], f)
}

// referred writes the list of the items that the elements of a list point at; it drops what is invisible.
func (e *encoder) referred(sel *content.Selection, res *content.Result, v any, f *field) error {
	list, _ := v.([]map[string]any)
	var refs []content.Ref
	for _, element := range list {
		for _, x := range element {
			if ref, ok := x.(content.Ref); ok {
				if _, _, l := found(sel, res, ref, f); l != nil {
					refs = append(refs, ref)
				}
			}
		}
	}
	limit, err := first(f, wholeList)
	if err != nil {
		return err
	}
	return e.list(shorter(len(refs), limit), func(i int) error { return e.refer(sel, res, refs[i], f) })
}

// connection writes a page.
func (e *encoder) connection(sel *content.Selection, res *content.Result, l *content.List, f *field) error {
	l = pageOfList(l, f)
	cursor := func(i int) string { return encodeCursor(sel.Page.List, l.Rows[i].Order) }
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "totalCount":
			return e.value(l.Total)
		case "facets":
			return e.facets(sel, l, sub)
		case "nodes":
			return e.list(len(l.Rows), func(i int) error { return e.node(sel, res, l.Rows[i], sub) })
		case "edges":
			return e.list(len(l.Rows), func(i int) error { return e.edge(sel, res, l.Rows[i], cursor(i), sub) })
		default:
			return e.pageInfo(l, cursor, sub)
		}
	})
}

func (e *encoder) edge(sel *content.Selection, res *content.Result, row content.Row, cursor string, f *field) error {
	return e.object(f, func(sub *field) error {
		if sub.name == "cursor" {
			return e.string(cursor)
		}
		return e.node(sel, res, row, sub)
	})
}

func (e *encoder) pageInfo(l *content.List, cursor func(int) string, f *field) error {
	return e.object(f, func(sub *field) error {
		switch {
		case sub.name == "hasNextPage":
			return e.value(l.HasNext)
		case sub.name == "hasPreviousPage":
			return e.value(l.HasPrevious)
		case len(l.Rows) == 0:
			return e.null()
		case sub.name == "startCursor":
			return e.string(cursor(0))
		default:
			return e.string(cursor(len(l.Rows) - 1))
		}
	})
}

// root writes the answer to a field of Query.
func (e *encoder) root(r *root, answers []*content.Result, by *serving) error {
	f := r.field
	if e.at = 0; len(r.sels) > 0 {
		e.at = r.sels[0].At
	}
	switch {
	case f.name == "service":
		return e.service(r, answers, by)
	case f.name == "search":
		return e.search(r.sels[0], answers[0], f)
	case f.name == "diff":
		return e.diff(r.sels[0], answers[0], f)
	case f.name == "revisions":
		return e.revisions(r.sels[0], answers[0], f)
	case f.name == "tombstone":
		return e.tombstone(answers[0].Lists[0], f)
	case r.page != nil:
		return e.changePage(r, answers)
	case f.name == "nodes":
		return e.list(len(r.ids), func(i int) error { return e.byID(r, answers, r.ids[i]) })
	case f.name == "node":
		return e.byID(r, answers, r.ids[0])
	case f.form == connectionForm:
		return e.connection(r.sels[0], answers[0], answers[0].Lists[0], f)
	default:
		for _, l := range answers[0].Lists {
			if len(l.Rows) > 0 {
				return e.node(r.sels[0], answers[0], l.Rows[0], f)
			}
		}
		return e.null()
	}
}

// byID writes the item with that id, or null.
func (e *encoder) byID(r *root, answers []*content.Result, id content.ID) error {
	t, key, at, err := id.SplitView()
	if err != nil {
		return err
	}
	e.at = at
	for i, sel := range r.sels {
		if l := answers[i].Lists[key]; sel.Type == t && sel.At == at && l != nil {
			return e.node(sel, answers[i], l.Rows[0], r.field)
		}
	}
	return e.null()
}
