package graph

import (
	"slices"

	"parley/content"
)

// service plans what the field service reads from the record.
func (p *planner) service(r *root) {
	for _, f := range r.field.fields() {
		rows := map[string]string{"locales": "Locale", "revisionAt": "Moment"}[f.name]
		if rows != "" && !slices.ContainsFunc(r.sels, func(sel *content.Selection) bool { return sel.Type.Name == rows }) {
			r.sels = append(r.sels, &content.Selection{Key: f.key, Type: content.RowType(rows), Rows: true})
		}
	}
}

// serving is what the service says of itself in an answer: the version and limits of the server, to whom it answers, and at which revision.
type serving struct {
	version string
	record  string
	limits  Limits
	who     content.Principal
	head    content.Revision
}

// service writes what the service says of itself.
func (e *encoder) service(r *root, answers []*content.Result, by *serving) error {
	return e.object(r.field, func(f *field) error {
		switch f.name {
		case "name":
			return e.value("parley")
		case "version":
			return e.value(by.version)
		case "revision":
			return e.value(int64(by.head))
		case "recordId":
			return e.value(by.record)
		case "revisionAt":
			rows := r.rows(answers, "Moment")
			if len(rows) == 0 {
				return e.null()
			}
			return e.value(rows[0].Values[0])
		case "locales":
			rows := r.rows(answers, "Locale")
			return e.list(len(rows), func(i int) error { return e.value(rows[i].Values[0]) })
		case "limits":
			return e.limits(by.limits, f)
		default:
			return e.me(by.who, f)
		}
	})
}

// rows are those of the answer to the selection of a type.
func (r *root) rows(answers []*content.Result, typeName string) []content.Row {
	for i, sel := range r.sels {
		if sel.Type.Name == typeName {
			return answers[i].Lists[0].Rows
		}
	}
	return nil
}

// me writes who asks, or null where nobody is known.
func (e *encoder) me(who content.Principal, f *field) error {
	if who.Token == 0 {
		return e.null()
	}
	return e.object(f, func(sub *field) error {
		switch {
		case sub.name == "role":
			return e.value(who.Role)
		case sub.name == "name":
			return e.value(who.Name)
		case who.Expires.IsZero():
			return e.null()
		default:
			return e.value(who.Expires)
		}
	})
}

// limits writes the bounds of an operation.
func (e *encoder) limits(l Limits, f *field) error {
	list := l.list()
	return e.list(len(list), func(i int) error {
		return e.object(f, func(sub *field) error {
			switch sub.name {
			case "name":
				return e.value(list[i].name)
			case "value":
				return e.value(list[i].value)
			case "unit":
				return e.value(list[i].unit)
			default:
				return e.value("--max-" + list[i].name)
			}
		})
	})
}
