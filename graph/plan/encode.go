package plan

import (
	"parley/content"
	"parley/graph/jsonbuf"
	"parley/graph/operation"
)

// Encoder writes the bytes of an answer from the rows that were read, field by field as the program has them.
type Encoder struct {
	jsonbuf.Buffer
	// Rendering has the context of the operation: encoding stops soon after it ended.
	Rendering
	// objects is how many objects were begun; after every objectsPerLook of them the context is checked.
	objects int
	// Late are the values that are known once the answer is charged, in their order; the text lacks them.
	Late []operation.Late
	// at is the revision that ids carry; 0 means none.
	at content.Revision
	// Locales are the languages that the operation wants, best first.
	Locales []content.Locale
	// written is the locale whose direction was written last, which most rows share.
	written struct {
		locale    content.Locale
		direction string
	}
}

// direction writes the direction in which a locale is written.
func (e *Encoder) direction(l content.Locale) error {
	if e.written.direction == "" || e.written.locale != l {
		e.written.locale, e.written.direction = l, l.Direction()
	}
	return e.String(e.written.direction)
}

// Object writes an object with what a field asks of it, each value by the function.
func (e *Encoder) Object(f *operation.Field, each func(*operation.Field) error) error {
	return e.ObjectOf(f.Named, f.Fields(), each)
}

// ObjectOf writes an object of a type with fields, each value by the function.
func (e *Encoder) ObjectOf(typeName string, fields []*operation.Field, each func(*operation.Field) error) error {
	if err := e.goOn(); err != nil {
		return err
	}
	e.Raw('{')
	for i, f := range fields {
		if i > 0 {
			e.Raw(',')
		}
		e.Text = append(e.Text, f.Head...)
		var err error
		if f.Form == operation.TypeNameForm {
			err = e.String(typeName)
		} else {
			err = each(f)
		}
		if err == nil {
			err = e.Room(0)
		}
		if err != nil {
			return err
		}
	}
	e.Raw('}')
	return nil
}

// objectsPerLook is how many objects are written between two checks of the context.
const objectsPerLook = 64

// goOn returns an error once the operation has no time left, or its client is gone.
func (e *Encoder) goOn() error {
	if e.objects++; e.objects%objectsPerLook != 0 {
		return nil
	}
	return e.Ctx.Err() //nolint:wrapcheck // the caller's own
}

// List writes n elements.
func (e *Encoder) List(n int, each func(i int) error) error {
	e.Raw('[')
	for i := range n {
		if i > 0 {
			e.Raw(',')
		}
		if err := each(i); err != nil {
			return err
		}
		if err := e.Room(0); err != nil {
			return err
		}
	}
	e.Raw(']')
	return nil
}

// Node writes an item.
func (e *Encoder) Node(sel *content.Selection, res *content.Result, row content.Row, f *operation.Field) error {
	return e.ObjectOf(sel.Type.Name, f.Of(sel.Type.Name), func(sub *operation.Field) error { return e.field(sel, res, row, sub) })
}

func (e *Encoder) field(sel *content.Selection, res *content.Result, row content.Row, f *operation.Field) error {
	switch f.Form {
	case operation.IDForm:
		id := content.NewID(sel.Type.Name, row.Key)
		if f.Name == "id" {
			id = id.At(e.at)
		}
		return e.String(string(id))
	case operation.DirectionForm:
		locale, _ := FieldOf(sel, row, "locale").(string)
		return e.direction(content.Locale(locale))
	case operation.ComputedForm:
		child, answer := under(sel, res, f.Path)
		l := answer.Lists[row.Key]
		if l == nil {
			return e.Null()
		}
		switch r := l.Rows[0].Values[0].(type) {
		case content.TrackRecord:
			return e.trackRecord(r, f)
		case content.LastChange:
			return e.lastChange(r, f)
		}
		return e.followUp(child, answer, l.Rows[0], f)
	case operation.CitingForm:
		child, answer := under(sel, res, f.Path)
		return e.citedBy(child, answer, answer.Lists[row.Key], f)
	case operation.HistoryForm:
		child, answer := under(sel, res, f.Path)
		return e.history(child, answer, answer.Lists[row.Key], f)
	case operation.ConnectionForm:
		child, answer := under(sel, res, f.Path)
		return e.connection(child, answer, answer.Lists[row.Key], f)
	case operation.ListForm:
		child, answer := under(sel, res, f.Path)
		l := answer.Lists[row.Key]
		if l == nil {
			l = &content.List{}
		}
		return e.List(len(l.Rows), func(i int) error { return e.Node(child, answer, l.Rows[i], f) })
	case operation.ElementsForm:
		return e.referred(sel, res, FieldOf(sel, row, f.Name), f)
	case operation.ReferenceForm:
		ref, ok := FieldOf(sel, row, f.Name).(content.Ref)
		if !ok {
			return e.Null()
		}
		return e.refer(sel, res, ref, f)
	default:
		var in Language
		if len(f.Objects) > 0 {
			in = LanguageOf(sel, row)
		}
		return e.plain(sel, res, FieldOf(sel, row, f.Name), f, in)
	}
}

