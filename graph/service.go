package graph

import (
	"slices"
	"time"

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

// serving is what the service says of itself in an answer: which server gives it, to whom, and at which revision.
type serving struct {
	server *server
	who    content.Principal
	head   content.Revision
}

// service writes what the service says of itself.
func (e *encoder) service(r *root, answers []*content.Result, by *serving) error {
	return e.object(r.field, func(f *field) error {
		switch f.name {
		case "name":
			return e.value("parley")
		case "version":
			return e.value(by.server.Version)
		case "revision":
			return e.value(int64(by.head))
		case "recordId":
			return e.value(by.server.Reader.Record())
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
			return e.limits(by.server.Limits, f)
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

// bound is a limit as it is shown. The flag that sets it is its name after --max-.
type bound struct {
	name, unit string
	value      int
}

// list returns the limits in the order of their names.
func (l Limits) list() []bound {
	return []bound{
		{"aliases", "aliases", l.Aliases},
		{"answer", "bytes", l.Answer},
		{"body", "bytes", l.Body},
		{"conditions", "conditions of a filter", l.Conditions},
		{"cost", "objects", l.Cost},
		{"depth", "levels", l.Depth},
		{"directives", "directives", l.Directives},
		{"fields", "fields", l.Fields},
		{"filter-depth", "levels of a filter", l.FilterDepth},
		{"gathered", "fields of a type", l.Gathered},
		{"introspections", "fields", l.Introspections},
		{"read-time", "milliseconds", int(l.ReadTime / time.Millisecond)},
		{"repeats", "mentions of a field", l.Repeats},
		{"root-fields", "fields", l.RootFields},
		{"spreads", "fragments", l.Spreads},
		{"time", "milliseconds", int(l.Time / time.Millisecond)},
		{"tokens", "tokens", l.Tokens},
		{"values", "values in JSON", l.Values},
	}
}