// FieldOf returns the value of a selected field.
func FieldOf(sel *content.Selection, row content.Row, name string) any {
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
func found(sel *content.Selection, res *content.Result, ref content.Ref, f *operation.Field) (*content.Selection, *content.Result, *content.List) {
	for i, c := range sel.Children {
		if c.Type.Name == ref.Type && len(c.Key) == len(f.Path)+1+len(ref.Type) && c.Key[:len(f.Path)] == f.Path {
			return c, res.Children[i], res.Children[i].Lists[ref.Key]
		}
	}
	return nil, nil, nil
}

// refer writes the item that a reference points at, or null where the audience may not see it.
func (e *Encoder) refer(sel *content.Selection, res *content.Result, ref content.Ref, f *operation.Field) error {
	child, answer, l := found(sel, res, ref, f)
	if l == nil {
		return e.Null()
	}
	return e.Node(child, answer, l.Rows[0], f)
}

// referred writes the list of the items that the elements of a list point at; it drops what is invisible.
func (e *Encoder) referred(sel *content.Selection, res *content.Result, v any, f *operation.Field) error {
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
	limit, err := First(f, operation.WholeList)
	if err != nil {
		return err
	}
	return e.List(shorter(len(refs), limit), func(i int) error { return e.refer(sel, res, refs[i], f) })
}

// connection writes a page.
func (e *Encoder) connection(sel *content.Selection, res *content.Result, l *content.List, f *operation.Field) error {
	l = PageOfList(l, f)
	cursor := func(i int) string { return EncodeCursor(sel.Page.List, l.Rows[i].Order) }
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "totalCount":
			return e.Value(l.Total)
		case "facets":
			return e.facets(sel, l, sub)
		case "nodes":
			return e.List(len(l.Rows), func(i int) error { return e.Node(sel, res, l.Rows[i], sub) })
		case "edges":
			return e.List(len(l.Rows), func(i int) error { return e.edge(sel, res, l.Rows[i], cursor(i), sub) })
		default:
			return e.pageInfo(l, cursor, sub)
		}
	})
}

func (e *Encoder) edge(sel *content.Selection, res *content.Result, row content.Row, cursor string, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		if sub.Name == "cursor" {
			return e.String(cursor)
		}
		return e.Node(sel, res, row, sub)
	})
}

func (e *Encoder) pageInfo(l *content.List, cursor func(int) string, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Name == "hasNextPage":
			return e.Value(l.HasNext)
		case sub.Name == "hasPreviousPage":
			return e.Value(l.HasPrevious)
		case len(l.Rows) == 0:
			return e.Null()
		case sub.Name == "startCursor":
			return e.String(cursor(0))
		default:
			return e.String(cursor(len(l.Rows) - 1))
		}
	})
}

// Root writes the answer to a field of Query.
func (e *Encoder) Root(r *Root, answers []*content.Result, by *Serving) error {
	f := r.Field
	if e.at = 0; len(r.Sels) > 0 {
		e.at = r.Sels[0].At
	}
	switch {
	case f.Name == "service":
		return e.service(r, answers, by)
	case f.Name == "viewer":
		return e.me(by.Who, f)
	case f.Name == "rateLimit":
		return e.rateLimit(by.RateLimited, f)
	case f.Name == "search":
		return e.search(r.Sels[0], answers[0], f)
	case f.Name == "diff":
		return e.diff(r.Sels[0], answers[0], f)
	case f.Name == "revisions":
		return e.revisions(r.Sels[0], answers[0], f)
	case f.Name == "tombstone":
		return e.tombstone(answers[0].Lists[0], f)
	case r.Page != nil:
		return e.ChangePage(r, answers)
	case f.Name == "nodes":
		return e.List(len(r.IDs), func(i int) error { return e.byID(r, answers, r.IDs[i]) })
	case f.Name == "node":
		return e.byID(r, answers, r.IDs[0])
	case f.Form == operation.ConnectionForm:
		return e.connection(r.Sels[0], answers[0], answers[0].Lists[0], f)
	default:
		for _, l := range answers[0].Lists {
			if len(l.Rows) > 0 {
				return e.Node(r.Sels[0], answers[0], l.Rows[0], f)
			}
		}
		return e.Null()
	}
}

// byID writes the item with that id, or null.
func (e *Encoder) byID(r *Root, answers []*content.Result, id content.ID) error {
	t, key, at, err := id.SplitView()
	if err != nil {
		return err
	}
	e.at = at
	for i, sel := range r.Sels {
		if l := answers[i].Lists[key]; sel.Type == t && sel.At == at && l != nil {
			return e.Node(sel, answers[i], l.Rows[0], r.Field)
		}
	}
	return e.Null()
}
